import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A whole process, with what it reads on stdin; its output goes nowhere, as fast as the machine takes it. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** The file on stdin; nothing where it is absent. */
  readonly input?: string;
}

/** What a command needed, from its start to its end. */
export interface Usage {
  readonly seconds: number;
  /** Peak resident memory; 0 where it was not measured, as of what is not Node. */
  readonly megabytes: number;
}

/** Where the inputs lie while the benchmark runs. */
export const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-bench-"));

export function removeFolder(): void {
  rmSync(folder, { recursive: true, force: true });
}

const peak = join(folder, "peak.js");
writeFileSync(
  peak,
  `process.on("exit", () => require("node:fs").writeSync(3, String(process.resourceUsage().maxRSS)));`,
);

/** A script that Node runs; its peak memory is measured too. */
export function node(args: readonly string[], input?: string): Command {
  return { program: process.execPath, args: ["--require", peak, ...args], ...(input === undefined ? {} : { input }) };
}

/** Without what makes every start of Node longer, and so hides what a program takes: certificates read, modules loaded. */
const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env;

function measure({ program, args, input }: Command): Usage {
  const stdin = input === undefined ? "ignore" : openSync(input, "r");
  const stdout = openSync("/dev/null", "w");
  const start = process.hrtime.bigint();
  const result = spawnSync(program, args, { stdio: [stdin, stdout, "pipe", "pipe"], maxBuffer: 2 ** 26, env });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (stdin !== "ignore") closeSync(stdin);
  closeSync(stdout);
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`${[program, ...args].join(" ")}: ${String(result.stderr)}`);
  return { seconds, megabytes: (Number(result.output[3] ?? 0) * 1024) / 1e6 };
}

/** Runs commands in turns and gives the median of each: what else the machine does meets all of them alike. */
export function compare(commands: readonly Command[], turns: number): Usage[] {
  const usages: Usage[][] = commands.map(() => []);
  for (let turn = 0; turn < turns; turn++)
    for (const [i, command] of commands.entries()) usages[i]?.push(measure(command));
  return usages.map((all) => ({
    seconds: median(all.map(({ seconds }) => seconds)),
    megabytes: median(all.map(({ megabytes }) => megabytes)),
  }));
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] as number;
}

/** A file of the benchmark's own. */
export function inputFile(name: string, text: string): { path: string; megabytes: number } {
  const path = join(folder, name);
  writeFileSync(path, text);
  return { path, megabytes: Buffer.byteLength(text) / 1e6 };
}

/** A time as tables show it. */
export function milliseconds({ seconds }: Usage): string {
  return `${Math.round(seconds * 1000)} ms`;
}
