import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A command to measure. Its output goes to /dev/null. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** The path of the file on stdin. If omitted, stdin is empty. */
  readonly input?: string;
}

/** What a command used, from its start to its end. */
export interface Usage {
  readonly seconds: number;
  /** Peak resident memory; 0 if it wasn't measured. It is measured only for commands of `node()`. */
  readonly megabytes: number;
}

/** The temporary folder of the benchmark. */
export const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-bench-"));

/** Deletes the temporary folder. */
export function removeFolder(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Makes Node write its peak memory, in kB, to file descriptor 3. */
const peakScript = join(folder, "peak.js");
writeFileSync(
  peakScript,
  `process.on("exit", () => require("node:fs").writeSync(3, String(process.resourceUsage().maxRSS)));`,
);

/** A command that runs Node and also measures its peak memory. */
export function node(args: readonly string[], input?: string): Command {
  return {
    program: process.execPath,
    args: ["--require", peakScript, ...args],
    ...(input === undefined ? {} : { input }),
  };
}

/**
 * The environment without variables that slow down every start of Node, by reading certificates or loading modules, and
 * so hide what a program takes.
 */
const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env;

function run({ program, args, input }: Command, stdout: number | "pipe") {
  const stdin = input === undefined ? "ignore" : openSync(input, "r");
  const result = spawnSync(program, args, { stdio: [stdin, stdout, "pipe", "pipe"], maxBuffer: 2 ** 29, env });
  if (stdin !== "ignore") closeSync(stdin);
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`${[program, ...args].join(" ")}: ${String(result.stderr)}`);
  return result;
}

function measure(command: Command): Usage {
  const stdout = openSync("/dev/null", "w");
  const start = process.hrtime.bigint();
  const result = run(command, stdout);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  closeSync(stdout);
  return { seconds, megabytes: (Number(result.output[3] ?? 0) * 1024) / 1e6 };
}

/** Returns what a command writes to stdout. */
export function outputOf(command: Command): string {
  return String(run(command, "pipe").stdout);
}

/** Runs commands in turns and returns the median of each. Other load on the machine affects all of them alike. */
export function compare(commands: readonly Command[], turns: number): Usage[] {
  const usages: Usage[][] = commands.map(() => []);
  for (let turn = 0; turn < turns; turn++)
    for (const [i, command] of commands.entries()) usages[i]?.push(measure(command));
  return usages.map((runs) => ({
    seconds: median(runs.map(({ seconds }) => seconds)),
    megabytes: median(runs.map(({ megabytes }) => megabytes)),
  }));
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] as number;
}

/** Writes a file to the temporary folder. Returns its path and size. */
export function inputFile(name: string, text: string): { path: string; megabytes: number } {
  const path = join(folder, name);
  writeFileSync(path, text);
  return { path, megabytes: Buffer.byteLength(text) / 1e6 };
}

/** Formats the time, such as `24 ms`. */
export function milliseconds({ seconds }: Usage): string {
  return `${Math.round(seconds * 1000)} ms`;
}
