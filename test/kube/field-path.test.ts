import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { printPath, readPath, type Step } from "../../src/kube/field-path";
import { property } from "../support/property";

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
