import { join } from "node:path";
import { buildExecutable, inspect } from "../build-exec";
import { deploymentList, fewSelected, hotrodList, type Size, smallDeployments } from "./input";
import { type Command, compare, inputFile, milliseconds, node, outputOf, type Usage } from "./measure";

/** The ratio of two measurements of one run, and its limit. */
export interface Figure {
  readonly description: string;
  readonly ratio: number;
  readonly limit: number;
  /** The limit is a minimum. If omitted, it is a maximum. */
  readonly atLeast?: true;
  /** The two measurements. */
  readonly detail: string;
}

/** Reports whether a figure is within its limit. */
export function isWithin({ ratio, limit, atLeast }: Figure): boolean {
  return atLeast ? ratio >= limit : ratio <= limit;
}

/** The path of the bundle. */
export const bundle = join(__dirname, "..", "..", "dist", "tracing-sidecar.js");

const runBundle = (input: string): Command => node([bundle], input);
const load = (input: string): Command =>
  node(["-e", `require("js-yaml").load(require("node:fs").readFileSync(0, "utf8"))`], input);

/** Builds the executable from the bundle. Returns undefined if this machine's Node can't contain an application. */
export function executable(): Command | undefined {
  try {
    inspect(process.execPath);
  } catch {
    return undefined;
  }
  return { program: buildExecutable(process.execPath).file, args: [] };
}

/** Compares reading, the first run and a second run over 5,000 Deployments. */
function sizeFigures(size: Size, limit: number): Figure[] {
  const first = inputFile(`5000-${size}.yaml`, deploymentList(5000, size));
  const second = inputFile(`5000-${size}-second.yaml`, outputOf(runBundle(first.path)));
  const [loaded, processed, again] = compare([load(first.path), runBundle(first.path), runBundle(second.path)], 7) as [
    Usage,
    Usage,
    Usage,
  ];
  return [
    {
      description: `5,000 Deployments of ${size} over js-yaml \`load\` of the same text`,
      ratio: processed.seconds / loaded.seconds,
      limit,
      detail: `${milliseconds(processed)} over ${milliseconds(loaded)}, ${first.megabytes.toFixed(1)} MB`,
    },
    {
      description: `the second run over unchanged input over the first, 5,000 Deployments of ${size}`,
      ratio: again.seconds / processed.seconds,
      limit: 2.1,
      detail: `${milliseconds(again)} over ${milliseconds(processed)}, ${second.megabytes.toFixed(1)} MB`,
    },
  ];
}

/** Compares the function with Node, with reading the same text, and with itself on other sizes. */
export function figures(): Figure[] {
  const hotrod = inputFile("hotrod.yaml", hotrodList());
  const built = executable();
  // Measuring memory makes each start a little slower, and the executable can't load the script that measures it.
  const plainNode = { program: process.execPath, args: ["-e", "0"] };
  const [emptyRun, bundleRun, plainEmptyRun, executableRun] = compare(
    [
      node(["-e", "0"]),
      runBundle(hotrod.path),
      plainNode,
      ...(built === undefined ? [] : [{ ...built, input: hotrod.path }]),
    ],
    21,
  ) as [Usage, Usage, Usage, Usage?];

  const large = inputFile("20000.yaml", deploymentList(20000));
  const small = inputFile("2000.yaml", deploymentList(2000));
  const sparse = inputFile("20000-few.yaml", fewSelected(20000));
  const [smallRun, largeRun, sparseRun] = compare(
    [runBundle(small.path), runBundle(large.path), runBundle(sparse.path)],
    5,
  ) as [Usage, Usage, Usage];
  const megabytes = (size: number) => `${size.toFixed(1)} MB`;
  const throughput = (usage: Usage, size: number) => `${(size / usage.seconds).toFixed(0)} MB/s`;
  return [
    {
      description: "HotROD, whole process, over `node -e 0`",
      ratio: bundleRun.seconds / emptyRun.seconds,
      limit: 1.35,
      detail: `${milliseconds(bundleRun)} over ${milliseconds(emptyRun)}`,
    },
    ...(executableRun === undefined
      ? []
      : [
          {
            description: "HotROD, the executable, over `node -e 0`",
            ratio: executableRun.seconds / plainEmptyRun.seconds,
            limit: 1.35,
            detail: `${milliseconds(executableRun)} over ${milliseconds(plainEmptyRun)}`,
          },
        ]),
    ...sizeFigures("1 kB", 5.2),
    ...sizeFigures("4 kB", 2.7),
    {
      description: "20,000 objects of which 1 % are selected, throughput over all selected",
      ratio: largeRun.seconds / large.megabytes / (sparseRun.seconds / sparse.megabytes),
      limit: 3,
      atLeast: true,
      detail: `${throughput(sparseRun, sparse.megabytes)} over ${throughput(largeRun, large.megabytes)}`,
    },
    {
      description: "20,000 Deployments over 2,000",
      ratio: largeRun.seconds / smallRun.seconds,
      limit: 11.5,
      detail: `${milliseconds(largeRun)} over ${milliseconds(smallRun)}`,
    },
    {
      description: "peak memory over the input's size, 20,000 Deployments",
      ratio: largeRun.megabytes / large.megabytes,
      limit: 12,
      detail: `${Math.round(largeRun.megabytes)} MB over ${megabytes(large.megabytes)}`,
    },
  ];
}

/** Compares runs with 2,000 to 200,000 objects, which is more than 100 MB. Time and memory must grow linearly. */
export function scalingFigures(): Figure[] {
  const files = [2000, 20_000, 200_000].map((count) => inputFile(`small-${count}.yaml`, smallDeployments(count)));
  const [first, second, last] = compare(
    files.map(({ path }) => runBundle(path)),
    3,
  ) as [Usage, Usage, Usage];
  const size = files[2]?.megabytes ?? 0;
  return [
    {
      description: "200,000 small Deployments over 20,000",
      ratio: last.seconds / second.seconds,
      limit: 11.5,
      detail: `${milliseconds(last)} over ${milliseconds(second)}; 2,000: ${milliseconds(first)}`,
    },
    {
      description: "peak memory over the input's size, 200,000 small Deployments",
      ratio: last.megabytes / size,
      limit: 12,
      detail: `${Math.round(last.megabytes)} MB over ${size.toFixed(1)} MB`,
    },
  ];
}
