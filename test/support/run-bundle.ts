import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The path of the built bundle, the one file that users run. `npm test` builds it first. */
export const bundle = join(__dirname, "..", "..", "dist", "tracing-sidecar.js");

/** The outcome of a process. */
export interface BundleRun {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit status; null if the process was killed, for example because of the timeout. */
  readonly status: number | null;
  /** Wall clock time in milliseconds, including the start of Node. */
  readonly milliseconds: number;
}

/**
 * Runs the built bundle as kpt and kustomize do: in a separate process, with the ResourceList on stdin. Throws an error if
 * the bundle doesn't exist or the process can't be started.
 */
export function runBundle(
  input: string | Uint8Array,
  { args = [], nodeOptions = [], timeout = 60_000 }: RunOptions = {},
): BundleRun {
  if (!existsSync(bundle)) throw new Error("dist/tracing-sidecar.js is missing: `npm run build` makes it");
  const start = performance.now();
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [...nodeOptions, bundle, ...args], {
    input: typeof input === "string" ? Buffer.from(input, "utf8") : input,
    timeout,
    maxBuffer: 2 ** 30,
  });
  if (error !== undefined && status !== null) throw error;
  return {
    stdout: stdout.toString("utf8"),
    stderr: stderr.toString("utf8"),
    status,
    milliseconds: performance.now() - start,
  };
}

interface RunOptions {
  readonly args?: readonly string[];
  /** Arguments for Node itself, such as `--max-old-space-size=1500`. */
  readonly nodeOptions?: readonly string[];
  /** In milliseconds; default: 60 seconds. */
  readonly timeout?: number;
}
