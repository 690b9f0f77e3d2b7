import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatQuantity, parseQuantity } from "../../src/kube/quantity";
import type { Value } from "../../src/yaml/value";

describe("parses quantities", () => {
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
    test(`${one} equals ${other}`, () => {
      assert.notEqual(parseQuantity(one), undefined);
      assert.equal(parseQuantity(one), parseQuantity(other));
    });
  }
  for (const invalid of ["", ".", "-1", "1 Gi", "1KiB", "Ki", "1e999999999", null, true, [], "9".repeat(99)]) {
    test(`refuses ${JSON.stringify(invalid).slice(0, 14)}`, () => assert.equal(parseQuantity(invalid), undefined));
  }
});

describe("prints quantities", () => {
  const printed: readonly (readonly [Value, resource: string, expected: string])[] = [
    ["0.13", "cpu", "130m"],
    ["2000m", "cpu", "2"],
    ["2048", "cpu", "2048"],
    ["1u", "cpu", "1u"],
    ["0.5n", "cpu", "1n"],
    ["1152Mi", "memory", "1152Mi"],
    ["2048Mi", "memory", "2Gi"],
    ["1000", "memory", "1000"],
    ["0.5", "memory", "500m"],
    ["0Gi", "memory", "0"],
  ];
  for (const [value, resource, expected] of printed) {
    test(`${value} of ${resource} is ${expected}`, () => {
      assert.equal(formatQuantity(parseQuantity(value) ?? -1n, resource), expected);
    });
  }
});
