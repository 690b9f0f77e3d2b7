import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseLabelSelector } from "../../src/config/parse-label-selector";

/** Copies data so that mappings with and without prototypes compare as equal. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("parseLabelSelector()", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["", {}],
    [" ", {}],
    ["a=b", { matchLabels: { a: "b" } }],
    ["a==b , c = d", { matchLabels: { a: "b", c: "d" } }],
    ["a=", { matchLabels: { a: "" } }],
    ["a!=b", { matchExpressions: [{ key: "a", operator: "NotIn", values: ["b"] }] }],
    ["a in (b, c)", { matchExpressions: [{ key: "a", operator: "In", values: ["b", "c"] }] }],
    ["a notin(b)", { matchExpressions: [{ key: "a", operator: "NotIn", values: ["b"] }] }],
    ["a in ()", { matchExpressions: [{ key: "a", operator: "In", values: [""] }] }],
    [
      "a,! b",
      {
        matchExpressions: [
          { key: "a", operator: "Exists" },
          { key: "b", operator: "DoesNotExist" },
        ],
      },
    ],
    [
      "x.io/a=b,in,a in (in)",
      {
        matchLabels: { "x.io/a": "b" },
        matchExpressions: [
          { key: "in", operator: "Exists" },
          { key: "a", operator: "In", values: ["in"] },
        ],
      },
    ],
    ["a=b,a=c", { matchLabels: { a: "b" }, matchExpressions: [{ key: "a", operator: "In", values: ["c"] }] }],
    ["__proto__=a", JSON.parse('{"matchLabels": {"__proto__": "a"}}')],
    ["a>1", { unreadable: "a>1" }],
    ["a,,b", { unreadable: "" }],
    ["a,", { unreadable: "" }],
    ["a in (b", { unreadable: "a in (b" }],
    ["!a=b", { unreadable: "!a=b" }],
    ["a b", { unreadable: "a b" }],
  ];
  for (const [text, expected] of cases) {
    it(JSON.stringify(text), () => assert.deepEqual(plain(parseLabelSelector(text)), expected));
  }
});
