import type { Progress } from "./progress";
import type { Rendered } from "./render";
import { reasonOf, type Signal, type System, signals } from "./system";

/** Why not all files were written, and the status to end with. */
export interface Failure {
  readonly message: string;
  readonly status: number;
}

/**
 * Writes the files that change, one after the other, each at once. A signal is heeded between two files: those written
 * are whole, the others as they were, and another run does the rest.
 *
 * @returns undefined where all were written.
 */
export async function replaceFiles(
  changed: readonly Rendered[],
  host: System,
  progress: Progress,
): Promise<Failure | undefined> {
  const { files } = host;
  let interrupted: Signal | undefined;
  const stopListening = host.onInterrupt((signal) => {
    interrupted ??= signal;
  });
  const failed = (written: number, why: string, status: number): Failure => {
    const rest = written < changed.length ? ", run it again for the rest" : "";
    return { message: `${why}; ${written} of ${changed.length} files were written${rest}`, status };
  };
  try {
    for (const [i, { manifest, text }] of changed.entries()) {
      progress.show("writing", i, changed.length);
      await host.pause();
      if (interrupted !== undefined) return failed(i, `interrupted by ${interrupted}`, 128 + signals[interrupted]);
      try {
        if (Buffer.from(files.read(manifest.path)).toString("utf8") !== manifest.text)
          return failed(i, `${manifest.path} was changed by another program since it was read`, 1);
        files.replace(manifest.path, text);
      } catch (error) {
        return failed(i, `${manifest.path} cannot be written: ${reasonOf(error)}`, 1);
      }
    }
    await host.pause();
    // With all files written there is nothing left to stop, but whoever asked is told by the status.
    return interrupted === undefined
      ? undefined
      : failed(changed.length, `interrupted by ${interrupted}`, 128 + signals[interrupted]);
  } finally {
    stopListening();
  }
}
