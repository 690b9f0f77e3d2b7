import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LabelSelector, matchesLabels } from "../../src/kube/label-selector";

describe("a label selector matches as in the Kubernetes API", () => {
  const labels = { app: "web", tier: "front" };
  const cases: [string, LabelSelector, boolean][] = [
    ["no parts", {}, true],
    ["an equal label", { matchLabels: { app: "web" } }, true],
    ["another value", { matchLabels: { app: "api" } }, false],
    ["an absent label", { matchLabels: { zone: "a" } }, false],
    ["all labels, one of which differs", { matchLabels: { app: "web", tier: "back" } }, false],
    ["a name that every object inherits", { matchLabels: { toString: "x" } }, false],
    ["In", { matchExpressions: [{ key: "app", operator: "In", values: ["api", "web"] }] }, true],
    ["In, absent", { matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }] }, false],
    ["NotIn", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, false],
    ["NotIn, another", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["api"] }] }, true],
    ["NotIn, absent", { matchExpressions: [{ key: "zone", operator: "NotIn", values: ["a"] }] }, true],
    ["Exists", { matchExpressions: [{ key: "app", operator: "Exists" }] }, true],
    ["Exists, absent", { matchExpressions: [{ key: "zone", operator: "Exists" }] }, false],
    ["DoesNotExist", { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] }, false],
    ["DoesNotExist, absent", { matchExpressions: [{ key: "zone", operator: "DoesNotExist" }] }, true],
    [
      "labels and expressions: both must hold",
      { matchLabels: { app: "web" }, matchExpressions: [{ key: "tier", operator: "In", values: ["back"] }] },
      false,
    ],
  ];
  for (const [name, selector, expected] of cases) {
    test(name, () => assert.equal(matchesLabels(selector, labels), expected));
  }
});
