import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as ts from "typescript";

/** From the project's root, a list whose run is short: what it calls, about every run does. */
export const usualInput = "fixtures/article/input.yaml";

/**
 * A bundle in which the functions that every run calls are compiled as it is loaded. V8 skims a declared function where it
 * stands, and reads it again when it is called; one in parentheses it compiles at once (https://v8.dev/blog/preparser).
 * A variable at the top is there as early as a declared function, so nothing else changes.
 *
 * @param file the bundle.
 * @param input what a run over it reads from stdin.
 * @returns the new text, which does not depend on the version of Node.
 */
export function eager(file: string, input: string): string {
  const text = readFileSync(file, "utf8");
  const called = calledFunctions(file, input);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const functions = source.statements
    .filter(ts.isFunctionDeclaration)
    .filter(({ end }) => called.has(end))
    .map((one) => ({ name: one.name as ts.Identifier, start: one.getStart(source), end: one.end }));
  const [directive, ...statements] = source.statements;
  if (directive === undefined || statements.length === 0 || functions.length === 0)
    throw new Error(`${file} must be a strict script with functions that a run calls`);
  const variables = functions.map(
    ({ name, start, end }) => `${name.text}=(${text.slice(start, name.getStart(source))}${text.slice(name.end, end)})`,
  );
  const rest = [directive, ...functions].map(({ end }, i) => text.slice(end, functions[i]?.start));
  return `${text.slice(0, directive.end)}var ${variables.join(",")};${rest.join("")}`;
}

/** Where the functions end that a run calls, as V8's coverage tells. */
function calledFunctions(file: string, input: string): ReadonlySet<number> {
  const folder = mkdtempSync(join(tmpdir(), "coverage-"));
  try {
    const env = { ...process.env, NODE_V8_COVERAGE: folder };
    const { status, stderr } = spawnSync(process.execPath, [file], { input, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`the bundle must run: ${stderr}`);
    const reports = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Report);
    const scripts = reports.flatMap(({ result }) => result).filter(({ url }) => url === pathToFileURL(file).href);
    const ranges = scripts.flatMap(({ functions }) => functions).flatMap(({ ranges: [whole] }) => whole ?? []);
    return new Set(ranges.filter(({ count }) => count > 0).map(({ endOffset }) => endOffset));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A file of V8's coverage, as far as it is read here: the first range of a function is all of it. */
interface Report {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { endOffset: number; count: number }[] }[];
  }[];
}
