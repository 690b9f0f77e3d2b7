import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TestContext } from "node:test";
import { load } from "js-yaml";
import { bundle, image, podmanRuntime, readTree, replaceIn, root, succeed, temporaryFolder } from "./support";

/*
 * Examples with what they give, as kpt's catalog of functions has them (kpt `pkg/test/runner`): in `.expected`, how the
 * function is run (`config.yaml`), what Git sees of it (`diff.patch`), and the results (`results.yaml`).
 */

/** The example packages with expected output, by their path in the project. */
export const examples: readonly string[] = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".expected"))
  .map((path) => join("examples", path, ".."))
  .sort();

/** As much of a catalog's config.yaml as the examples use. */
interface Config {
  readonly testType: "render" | "eval";
  readonly image?: string;
  readonly fnConfig?: string;
}

/** Whether the function is run by its image, as the example says, or by exec, which gives the same. */
export type How = "image" | "exec";

/**
 * Runs an example twice: the first run gives what is expected, byte for byte, and the second changes nothing. With
 * UPDATE_FIXTURES set, what comes out of the image becomes what is expected.
 */
export function checkExpected(t: TestContext, example: string, how: How): void {
  const folder = temporaryFolder(t, example);
  const packages = [...readTree(folder).keys()].filter((path) => basename(path) === "Kptfile");
  for (const path of how === "exec" ? packages : []) {
    replaceIn(join(folder, path), `image: ${image}`, `exec: ${bundle}`);
  }
  git(folder, "init", "--quiet");
  git(folder, "add", "--all");
  const results = runKpt(t, folder, how).replaceAll(`- exec: ${bundle}`, `- image: ${image}`);
  compare(example, "results.yaml", results, how);
  compare(example, "diff.patch", diff(folder), how);

  const before = readTree(folder);
  runKpt(t, folder, how);
  assert.deepEqual(readTree(folder), before, "a second run changes nothing");
}

/** Runs the function as the example's config.yaml says; gives the results as kpt writes them. */
function runKpt(t: TestContext, folder: string, how: How): string {
  const config = load(readFileSync(join(folder, ".expected", "config.yaml"), "utf8")) as Config;
  const results = temporaryFolder(t);
  const flags = [`--results-dir=${results}`];
  if (config.testType === "eval") {
    flags.push(how === "exec" ? `--exec=${bundle}` : `--image=${config.image}`);
    flags.push(`--fn-config=${join(folder, config.fnConfig ?? "")}`);
  } else if (how === "exec") {
    flags.push("--allow-exec");
  }
  succeed("kpt", ["fn", config.testType, folder, ...flags], { env: podmanRuntime });
  return readFileSync(join(results, "results.yaml"), "utf8");
}

/** What differs from what was added, however Git is set up on this machine. */
function diff(folder: string): string {
  git(folder, "add", "--intent-to-add", "--all");
  return git(folder, "diff", "--no-color", "--no-ext-diff", "--abbrev=7", "--src-prefix=a/", "--dst-prefix=b/");
}

function git(folder: string, ...args: readonly string[]): string {
  return succeed("git", ["-C", folder, "-c", "core.autocrlf=false", ...args]);
}

function compare(example: string, file: string, actual: string, how: How): void {
  const path = join(root, example, ".expected", file);
  if (process.env["UPDATE_FIXTURES"] && how === "image") writeFileSync(path, actual);
  assert.ok(existsSync(path), `${path} is missing: ${update}`);
  const expected = readFileSync(path, "utf8");
  const same = (text: string) => (how === "image" ? text : text.replaceAll(stderr, ""));
  assert.equal(same(actual), same(expected), `${example}/.expected/${file}: ${update}`);
}

const update = "UPDATE_FIXTURES=1 with test/hosts/image.test.ts writes it anew";

/** What kpt keeps of stderr: of an image's it trims the end, of a program's not. The results say the same. */
const stderr = /^ {4}stderr: .*\n(?: {6}.*\n)*/gm;
