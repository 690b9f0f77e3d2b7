import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { deploymentList, hotrodList } from "./bench-input";

/*
 * Speed as ratios within one run: each figure is the median of whole processes that take turns, so that a machine's own
 * speed, and what else it does, cancel out. `npm run bench -- --check` fails where a limit is passed.
 */

const bundle = join(__dirname, "..", "dist", "tracing-sidecar.js");
const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-bench-"));

/** A command, with what it reads on stdin. */
interface Command {
  readonly args: readonly string[];
  readonly input?: string;
}

interface Usage {
  readonly seconds: number;
  /** Peak resident memory. */
  readonly megabytes: number;
}

const rusage = join(folder, "rusage.js");
writeFileSync(
  rusage,
  `process.on("exit", () => require("node:fs").writeSync(3, String(process.resourceUsage().maxRSS)));`,
);

/** Runs Node once; the output goes nowhere, as fast as the machine takes it. */
function measure({ args, input }: Command): Usage {
  const stdin = input === undefined ? "ignore" : openSync(input, "r");
  const stdout = openSync("/dev/null", "w");
  const start = process.hrtime.bigint();
  const result = spawnSync(process.execPath, ["--require", rusage, ...args], {
    stdio: [stdin, stdout, "pipe", "pipe"],
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (stdin !== "ignore") closeSync(stdin);
  closeSync(stdout);
  if (result.status !== 0) throw new Error(`${args.join(" ")}: ${String(result.stderr)}`);
  return { seconds, megabytes: Number(result.output[3]) / 1024 };
}

/** Runs commands in turns and gives the median of each. */
function compare(commands: readonly Command[], turns: number): Usage[] {
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

function inputFile(name: string, text: string): { path: string; megabytes: number } {
  const path = join(folder, name);
  writeFileSync(path, text);
  return { path, megabytes: Buffer.byteLength(text) / 1e6 };
}

interface Figure {
  readonly what: string;
  readonly ratio: number;
  readonly limit: number;
  readonly detail: string;
}

function figures(): Figure[] {
  const ours = (input: string): Command => ({ args: [bundle], input });
  const load = (input: string): Command => {
    const script = `require("js-yaml").load(require("node:fs").readFileSync(0, "utf8"))`;
    return { args: ["-e", script], input };
  };
  const hotrod = inputFile("hotrod.yaml", hotrodList());
  const small = inputFile("2000.yaml", deploymentList(2000));
  const middle = inputFile("5000.yaml", deploymentList(5000));
  const large = inputFile("20000.yaml", deploymentList(20000));

  const [nothing, one] = compare([{ args: ["-e", "0"] }, ours(hotrod.path)], 21) as [Usage, Usage];
  const [loaded, treated] = compare([load(middle.path), ours(middle.path)], 7) as [Usage, Usage];
  const [few, many] = compare([ours(small.path), ours(large.path)], 5) as [Usage, Usage];
  const ms = (usage: Usage) => `${Math.round(usage.seconds * 1000)} ms`;
  return [
    {
      what: "HotROD, whole process, over `node -e 0`",
      ratio: one.seconds / nothing.seconds,
      limit: 1.5,
      detail: `${ms(one)} over ${ms(nothing)}`,
    },
    {
      what: "5,000 Deployments over js-yaml `load` of the same text",
      ratio: treated.seconds / loaded.seconds,
      limit: 2.5,
      detail: `${ms(treated)} over ${ms(loaded)}, ${middle.megabytes.toFixed(1)} MB`,
    },
    {
      what: "20,000 Deployments over 2,000",
      ratio: many.seconds / few.seconds,
      limit: 11.5,
      detail: `${ms(many)} over ${ms(few)}`,
    },
    {
      what: "peak memory over the input's size, 20,000 Deployments",
      ratio: many.megabytes / large.megabytes,
      limit: 12,
      detail: `${Math.round(many.megabytes)} MB over ${large.megabytes.toFixed(1)} MB`,
    },
  ];
}

function main(): void {
  try {
    const all = figures();
    console.log(`Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`);
    for (const { what, ratio, limit, detail } of all) {
      const mark = ratio <= limit ? "within" : "BEYOND";
      console.log(`${ratio.toFixed(2).padStart(6)}  ${mark} ${limit.toFixed(1).padStart(4)}  ${what} (${detail})`);
    }
    if (process.argv.includes("--check") && all.some(({ ratio, limit }) => ratio > limit)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
