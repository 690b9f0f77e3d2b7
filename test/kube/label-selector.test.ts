import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LabelSelector, matchesLabels } from "../../src/kube/label-selector";

describe("matches labels as the Kubernetes API does", () => {
  const labels = { app: "web", tier: "front" };
  const cases: [string, LabelSelector, boolean][] = [
    ["an empty selector", {}, true],
    ["a label with the same value", { matchLabels: { app: "web" } }, true],
    ["a label with another value", { matchLabels: { app: "api" } }, false],
    ["a missing label", { matchLabels: { zone: "a" } }, false],
    ["two labels, one with another value", { matchLabels: { app: "web", tier: "back" } }, false],
    ["a missing label with the name of an inherited property", { matchLabels: { toString: "x" } }, false],
    ["In", { matchExpressions: [{ key: "app", operator: "In", values: ["api", "web"] }] }, true],
    ["In, missing label", { matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }] }, false],
    ["NotIn", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, false],
    ["NotIn, another value", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["api"] }] }, true],
    ["NotIn, missing label", { matchExpressions: [{ key: "zone", operator: "NotIn", values: ["a"] }] }, true],
    ["Exists", { matchExpressions: [{ key: "app", operator: "Exists" }] }, true],
    ["Exists, missing label", { matchExpressions: [{ key: "zone", operator: "Exists" }] }, false],
    ["DoesNotExist", { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] }, false],
    ["DoesNotExist, missing label", { matchExpressions: [{ key: "zone", operator: "DoesNotExist" }] }, true],
    [
      "labels and expressions, of which only the labels match",
      { matchLabels: { app: "web" }, matchExpressions: [{ key: "tier", operator: "In", values: ["back"] }] },
      false,
    ],
  ];
  for (const [name, selector, expected] of cases) {
    test(name, () => assert.equal(matchesLabels(selector, labels), expected));
  }
});
