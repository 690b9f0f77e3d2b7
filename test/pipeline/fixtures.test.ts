import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { describe as describeObject, type ObjectReference } from "../../src/kube/object";
import { changeCodes, resultCodes } from "../../src/kube/result-codes";
import { type RunResult, run } from "../../src/pipeline/run";
import { type RunWithChanges, runWithChanges } from "../support/changes";
import {
  codesOf,
  fixtureNames,
  fixturePath,
  fixturesFolder,
  inputOf,
  readFixture,
  reportOf,
  splitResults,
} from "../support/fixture";
import { firstLost, removesContent, unreadable } from "../support/hostile";
import { sameText } from "../support/same-text";

/*
 * The function's output for whole lists, byte for byte. `support/fixture.ts` describes the files of a fixture.
 * `UPDATE_FIXTURES=1 npm test` updates the expected output: review the diff before you commit it.
 */

/** The parts of a result that its message must not repeat. */
interface Result {
  readonly message: string;
  readonly field?: { readonly path: string };
  readonly resourceRef?: ObjectReference;
}

const updating = process.env["UPDATE_FIXTURES"] === "1";
const files = ["expected.yaml", "input.yaml", "results.yaml"];
/** Additional files, by fixture. */
const additionalFiles: Readonly<Record<string, readonly string[]>> = { article: ["final-listing.yaml"] };

/** The outcome of each fixture. A fixture for which the function throws is missing; its first test fails. */
const outcomes = new Map<string, RunWithChanges>();
for (const name of fixtureNames) {
  try {
    outcomes.set(name, runWithChanges(inputOf(name)));
  } catch {
    // The first test of the fixture runs the function again and shows the error.
  }
}

/** Matches the `spec` of the functionConfig, which is after the items. */
const lastSpec = / {2}spec:\n(?![\s\S]* {2}spec:\n)/;

describe("every fixture is complete", () => {
  test("the folder has only fixtures", () => {
    const others = readdirSync(fixturesFolder).filter(
      (name) => !fixtureNames.includes(name) && name !== ".gitattributes",
    );
    assert.deepEqual(others, []);
  });

  for (const name of fixtureNames) {
    test(`${name} has an input and only known files`, () => {
      const allowed = [...files, ...(additionalFiles[name] ?? [])];
      const present = readdirSync(join(fixturesFolder, name));
      assert.deepEqual(
        present.filter((file) => !allowed.includes(file)),
        [],
      );
      assert.ok(present.includes("input.yaml"));
    });
  }
});

describe("the output is as expected", () => {
  for (const name of fixtureNames) {
    test(name, () => {
      const outcome = outcomes.get(name) ?? runWithChanges(inputOf(name));
      const before = splitResults(inputOf(name)).rest;
      const after = splitResults(outcome.stdout).rest;
      const expected = after === before ? undefined : after;
      const report = reportOf(outcome, outcome.changes);
      if (updating) update(name, expected, report);
      sameText(expected, readFixture(name, "expected.yaml"), "expected.yaml");
      sameText(report, readFixture(name, "results.yaml"), "results.yaml");
    });
  }
});

function update(name: string, expected: string | undefined, report: string): void {
  if (expected === undefined) rmSync(fixturePath(name, "expected.yaml"), { force: true });
  else writeFileSync(fixturePath(name, "expected.yaml"), expected);
  writeFileSync(fixturePath(name, "results.yaml"), report);
}

/** Registers a test for each fixture that `isChecked` selects. There must be at least `least` of them. */
function testEach(
  least: number,
  isChecked: (outcome: RunWithChanges, name: string) => boolean,
  check: (outcome: RunWithChanges, name: string) => void,
): void {
  const checked = [...outcomes].filter(([name, outcome]) => isChecked(outcome, name));
  test(`there are at least ${least} fixtures`, () => assert.ok(checked.length >= least, String(checked.length)));
  for (const [name, outcome] of checked) test(name, () => check(outcome, name));
}

describe("an error changes nothing", () => {
  testEach(
    50,
    ({ status }) => status === 1,
    ({ stdout, stderr }, name) => {
      const { rest } = splitResults(stdout);
      if (codesOf({ stdout }).includes("invalid-input")) {
        assert.equal(rest, unreadable);
      } else {
        sameText(rest, splitResults(inputOf(name)).rest, "the output");
      }
      assert.match(stderr, /^error: /m);
    },
  );
});

describe("a second run changes no byte of the items, the results and stderr", () => {
  testEach(
    120,
    ({ status }) => status === 0,
    (first) => requireSame(runWithChanges(first.stdout), first),
  );
});

describe("nor after a removal", () => {
  testEach(
    120,
    ({ status }, name) => status === 0 && run(withStateAbsent(inputOf(name))).status === 0,
    ({ stdout }) => {
      const absent = run(withStateAbsent(stdout));
      requireSame(runWithChanges(absent.stdout), absent);
    },
  );
});

/** Checks that a second run returns what the first one returned, byte for byte, and has nothing to change. */
function requireSame(second: RunWithChanges, first: RunResult): void {
  sameText(splitResults(second.stdout).rest, splitResults(first.stdout).rest, "the second output");
  sameText(splitResults(second.stdout).results, splitResults(first.stdout).results, "the second results");
  assert.equal(second.stderr, first.stderr);
  assert.deepEqual(second.changes, []);
}

/** Fixtures in which an empty collection's spelling, such as `null`, is replaced by content. */
const fillsEmpty = ["empty-collections", "private-ca-empty-list", "private-ca-json"];

describe("a selected workload only grows", () => {
  testEach(
    120,
    (outcome, name) =>
      !removesContent(outcome.changes) && !codesOf(outcome).includes("invalid-input") && !fillsEmpty.includes(name),
    (outcome, name) => {
      const lost = firstLost(splitResults(inputOf(name)).rest, splitResults(outcome.stdout).rest);
      assert.equal(lost, undefined, "the output must contain every character of the input, in the same order");
    },
  );
});

describe("removal restores the input byte for byte", () => {
  testEach(
    80,
    ({ changes }) => !removesContent(changes) && changes.some(({ code }) => ["injected", "generated"].includes(code)),
    ({ stdout }, name) => {
      const absent = run(withStateAbsent(stdout));
      assert.equal(absent.status, 0, absent.stderr);
      sameText(splitResults(absent.stdout).rest, splitResults(withStateAbsent(inputOf(name))).rest, "the output");
    },
  );
});

/** Returns a list with `state: absent` in its functionConfig, in block or flow style. */
function withStateAbsent(list: string): string {
  if (/kind"?: "?PrivateCA/.test(list)) {
    return list
      .replace('"spec": {"namespace":', '"spec": {"state": "absent", "namespace":')
      .replace(lastSpec, "  spec:\n    state: absent\n");
  }
  return /^\s*\{/.test(list)
    ? list.replace('"collector":', '"state": "absent", "collector":')
    : list.replace(/^( +)(?=collector:)/m, (indent) => `${indent}state: absent\n${indent}`);
}

describe("every result code has a fixture", () => {
  const shown = new Set([...outcomes.values()].flatMap(codesOf));
  for (const code of Object.keys(resultCodes)) test(code, () => assert.ok(shown.has(code)));
  const changed = new Set<string>([...outcomes.values()].flatMap(({ changes }) => changes.map(({ code }) => code)));
  for (const code of Object.keys(changeCodes)) test(code, () => assert.ok(changed.has(code)));
});

test("a message never starts with its own field or object, which are printed before it", () => {
  for (const name of fixtureNames) {
    const { results = [] } = load(readFixture(name, "results.yaml") ?? "") as { readonly results?: readonly Result[] };
    for (const { message, field, resourceRef } of results) {
      assert.ok(field === undefined || !message.startsWith(field.path), `${name}: ${message}`);
      assert.ok(resourceRef === undefined || !message.startsWith(describeObject(resourceRef)), `${name}: ${message}`);
    }
  }
});
