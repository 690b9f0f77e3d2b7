import { relative } from "node:path";
import { inspect } from "node:util";

/**
 * A short report of `node --test`: each file as it is reached, every failure in full, what was skipped and why, and the
 * totals. The totals have the form of the TAP reporter, which `.ci/run` and other tools read.
 *
 * @param {AsyncIterable<import("node:test/reporters").TestEvent>} source
 */
export default async function* report(source) {
  const run = { names: [], file: undefined, failures: [], skipped: new Map(), totals: [] };
  for await (const { type, data } of source) {
    if (type === "test:start") enter(data, run);
    else if (type === "test:pass" || type === "test:fail") yield ended(type, data, run);
    else if (type === "test:stderr") yield data.message;
    else if (type === "test:diagnostic" && isTotal(data)) run.totals.push(`# ${data.message}\n`);
  }
  yield* run.failures;
  for (const [reason, tests] of run.skipped)
    yield `\nSkipped, ${reason}:\n${tests.map((name) => `  ${name}\n`).join("")}`;
  yield* run.totals;
}

/** Remembers the names of the suites and tests that contain the current one. */
function enter({ nesting, name }, { names }) {
  names.length = nesting;
  names.push(name);
}

/** Records a suite or test that has ended. Returns a line with its file if that is another than before. */
function ended(type, data, run) {
  const path = [...run.names.slice(0, data.nesting), data.name].join(" > ");
  if (data.skip !== undefined) add(run.skipped, data.skip || "no reason given", path);
  // A suite fails with its tests.
  if (type === "test:fail" && data.details.error?.failureType !== "subtestsFailed")
    run.failures.push(failureText(path, data));
  // Tests of properties are registered by a file that several others use.
  if (data.file === run.file || !data.file?.endsWith(".test.ts")) return "";
  run.file = data.file;
  return `${relative(process.cwd(), data.file)}\n`;
}

/** Returns true for a total of the whole run. Tests have diagnostics of their own. */
function isTotal({ nesting, message }) {
  return nesting === 0 && /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(message);
}

function failureText(path, { file, line, details: { error } }) {
  const place = file === undefined ? "" : ` (${relative(process.cwd(), file)}${line === undefined ? "" : `:${line}`})`;
  const cause = error?.cause ?? error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  const shown = text.split("\n").filter((one) => !/^ +at .*(?:node:|\(<anonymous>\)|Promise\.all)/.test(one));
  return `\nFAILED: ${path}${place}\n${shown.map((one) => (one === "" ? "\n" : `  ${one}\n`)).join("")}`;
}

function add(map, key, value) {
  map.set(key, [...(map.get(key) ?? []), value]);
}
