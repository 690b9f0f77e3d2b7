import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { printPath, readPath, type Step } from "../../src/kube/field-path";
import { run } from "../../src/pipeline/run";
import { deployment, functionConfig, head } from "../support/hostile";
import { property } from "../support/property";
import { itemsOf } from "../support/sections";

/*
 * The field paths in a record, for containers of any name.
 */

describe("field paths", () => {
  test("are printed in the notation that users know", () => {
    assert.equal(printPath(["spec", "containers", { name: "web" }, "env"]), "spec.containers[web].env");
  });

  const key = fc.stringMatching(/^[A-Za-z]+$/);
  const name = fc.string({ unit: fc.constantFrom("a", ".", "[", "]", "%", "5D", "25", '"', " ", "é") });
  const step: fc.Arbitrary<Step> = fc.oneof(key, fc.record({ name }));
  property("are the same after printing and reading, for any names", fc.array(step, { minLength: 1 }), (path) => {
    const printed = printPath(["spec", ...path]);
    assert.deepEqual(JSON.stringify(readPath(printed)), JSON.stringify(["spec", ...path]));
  });
});

for (const name of ["we]", "we].env", "[web]", "%5D", "100%"]) {
  test(`updates and removes what was added to a container named ${name}`, () => {
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
