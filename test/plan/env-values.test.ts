import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resolveEnv } from "../../src/plan/checks/env-values";

const from = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
describe("resolveEnv", () => {
  test("expands references and escapes, and leaves open what only the cluster knows", () => {
    const values = resolveEnv([
      { name: "A", value: "a" },
      { name: "B", value: "$(A)-$$(A)-$A" },
      { name: "C", value: "$(LATER)" },
      { name: "LATER", value: "l" },
      { name: "D", ...from("status.podIP") },
      { name: "E", ...from("metadata.name") },
      { name: "F" },
      "not an entry",
    ]);
    assert.deepEqual(Object.fromEntries(values), {
      A: "a",
      B: "a-$(A)-$A",
      C: undefined,
      LATER: "l",
      D: "status.podIP",
      E: undefined,
      F: "",
    });
  });
});
