import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { resultCodes } from "../../src/kube/result-codes";
import { type RunResult, run } from "../../src/pipeline/run";
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
import { runBundle } from "../support/run-bundle";
import { sameText } from "../support/same-text";

/*
 * What the function makes of whole lists, byte for byte; `support/fixture.ts` says what a case is made of.
 * `UPDATE_FIXTURES=1 npm test` writes what comes out: look at the difference before you commit it.
 */

const updating = process.env["UPDATE_FIXTURES"] === "1";
const files = ["expected.yaml", "input.yaml", "results.yaml"];
/** Further files that a case may have, by the test that reads them. */
const further: Readonly<Record<string, readonly string[]>> = { article: ["final-listing.yaml"] };

/** What a run says that changed something; none of it may be said of a list that came out of a run before. */
const changing = ["injected", "updated", "generated", "removed", "pruned"];

/** What each case gives; a case that throws is not in it, and fails where it is read. */
const outcomes = new Map<string, RunResult>();
for (const name of fixtureNames) {
  try {
    outcomes.set(name, run(inputOf(name)));
  } catch {
    // The first test of the case runs it again, and shows why.
  }
}

describe("every case is whole", () => {
  test("there are only folders", () => {
    const others = readdirSync(fixturesFolder).filter(
      (name) => !fixtureNames.includes(name) && name !== ".gitattributes",
    );
    assert.deepEqual(others, []);
  });

  for (const name of fixtureNames) {
    test(`${name} has no file but its own`, () => {
      const allowed = [...files, ...(further[name] ?? [])];
      const present = readdirSync(join(fixturesFolder, name));
      assert.deepEqual(
        present.filter((file) => !allowed.includes(file)),
        [],
      );
      assert.ok(present.includes("input.yaml"));
    });
  }
});

describe("what comes out", () => {
  for (const name of fixtureNames) {
    test(name, () => {
      const outcome = outcomes.get(name) ?? run(inputOf(name));
      const before = splitResults(inputOf(name)).rest;
      const after = splitResults(outcome.stdout).rest;
      const expected = after === before ? undefined : after;
      if (updating) update(name, expected, reportOf(outcome));
      sameText(expected, readFixture(name, "expected.yaml"), "expected.yaml");
      sameText(reportOf(outcome), readFixture(name, "results.yaml"), "results.yaml");
    });
  }
});

function update(name: string, expected: string | undefined, report: string): void {
  if (expected === undefined) rmSync(fixturePath(name, "expected.yaml"), { force: true });
  else writeFileSync(fixturePath(name, "expected.yaml"), expected);
  writeFileSync(fixturePath(name, "results.yaml"), report);
}

describe("an error changes nothing", () => {
  for (const [name, { stdout, stderr, status }] of outcomes) {
    if (status === 0) continue;
    test(name, () => {
      const { rest } = splitResults(stdout);
      if (codesOf({ stdout }).includes("invalid-input")) {
        assert.equal(rest, unreadable);
      } else {
        sameText(rest, splitResults(inputOf(name)).rest, "the output");
      }
      assert.match(stderr, /^error: /m);
    });
  }
});

describe("a second run changes no byte of the items", () => {
  for (const [name, { stdout, status }] of outcomes) {
    if (status === 1) continue;
    test(name, () => {
      const second = run(stdout);
      sameText(splitResults(second.stdout).rest, splitResults(stdout).rest, "the second output");
      assert.deepEqual(
        codesOf(second).filter((code) => changing.includes(code ?? "")),
        [],
      );
    });
  }
});

/** Cases where what is said of an empty collection, such as `null`, gives way to what is put there. */
const fillsEmpty = ["empty-collections", "private-ca-empty-list", "private-ca-json"];

describe("a selected workload only grows", () => {
  for (const [name, outcome] of outcomes) {
    if (removesContent(outcome) || codesOf(outcome).includes("invalid-input") || fillsEmpty.includes(name)) continue;
    test(name, () => {
      const lost = firstLost(splitResults(inputOf(name)).rest, splitResults(outcome.stdout).rest);
      assert.equal(lost, undefined, "the output must hold every character of the input, in its order");
    });
  }
});

describe("what was added is taken back to the byte", () => {
  for (const [name, outcome] of outcomes) {
    const { stdout, status } = outcome;
    if (removesContent(outcome) || status === 1 || codesOf(outcome).includes("unchanged")) continue;
    if (/state: absent/.test(inputOf(name))) continue;
    test(name, () => {
      const absent = run(withStateAbsent(stdout));
      assert.equal(absent.status, 0, absent.stderr);
      sameText(splitResults(absent.stdout).rest, splitResults(withStateAbsent(inputOf(name))).rest, "the output");
    });
  }
});

/** A list with `state: absent` in its functionConfig, whichever form that has. */
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

/** The functionConfig's own `spec`, which stands behind the items. */
const lastSpec = / {2}spec:\n(?![\s\S]* {2}spec:\n)/;

describe("the built bundle gives the same", () => {
  for (const [name, outcome] of outcomes) {
    test(name, () => {
      const { stdout, stderr, status } = runBundle(inputOf(name));
      assert.deepEqual({ stdout, stderr, status }, outcome);
    });
  }
});

describe("every code has a case that shows it", () => {
  const shown = new Set([...outcomes.values()].flatMap(codesOf));
  for (const code of Object.keys(resultCodes)) {
    test(code, () => assert.ok(shown.has(code)));
  }
});
