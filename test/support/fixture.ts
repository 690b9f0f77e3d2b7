import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { readResourceList } from "../../src/krm/resource-list";
import { toResult } from "../../src/krm/results";
import type { Finding } from "../../src/kube/finding";
import type { RunResult } from "../../src/pipeline/run";
import { printBlock } from "../../src/yaml/print";
import { defaultStyle } from "../../src/yaml/style";

/*
 * A fixture is a folder of `fixtures/`, named after what it shows:
 *
 *   input.yaml     a whole ResourceList with its functionConfig, as a host sends it
 *   expected.yaml  the expected output without the top-level `results`; left out if it is identical to the input
 *   results.yaml   the exit status, stderr, the `results` exactly as written, and what the command line reports about
 *                  the same items in addition: what the run changes
 *
 * The folder must not have any other file, except those that `test/pipeline/fixtures.test.ts` lists.
 */

export const fixturesFolder = join(__dirname, "..", "..", "fixtures");

/** The names of all fixtures, sorted. */
export const fixtureNames: readonly string[] = readdirSync(fixturesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** Returns the path of a fixture's file, whether or not it exists. */
export function fixturePath(name: string, file: string): string {
  return join(fixturesFolder, name, file);
}

/** Returns the text of a fixture's file, or undefined if the fixture doesn't have it. */
export function readFixture(name: string, file: string): string | undefined {
  const path = fixturePath(name, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Returns the input of a fixture. Throws an error if it has none. */
export function inputOf(name: string): string {
  const input = readFixture(name, "input.yaml");
  if (input === undefined) throw new Error(`fixtures/${name} has no input.yaml`);
  return input;
}

/** Returns the texts of a list's items, each as a list of one element. A text that isn't a list has none. */
export function itemTextsOf(list: string): string[] {
  try {
    return readResourceList(list).items.map(({ text }) => text);
  } catch {
    return [];
  }
}

/** A ResourceList's text in two parts: everything except the top-level `results`, and the `results` as written. */
export interface Split {
  readonly rest: string;
  readonly results: string;
}

/**
 * Splits `results` off a ResourceList. In block style it takes whole lines. If `results` come last and end without a line
 * break, the line break before them counts as theirs, because the input ended without one too.
 */
export function splitResults(text: string): Split {
  if (/^\s*\{/.test(text)) return splitFlow(text);
  const found = /(?:^|\n)results:(?:\s|$)/.exec(text);
  if (found === null) return { rest: text, results: "" };
  const start = text.indexOf("results:", found.index);
  const lines = text.slice(start).split(/(?<=\n)/);
  let next = 1;
  if (/^results:\s*\[/.test(text.slice(start))) {
    // A quoted text can go on in the first column.
    next = text.slice(start, endOfFlow(text, text.indexOf("[", start))).split("\n").length;
  }
  while (next < lines.length && /^(?: +\S|-(?:\s|$)|\s*$)/.test(lines[next] as string)) next++;
  // Blank lines and comments after the last result aren't part of the results.
  while (next > 1 && /^\s*(?:#.*)?$/.test((lines[next - 1] as string).trimEnd())) next--;
  const before = text.slice(0, start);
  const results = lines.slice(0, next).join("");
  const isUnended = next === lines.length && !results.endsWith("\n");
  return { rest: (isUnended ? before.replace(/\r?\n$/, "") : before) + lines.slice(next).join(""), results };
}

/** Returns the end of the flow list that starts at an offset. */
function endOfFlow(text: string, start: number): number {
  const tokens = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[[\]]/g;
  tokens.lastIndex = start;
  let depth = 0;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    depth += token[0] === "[" ? 1 : token[0] === "]" ? -1 : 0;
    if (depth === 0) return tokens.lastIndex;
  }
  return text.length;
}

/** In flow style, the results are the last entry, on the same line as the entry before them. */
function splitFlow(text: string): Split {
  const match = /, *"?results"?: *(?=\[)/.exec(text);
  if (match === null) return { rest: text, results: "" };
  const end = endOfFlow(text, match.index + match[0].length);
  const { index } = match;
  return {
    rest: text.slice(0, index) + text.slice(end),
    results: `results: ${text.slice(index + match[0].length, end)}\n`,
  };
}

/**
 * Returns the text of `results.yaml` for a run.
 *
 * @param changes what the run changes.
 */
export function reportOf({ stdout, stderr, status }: RunResult, changes: readonly Finding[]): string {
  const { results } = splitResults(stdout);
  const message = stderr === "" ? ' ""\n' : ` |\n${stderr.replace(/^(?=.)/gm, "  ")}`;
  const written = results === "" || results.endsWith("\n") ? results : `${results}\n`;
  const changed = changes.length === 0 ? "" : `${printBlock({ changes: changes.map(toResult) }, 0, defaultStyle)}\n`;
  return `status: ${status}\nstderr:${message}${written}${changed}`;
}

/** The fields of a result (KRM functions specification) that the tests read. */
export interface Result {
  readonly message: string;
  readonly severity: "error" | "warning" | "info";
  readonly tags?: { readonly code?: string };
  readonly field?: { readonly path: string };
}

/** Returns the results in a run's stdout. */
export function resultsOf({ stdout }: Pick<RunResult, "stdout">): readonly Result[] {
  const { results } = splitResults(stdout);
  return results === "" ? [] : (load(results) as { results: readonly Result[] }).results;
}

/** Returns the codes of the results in a run's stdout. */
export function codesOf(run: Pick<RunResult, "stdout">): readonly (string | undefined)[] {
  return resultsOf(run).map(({ tags }) => tags?.code);
}

/** Reports whether a run is refused because kpt would copy comments to other elements of a list. */
export function isRefusedForKpt({ stderr }: Pick<RunResult, "stderr">): boolean {
  return stderr.includes("kpt copies comments by their position");
}
