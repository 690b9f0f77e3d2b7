import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TestContext } from "node:test";
import { load } from "js-yaml";
import { bundle, image, podmanRuntime, readTree, replaceIn, root, succeed, temporaryFolder } from "./support";

/*
 * Examples with expected output, in the format of kpt's function catalog (kpt `pkg/test/runner`): the folder `.expected`
 * has runtime to run the function (`config.yaml`), the changes as Git shows them (`diff.patch`), and the results
 * (`results.yaml`).
 */

/** The paths of the example packages with expected output, relative to the project. Sorted. */
export const examples: readonly string[] = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".expected"))
  .map((path) => join("examples", path, ".."))
  .sort();

/** The fields of a catalog's config.yaml that the examples use. */
interface Config {
  readonly testType: "render" | "eval";
  readonly image?: string;
  readonly fnConfig?: string;
}

/** Runtime the function runs: as a container, like in the example, or as an executable. Both must give the same result. */
export type Runtime = "image" | "exec";

/**
 * Runs an example. It must give the expected output, byte for byte. A second run of the executable must change nothing.
 * If UPDATE_FIXTURES is set, the output of the image becomes the expected output.
 */
export function checkExpected(t: TestContext, example: string, runtime: Runtime): void {
  const folder = temporaryFolder(t, example);
  const packages = [...readTree(folder).keys()].filter((path) => basename(path) === "Kptfile");
  for (const path of runtime === "exec" ? packages : []) {
    replaceIn(join(folder, path), `image: ${image}`, `exec: ${bundle}`);
  }
  git(folder, "init", "--quiet");
  git(folder, "add", "--all");
  const results = runKpt(t, folder, runtime).replaceAll(`- exec: ${bundle}`, `- image: ${image}`);
  compare(example, "results.yaml", results, runtime);
  compare(example, "diff.patch", diff(folder), runtime);

  if (runtime === "image") return;
  const before = readTree(folder);
  const second = runKpt(t, folder, runtime).replaceAll(`- exec: ${bundle}`, `- image: ${image}`);
  assert.deepEqual(readTree(folder), before, "a second run changes nothing");
  assert.equal(second, results, "and gives the same results");
}

/** Runs the function according to the example's config.yaml, and returns the results as kpt writes them. */
function runKpt(t: TestContext, folder: string, runtime: Runtime): string {
  const config = load(readFileSync(join(folder, ".expected", "config.yaml"), "utf8")) as Config;
  const results = temporaryFolder(t);
  const flags = [`--results-dir=${results}`];
  if (config.testType === "eval") {
    flags.push(runtime === "exec" ? `--exec=${bundle}` : `--image=${config.image}`);
    flags.push(`--fn-config=${join(folder, config.fnConfig ?? "")}`);
  } else if (runtime === "exec") {
    flags.push("--allow-exec");
  }
  succeed("kpt", ["fn", config.testType, folder, ...flags], { env: podmanRuntime });
  return readFileSync(join(results, "results.yaml"), "utf8");
}

/**
 * Returns the changes since the files were added to Git, regardless of Git's configuration on this machine. Those of
 * Kptfiles are from kpt itself, and depend on its version.
 */
function diff(folder: string): string {
  git(folder, "add", "--intent-to-add", "--all");
  const format = ["--no-color", "--no-ext-diff", "--abbrev=7", "--src-prefix=a/", "--dst-prefix=b/"];
  return git(folder, "diff", ...format, "--", ".", ":(exclude,glob)**/Kptfile");
}

function git(folder: string, ...args: readonly string[]): string {
  return succeed("git", ["-C", folder, "-c", "core.autocrlf=false", ...args]);
}

function compare(example: string, file: string, actual: string, runtime: Runtime): void {
  const path = join(root, example, ".expected", file);
  if (process.env["UPDATE_FIXTURES"] && runtime === "image") writeFileSync(path, actual);
  assert.ok(existsSync(path), `${path} is missing: ${update}`);
  const expected = readFileSync(path, "utf8");
  const comparable = (text: string) => (runtime === "image" ? text : text.replaceAll(stderr, ""));
  assert.equal(comparable(actual), comparable(expected), `${example}/.expected/${file}: ${update}`);
}

const update = "UPDATE_FIXTURES=1 with test/hosts/image.test.ts updates it";

/**
 * The stderr in kpt's results, which isn't compared for an executable: kpt trims its end only for an image. The results
 * have the same messages.
 */
const stderr = /^ {4}stderr: .*\n(?: {6}.*\n)*/gm;
