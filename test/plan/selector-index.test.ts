import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SelectorIndex, toSelector } from "../../src/plan/checks/selector-index";
import type { Value } from "../../src/yaml/value";

describe("SelectorIndex", () => {
  const selectors = {
    all: {},
    web: { matchLabels: { app: "web" } },
    both: { matchLabels: { app: "web", tier: "front" } },
    other: { matchLabels: { app: "api" } },
    expression: { matchExpressions: [{ key: "tier", operator: "Exists" }] },
    inherited: { matchLabels: { toString: "x" } },
  } as const;
  const index = new SelectorIndex(
    Object.entries(selectors).map(([name, selector]) => [toSelector(selector as Value) ?? {}, name] as const),
  );
  const cases: [Record<string, string>, string[]][] = [
    [{}, ["all"]],
    [{ app: "web" }, ["all", "web"]],
    [{ app: "web", tier: "front" }, ["all", "both", "expression", "web"]],
    [{ app: "api", tier: "back" }, ["all", "expression", "other"]],
  ];
  for (const [labels, expected] of cases) {
    test(`finds the selectors that match ${JSON.stringify(labels)}`, () =>
      assert.deepEqual(index.matching(labels).sort(), expected));
  }

  test("gets no selector from one that the API rejects", () => {
    for (const value of [
      "web",
      [],
      { matchLabels: [] },
      { matchLabels: { app: 1 } },
      { matchExpressions: [{ key: "app", operator: "Is" }] },
    ]) {
      assert.equal(toSelector(value as Value), undefined);
    }
  });
});
