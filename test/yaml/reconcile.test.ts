import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyEdits } from "../../src/yaml/edit";
import type { MappingNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { reconcile } from "../../src/yaml/reconcile";
import { detectStyle } from "../../src/yaml/style";
import type { Mapping } from "../../src/yaml/value";

/** A text after it was made to hold what is wanted. */
function reconciled(text: string, wanted: Mapping): string {
  const node = parse(text) as MappingNode;
  return applyEdits(text, reconcile({ text, style: detectStyle(text, node) }, node, wanted));
}

const wanted = { kind: "A", spec: { name: "ca", group: "g" } };

describe("a value that is to be a mapping", () => {
  for (const spec of ["text", "[a]", "~", "{}", "{other: b}", "\n  other: b"]) {
    test(`takes the place of ${JSON.stringify(spec)}`, () => {
      assert.equal(reconciled(`kind: A\nspec: ${spec}\n`, wanted), "kind: A\nspec:\n  name: ca\n  group: g\n");
    });
  }

  test("keeps what is the same, with its comments", () => {
    const text = "kind: A\nspec: # the issuer\n  neme: ca\n  group: 'g' # ours\n  more: c\n";
    assert.equal(reconciled(text, wanted), "kind: A\nspec: # the issuer\n  name: ca\n  group: 'g' # ours\n");
  });

  test("loses the keys that are no texts", () => {
    assert.equal(reconciled("{[a]: b, kind: A}\n", { kind: "A" }), "{kind: A}\n");
  });
});
