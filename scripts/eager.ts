import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as ts from "typescript";

/** The path, from the project's root, of a list whose run is short and calls about what every run calls. */
export const usualInput = "fixtures/article/input.yaml";

/**
 * Rewrites a bundle so that V8 compiles the functions that every run calls while it loads the bundle. V8 only preparses a
 * declared function, and parses it again when it is called. It compiles a function in parentheses at once
 * (https://v8.dev/blog/preparser). The functions become variables at the start of the script, which are available as
 * early as declared functions.
 *
 * @param file the path of the bundle.
 * @param input what a run of the bundle reads from stdin.
 * @returns the new text, which doesn't depend on the version of Node.
 * @throws Error if the run fails or calls no declared function of the bundle.
 */
export function eager(file: string, input: string): string {
  const text = readFileSync(file, "utf8");
  const called = calledFunctions(file, input);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const functions = source.statements
    .filter(ts.isFunctionDeclaration)
    .filter(({ end }) => called.has(end))
    .map((node) => ({ name: node.name as ts.Identifier, start: node.getStart(source), end: node.end }));
  const [directive, ...statements] = source.statements;
  if (directive === undefined || statements.length === 0 || functions.length === 0)
    throw new Error(`${file} must be a strict script with functions that a run calls`);
  const variables = functions.map(
    ({ name, start, end }) => `${name.text}=(${text.slice(start, name.getStart(source))}${text.slice(name.end, end)})`,
  );
  const rest = [directive, ...functions].map(({ end }, i) => text.slice(end, functions[i]?.start));
  return `${text.slice(0, directive.end)}var ${variables.join(",")};${rest.join("")}`;
}

/** Returns the end offsets of the functions that a run calls, from V8's coverage. */
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

/** A file of V8's coverage, restricted to what is used here. The first range of a function is the whole function. */
interface Report {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { endOffset: number; count: number }[] }[];
  }[];
}
