import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyEdits } from "../../src/yaml/edit";
import type { MappingNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { reconcile } from "../../src/yaml/reconcile";
import { detectStyle } from "../../src/yaml/style";
import type { Mapping } from "../../src/yaml/value";

/** The text after its mapping is reconciled with `desired`. */
function reconciled(text: string, desired: Mapping): string {
  const node = parse(text) as MappingNode;
  return applyEdits(text, reconcile({ text, style: detectStyle(text, node) }, node, desired));
}

const desired = { kind: "A", spec: { name: "ca", group: "g" } };

describe("reconcile", () => {
  for (const spec of ["text", "[a]", "~", "{}", "{other: b}", "\n  other: b"]) {
    test(`replaces ${JSON.stringify(spec)} with a mapping`, () => {
      assert.equal(reconciled(`kind: A\nspec: ${spec}\n`, desired), "kind: A\nspec:\n  name: ca\n  group: g\n");
    });
  }

  test("keeps equal values, with their comments", () => {
    const text = "kind: A\nspec: # the issuer\n  neme: ca\n  group: 'g' # ours\n  more: c\n";
    assert.equal(reconciled(text, desired), "kind: A\nspec: # the issuer\n  name: ca\n  group: 'g' # ours\n");
  });

  test("removes keys that are not scalars", () => {
    assert.equal(reconciled("{[a]: b, kind: A}\n", { kind: "A" }), "{kind: A}\n");
  });
});
