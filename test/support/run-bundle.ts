import { spawnSync } from "node:child_process";
import * as fileSystem from "node:fs";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import type { RunResult } from "../../src/pipeline/run";

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
  requireBundle();
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

/**
 * Returns a function that runs the built bundle in this process, with a ResourceList as stdin. It evaluates the whole
 * bundle each time. Only the process and its streams are replaced, which saves the start of Node.
 */
export function bundleInProcess(): (input: string) => RunResult {
  const program = loadBundle();
  return (input) => {
    const streams = streamsInMemory(input);
    const process = { argv: ["node", bundle], exitCode: -1, exit: () => {} };
    program(withFileSystem(streams.functions), process);
    return { stdout: streams.text(1), stderr: streams.text(2), status: process.exitCode as RunResult["status"] };
  };
}

/** A command line, and the environment it runs in. */
export interface CommandRun {
  /** The working directory. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Like `bundleInProcess`, but for a command line. It uses the real file system, and changes this process's working directory
 * during the run, so run only one command at a time.
 */
export function commandsInProcess(): (
  command: CommandRun,
) => Promise<{ readonly stdout: string; readonly stderr: string; readonly status: number }> {
  const program = loadBundle();
  return async ({ folder, args, input, env }) => {
    const streams = streamsInMemory(input);
    const load = withFileSystem({ ...fileSystem, ...streams.functions });
    const before = process.cwd();
    process.chdir(folder);
    try {
      const status = await new Promise<number>((end) => {
        program(load, {
          argv: [process.execPath, bundle, ...args],
          env,
          pid: process.pid,
          on: () => {},
          off: () => {},
          exit: end,
          set exitCode(code: number) {
            end(code);
          },
        });
      });
      return { stdout: streams.text(1), stderr: streams.text(2), status };
    } finally {
      process.chdir(before);
    }
  };
}

/** Returns a function that evaluates the bundle with the given `require` and `process`. */
function loadBundle(): (load: typeof require, process: object) => void {
  requireBundle();
  const text = readFileSync(bundle, "utf8").replace(/^#!/, "//");
  return new Script(`(function (require, process) {${text}\n})`, { filename: bundle }).runInThisContext();
}

/** Returns a `require` that returns `functions` for `node:fs`. */
function withFileSystem(functions: object): typeof require {
  return ((name: string) => (name === "node:fs" ? functions : require(name))) as typeof require;
}

/**
 * Returns replacements for the functions of `node:fs` that access stdin, stdout, and stderr, and a function that returns what
 * was written to a descriptor.
 */
function streamsInMemory(input: string) {
  const stdin = Buffer.from(input);
  const written: Record<number, Buffer[]> = { 1: [], 2: [] };
  let position = 0;
  const functions = {
    fstatSync: () => ({ size: stdin.length, isCharacterDevice: () => false }),
    readSync: (_: number, target: Buffer, offset: number) => {
      const count = stdin.copy(target, offset, position);
      position += count;
      return count;
    },
    writeSync: (descriptor: number, bytes: Buffer, offset: number) => {
      written[descriptor]?.push(Buffer.from(bytes.subarray(offset)));
      return bytes.length - offset;
    },
  };
  return { functions, text: (descriptor: number) => Buffer.concat(written[descriptor] ?? []).toString("utf8") };
}

function requireBundle(): void {
  if (!existsSync(bundle)) throw new Error("dist/tracing-sidecar.js is missing: `npm run build` makes it");
}
