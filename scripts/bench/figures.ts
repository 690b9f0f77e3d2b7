import { join } from "node:path";
import { buildExecutable, inspect } from "../build-exec";
import { deploymentList, fewSelected, hotrodList, smallDeployments } from "./input";
import { type Command, compare, inputFile, milliseconds, node, type Usage } from "./measure";

/** A ratio of two measurements of one run, and how far it may go. */
export interface Figure {
  readonly what: string;
  readonly ratio: number;
  readonly limit: number;
  /** The limit is the least that is asked for, not the most. */
  readonly atLeast?: true;
  readonly detail: string;
}

export function isWithin({ ratio, limit, atLeast }: Figure): boolean {
  return atLeast ? ratio >= limit : ratio <= limit;
}

export const bundle = join(__dirname, "..", "..", "dist", "tracing-sidecar.js");

const ours = (input: string): Command => node([bundle], input);
const load = (input: string): Command =>
  node(["-e", `require("js-yaml").load(require("node:fs").readFileSync(0, "utf8"))`], input);

/** The executable, built from the bundle; undefined where this machine's Node cannot carry it. */
function executable(): Command | undefined {
  try {
    inspect(process.execPath);
  } catch {
    return undefined;
  }
  return { program: buildExecutable(process.execPath).file, args: [] };
}

/** The function against Node, against reading the text, and against itself on other sizes. */
export function figures(): Figure[] {
  const hotrod = inputFile("hotrod.yaml", hotrodList());
  const built = executable();
  // What measures memory takes a little of each start, and cannot be loaded into the executable.
  const bare = { program: process.execPath, args: ["-e", "0"] };
  const [nothing, one, start, alone] = compare(
    [node(["-e", "0"]), ours(hotrod.path), bare, ...(built === undefined ? [] : [{ ...built, input: hotrod.path }])],
    21,
  ) as [Usage, Usage, Usage, Usage?];

  const middle = inputFile("5000.yaml", deploymentList(5000));
  const [loaded, treated] = compare([load(middle.path), ours(middle.path)], 7) as [Usage, Usage];

  const large = inputFile("20000.yaml", deploymentList(20000));
  const small = inputFile("2000.yaml", deploymentList(2000));
  const picked = inputFile("20000-few.yaml", fewSelected(20000));
  const [few, many, hardly] = compare([ours(small.path), ours(large.path), ours(picked.path)], 5) as [
    Usage,
    Usage,
    Usage,
  ];
  const megabytes = (size: number) => `${size.toFixed(1)} MB`;
  const throughput = (usage: Usage, size: number) => `${(size / usage.seconds).toFixed(0)} MB/s`;
  return [
    {
      what: "HotROD, whole process, over `node -e 0`",
      ratio: one.seconds / nothing.seconds,
      limit: 1.35,
      detail: `${milliseconds(one)} over ${milliseconds(nothing)}`,
    },
    ...(alone === undefined
      ? []
      : [
          {
            what: "HotROD, the executable, over `node -e 0`",
            ratio: alone.seconds / start.seconds,
            limit: 1.35,
            detail: `${milliseconds(alone)} over ${milliseconds(start)}`,
          },
        ]),
    {
      what: "5,000 Deployments over js-yaml `load` of the same text",
      ratio: treated.seconds / loaded.seconds,
      limit: 2,
      detail: `${milliseconds(treated)} over ${milliseconds(loaded)}, ${megabytes(middle.megabytes)}`,
    },
    {
      what: "20,000 objects of which 1 % are selected, per MB, faster than all selected",
      ratio: many.seconds / large.megabytes / (hardly.seconds / picked.megabytes),
      limit: 3,
      atLeast: true,
      detail: `${throughput(hardly, picked.megabytes)} over ${throughput(many, large.megabytes)}`,
    },
    {
      what: "20,000 Deployments over 2,000",
      ratio: many.seconds / few.seconds,
      limit: 11.5,
      detail: `${milliseconds(many)} over ${milliseconds(few)}`,
    },
    {
      what: "peak memory over the input's size, 20,000 Deployments",
      ratio: many.megabytes / large.megabytes,
      limit: 12,
      detail: `${Math.round(many.megabytes)} MB over ${megabytes(large.megabytes)}`,
    },
  ];
}

/** From 2,000 to 200,000 objects, more than 100 MB: time and memory grow with the input, and no faster. */
export function line(): Figure[] {
  const files = [2000, 20_000, 200_000].map((count) => inputFile(`small-${count}.yaml`, smallDeployments(count)));
  const [first, second, last] = compare(
    files.map(({ path }) => ours(path)),
    3,
  ) as [Usage, Usage, Usage];
  const size = files[2]?.megabytes ?? 0;
  return [
    {
      what: "200,000 small Deployments over 20,000",
      ratio: last.seconds / second.seconds,
      limit: 11.5,
      detail: `${milliseconds(last)} over ${milliseconds(second)}; 2,000: ${milliseconds(first)}`,
    },
    {
      what: "peak memory over the input's size, 200,000 small Deployments",
      ratio: last.megabytes / size,
      limit: 12,
      detail: `${Math.round(last.megabytes)} MB over ${size.toFixed(1)} MB`,
    },
  ];
}
