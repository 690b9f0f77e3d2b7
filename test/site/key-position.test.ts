import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keyAt, type Lines } from "../../site/playground/key-position";

/** Returns a document for a text, and the number of the line that contains `|`, which is removed. */
function documentOf(text: string): { readonly doc: Lines; readonly lineNumber: number } {
  const lines = text.split("\n");
  const lineNumber = lines.findIndex((line) => line.includes("|")) + 1;
  const texts = lines.map((line) => line.replace("|", ""));
  const line = (number: number) => ({
    text: texts[number - 1] ?? "",
    from: texts.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0),
  });
  return { doc: { lines: texts.length, line }, lineNumber };
}

function positionIn(text: string) {
  const { doc, lineNumber } = documentOf(text);
  return keyAt(doc, lineNumber);
}

describe("the parents of a key", () => {
  const cases: readonly (readonly [text: string, parents: readonly string[]])[] = [
    ["ki|nd: x", []],
    ["spec:\n  str|", ["spec"]],
    ["spec:\n  selector: {}\n  collector:\n    endpoint: x\n  ag|", ["spec"]],
    ["spec:\n  app:\n    env:\n    - name: A\n      va|", ["spec", "app", "env"]],
    ["spec:\n  app:\n    env:\n      - name: A\n        val|ue: x", ["spec", "app", "env"]],
    ["spec:\n  app:\n    env:\n    - na|me: A", ["spec", "app", "env"]],
    ["spec:\n  app:\n    env:\n    - name: A\n      valueFrom:\n        field|", ["spec", "app", "env", "valueFrom"]],
    ["spec:\n  app:\n    presets:\n    - open|", ["spec", "app", "presets"]],
    ["spec:\n  # agent:\n\n  collector:\n    |", ["spec", "collector"]],
    ["kind: A\nspec:\n  a: 1\n---\nki|", []],
  ];
  for (const [text, parents] of cases)
    test(JSON.stringify(text), () => assert.deepEqual(positionIn(text)?.parents, parents));
});

test("the siblings of a key are the other keys of its mapping", () => {
  assert.deepEqual(positionIn("spec:\n  a: 1\n  b:\n    c: 2\n  |\n  d: 3\nkind: A")?.siblings, ["a", "b", "d"]);
  assert.deepEqual(positionIn("env:\n- name: A\n  value: x\n- name: B\n  |")?.siblings, ["name"]);
  assert.deepEqual(positionIn("env:\n- name: A\n  |\n- value: B")?.siblings, ["name"]);
});

test("a comment and a line between documents have no key", () => {
  assert.equal(positionIn("spec:\n  # sel|ector: {}"), undefined);
  assert.equal(positionIn("spec:\n  a: 1\n---|"), undefined);
});

test("the offsets of a key and its value are those in the document", () => {
  const { from, key, valueFrom, isElement } = positionIn("spec:\n  - name:   |x") ?? {};
  assert.deepEqual({ from, key, valueFrom, isElement }, { from: 10, key: "name", valueFrom: 18, isElement: true });
});
