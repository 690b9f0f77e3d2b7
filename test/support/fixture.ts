import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { RunResult } from "../../src/pipeline/run";

/*
 * A fixture is a folder of `fixtures/`, named by what it shows:
 *
 *   input.yaml     a whole ResourceList, the functionConfig included, as a host sends it
 *   expected.yaml  what must come out, without the top-level `results`; not there where that is the input's own bytes
 *   results.yaml   the status, stderr and the `results` as written
 *
 * Any other file in the folder is a mistake, but for those that a case names in `fixtureFiles`.
 */

export const fixturesFolder = join(__dirname, "..", "..", "fixtures");

/** The names of all cases. */
export const fixtureNames: readonly string[] = readdirSync(fixturesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

export function fixturePath(name: string, file: string): string {
  return join(fixturesFolder, name, file);
}

/** A file of a case as text; undefined where it has none. */
export function readFixture(name: string, file: string): string | undefined {
  const path = fixturePath(name, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** The input of a case. */
export function inputOf(name: string): string {
  const input = readFixture(name, "input.yaml");
  if (input === undefined) throw new Error(`fixtures/${name} has no input.yaml`);
  return input;
}

/** A ResourceList's text in two: without its top-level `results`, and these alone, as they are written. */
export interface Split {
  readonly rest: string;
  readonly results: string;
}

/**
 * Cuts `results` out of a ResourceList. Of a block list whole lines; where they are the last thing and end without a
 * line break, the one before them belongs to them: the input had none there.
 */
export function splitResults(text: string): Split {
  if (/^\s*\{/.test(text)) return splitFlow(text);
  const lines = text.split(/(?<=\n)/);
  const first = lines.findIndex((line) => /^results:(?:\s|$)/.test(line));
  if (first < 0) return { rest: text, results: "" };
  let next = first + 1;
  while (next < lines.length && /^(?: +\S|-(?:\s|$)|\s*$)/.test(lines[next] as string)) next++;
  // Blank lines and comments behind the last of them are nobody's.
  while (next > first + 1 && /^\s*(?:#.*)?$/.test((lines[next - 1] as string).trimEnd())) next--;
  const before = lines.slice(0, first).join("");
  const results = lines.slice(first, next).join("");
  const isUnended = next === lines.length && !results.endsWith("\n");
  return { rest: (isUnended ? before.replace(/\r?\n$/, "") : before) + lines.slice(next).join(""), results };
}

/** In flow style the results are the last entry, on the line of the one before. */
function splitFlow(text: string): Split {
  const found = /, *"?results"?: *(?=\[)/.exec(text);
  if (found === null) return { rest: text, results: "" };
  const tokens = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[[\]]/g;
  tokens.lastIndex = found.index + found[0].length;
  let depth = 0;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    depth += token[0] === "[" ? 1 : token[0] === "]" ? -1 : 0;
    if (depth === 0) break;
  }
  const { index } = found;
  return {
    rest: text.slice(0, index) + text.slice(tokens.lastIndex),
    results: `results: ${text.slice(index + found[0].length, tokens.lastIndex)}\n`,
  };
}

/** The text of `results.yaml`. */
export function reportOf({ stdout, stderr, status }: RunResult): string {
  const { results } = splitResults(stdout);
  const said = stderr === "" ? ' ""\n' : ` |\n${stderr.replace(/^(?=.)/gm, "  ")}`;
  return `status: ${status}\nstderr:${said}${results === "" || results.endsWith("\n") ? results : `${results}\n`}`;
}

/** A result of the functions specification, as far as the tests look into it. */
export interface Result {
  readonly message: string;
  readonly severity: "error" | "warning" | "info";
  readonly tags?: { readonly code?: string };
}

/** The results that stdout holds. */
export function resultsOf({ stdout }: Pick<RunResult, "stdout">): readonly Result[] {
  const { results } = splitResults(stdout);
  return results === "" ? [] : (load(results) as { results: readonly Result[] }).results;
}

/** The codes of the results that stdout holds. */
export function codesOf(run: Pick<RunResult, "stdout">): readonly (string | undefined)[] {
  return resultsOf(run).map(({ tags }) => tags?.code);
}
