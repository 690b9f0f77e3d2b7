import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { printPath, readPath, type Step } from "../../src/kube/field-path";
import { run } from "../../src/pipeline/run";
import { deployment, functionConfig, head } from "../support/hostile";
import { property } from "../support/property";
import { itemsOf } from "../support/sections";

/*
 * The paths of a record, whatever a workload's containers are called.
 */

describe("a path", () => {
  test("is written as people write it", () => {
    assert.equal(printPath(["spec", "containers", { name: "web" }, "env"]), "spec.containers[web].env");
  });

  const key = fc.stringMatching(/^[A-Za-z]+$/);
  const name = fc.string({ unit: fc.constantFrom("a", ".", "[", "]", "%", "5D", "25", '"', " ", "é") });
  const step: fc.Arbitrary<Step> = fc.oneof(key, fc.record({ name }));
  property("reads as it was written, whatever names it holds", fc.array(step, { minLength: 1 }), (path) => {
    const written = printPath(["spec", ...path]);
    assert.deepEqual(JSON.stringify(readPath(written)), JSON.stringify(["spec", ...path]));
  });
});

for (const name of ["we]", "we].env", "[web]", "%5D", "100%"]) {
  test(`what was added to a container called ${name} is found again`, () => {
    const list =
      head + deployment("          image: web:1\n").replace("- name: web", `- name: ${JSON.stringify(name)}`);
    const configuration = functionConfig("    app:\n      env: [{name: A, value: one}]\n");
    const first = run(list + configuration);
    assert.match(first.stdout, / {10}env:\n {10}- name: A\n/);
    assert.equal(itemsOf(run(first.stdout).stdout), itemsOf(first.stdout));
    const absent = functionConfig("    state: absent\n");
    assert.equal(itemsOf(run(first.stdout.replace(configuration, absent)).stdout), itemsOf(list + configuration));
  });
}
