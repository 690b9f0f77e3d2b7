import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The one file that users run; `npm test` builds it first. */
export const bundle = join(__dirname, "..", "..", "dist", "tracing-sidecar.js");

/** What a process gave back. */
export interface BundleRun {
  readonly stdout: string;
  readonly stderr: string;
  /** Null where it was killed, as when it took too long. */
  readonly status: number | null;
  readonly milliseconds: number;
}

/**
 * Runs the built bundle as kpt and kustomize do: a process of its own, with the ResourceList on stdin.
 *
 * @param nodeOptions arguments for Node itself, such as `--max-old-space-size=1500`.
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
  readonly nodeOptions?: readonly string[];
  readonly timeout?: number;
}
