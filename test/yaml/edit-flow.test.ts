import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyEdits } from "../../src/yaml/edit";
import { insertElements, insertEntries, removeElements } from "../../src/yaml/edit-nodes";
import type { MappingNode, SequenceNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { detectStyle } from "../../src/yaml/style";
import type { Mapping, Value } from "../../src/yaml/value";

/*
 * Flow collections: inserted children follow the layout of the existing ones.
 */

function withElements(text: string, index: number, values: readonly Value[]): string {
  const list = parse(text) as SequenceNode;
  return applyEdits(text, [insertElements({ text, style: detectStyle(text, list) }, list, index, values)]);
}

function withEntries(text: string, index: number, values: Mapping): string {
  const mapping = parse(text) as MappingNode;
  return applyEdits(text, [insertEntries({ text, style: detectStyle(text, mapping) }, mapping, index, values)]);
}

describe("inserts children of a flow collection", () => {
  test("on lines of their own if the existing children have their own lines", () => {
    assert.equal(withElements("[\n  a\n]\n", 1, ["b", "c"]), "[\n  a,\n  b,\n  c\n]\n");
    assert.equal(withElements("[\n  a\n]\n", 0, ["b", "c"]), "[\n  b,\n  c,\n  a\n]\n");
    assert.equal(withElements("[\r\n\ta\r\n]\r\n", 1, ["b"]), "[\r\n\ta,\r\n\tb\r\n]\r\n");
  });

  test("on the same line if the existing children share one", () => {
    assert.equal(withElements("[a]\n", 1, ["b", "c"]), "[a, b, c]\n");
    assert.equal(withElements("[a]\n", 0, ["b", "c"]), "[b, c, a]\n");
    assert.equal(withElements("[\n  a, b\n]\n", 2, ["c"]), "[\n  a, b, c\n]\n");
  });

  test("into an empty collection", () => {
    assert.equal(withElements("[ ]\n", 0, ["a", "b"]), "[a, b ]\n");
  });

  test("before a trailing comma", () => {
    assert.equal(withElements("[a,]\n", 1, ["b"]), "[a, b,]\n");
  });
});

test("inserts a JSON entry on a line of its own, as JSON", () => {
  assert.equal(withEntries('{\n  "a": 1\n}\n', 1, { b: "c" }), '{\n  "a": 1,\n  "b": "c"\n}\n');
});

test("removes one comma with each child", () => {
  const without = (text: string, ...indexes: number[]) =>
    applyEdits(text, removeElements(text, parse(text) as SequenceNode, new Set(indexes)));
  assert.equal(without("[a, b, c]\n", 0), "[b, c]\n");
  assert.equal(without("[a, b, c]\n", 1), "[a, c]\n");
  assert.equal(without("[a, b, c]\n", 2), "[a, b]\n");
  assert.equal(without("[a, b, c]\n", 0, 2), "[b]\n");
  assert.equal(without("[a, b, c]\n", 0, 1), "[c]\n");
});
