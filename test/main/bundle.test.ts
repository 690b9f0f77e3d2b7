import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run } from "../../src/pipeline/run";
import { fixtureNames, inputOf } from "../support/fixture";
import { bundleInProcess, runBundle } from "../support/run-bundle";

/*
 * The built bundle gives the same as the sources, for every fixture.
 */

assert.ok(fixtureNames.length > 100, String(fixtureNames.length));

describe("the built bundle gives the same as the sources", () => {
  const runInProcess = bundleInProcess();
  for (const name of fixtureNames) {
    test(name, () => assert.deepEqual(runInProcess(inputOf(name)), run(inputOf(name))));
  }

  for (const name of ["article", "finding-pod-security", "config-problems"]) {
    test(`in its own process: ${name}`, () => {
      const { stdout, stderr, status } = runBundle(inputOf(name));
      assert.deepEqual({ stdout, stderr, status }, run(inputOf(name)));
    });
  }
});
