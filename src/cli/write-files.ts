import { plural } from "../kube/message-text";
import { decodeUtf8 } from "./decode-utf8";
import type { Progress } from "./progress";
import type { RenderedFile } from "./render";
import { reasonOf, type Signal, type System, signals } from "./system";

/** Describes why writing files failed or was interrupted. */
export interface WriteFailure {
  /** A sentence without a period. */
  readonly message: string;
  /** The first file that wasn't written; undefined if all were. */
  readonly path: string | undefined;
  /** The exit status. */
  readonly status: number;
}

/**
 * Writes the files that change, one after the other, each atomically. A signal takes effect between two files: every
 * file then has either its old or its new content, and another run writes the rest.
 *
 * @param changed files whose text changes.
 * @returns undefined if all files were written and no signal arrived.
 */
export async function replaceFiles(
  changed: readonly RenderedFile[],
  system: System,
  progress: Progress,
): Promise<WriteFailure | undefined> {
  const { files } = system;
  let interrupted: Signal | undefined;
  const stopListening = system.onInterrupt((signal) => {
    interrupted ??= signal;
  });
  const failure = (written: number, reason: string, status: number): WriteFailure => {
    const rest = written < changed.length ? ". Run again to write the rest" : "";
    const message = `${reason}; wrote ${written} of ${plural(changed.length, "file")}${rest}`;
    return { message, path: changed[written]?.manifest.path, status };
  };
  try {
    for (const [i, { manifest, text }] of changed.entries()) {
      progress.show("writing", i, changed.length);
      await system.pause();
      if (interrupted !== undefined) return failure(i, `interrupted by ${interrupted}`, 128 + signals[interrupted]);
      try {
        if (decodeUtf8(files.read(manifest.path)) !== manifest.text)
          return failure(i, `${manifest.path} changed on disk after it was read`, 1);
        files.replace(manifest.path, text);
      } catch (error) {
        return failure(i, `can't write ${manifest.path}: ${reasonOf(error)}`, 1);
      }
    }
    await system.pause();
    // All files are written, but the status must still report the signal.
    return interrupted === undefined
      ? undefined
      : failure(changed.length, `interrupted by ${interrupted}`, 128 + signals[interrupted]);
  } finally {
    stopListening();
  }
}
