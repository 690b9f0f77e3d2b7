import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseQuantity } from "../../src/kube/quantity";
import type { Value } from "../../src/yaml/value";

describe("a quantity", () => {
  const same: [Value, Value][] = [
    ["100m", 0.1],
    ["1", "1000m"],
    ["1Ki", 1024],
    ["1.5Gi", "1536Mi"],
    ["128Mi", "134217728"],
    ["1e3", "1k"],
    ["1E3", "1000"],
    ["1E", "1e18"],
    ["5e-1", ".5"],
    ["1000000000n", 1],
    ["0.1n", "1n"],
    ["1000000u", "1."],
    ["1T", 1e12],
    [1e21, "1000E"],
  ];
  for (const [one, other] of same) {
    test(`${one} is ${other}`, () => {
      assert.notEqual(parseQuantity(one), undefined);
      assert.equal(parseQuantity(one), parseQuantity(other));
    });
  }
  for (const none of ["", ".", "-1", "1 Gi", "1KiB", "Ki", "1e999999999", null, true, [], "9".repeat(99)]) {
    test(`${String(none).slice(0, 12)} is none`, () => assert.equal(parseQuantity(none), undefined));
  }
});
