import assert from "node:assert/strict";
import { test } from "node:test";
import { findEntry, isMerge, keyOf, type MappingNode, resolve } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";

const mapping = (text: string) => parse(text) as MappingNode;

test("an entry is found by its key however that is written, and the last one of several", () => {
  const node = mapping("a: 1\n'b': 2\n? c\n: 3\na: 4\n");
  assert.equal(findEntry(node, "a"), node.entries[3]);
  assert.equal(findEntry(node, "b"), node.entries[1]);
  assert.equal(findEntry(node, "c"), node.entries[2]);
  assert.equal(findEntry(node, "d"), undefined);
  assert.equal(findEntry(mapping("{}\n"), "a"), undefined);
});

test("a key is the text of a scalar, or of what an alias refers to; no other key is one", () => {
  const node = mapping("a: &x b\n*x : c\n? [d]\n: e\n? {f: g}\n: h\n: i\n");
  assert.deepEqual(node.entries.map(keyOf), ["a", "b", undefined, undefined, ""]);
});

test("an alias resolves to what it refers to, and anything else to itself", () => {
  const { entries } = mapping("a: &x [b]\nc: *x\n");
  const [one, other] = entries.map(({ value }) => value);
  assert.ok(one !== undefined && other !== undefined);
  assert.equal(resolve(other), one);
  assert.equal(resolve(one), one);
});

test("a merge key is written plainly, and has no tag but its own", () => {
  const isOne = (text: string) => mapping(text).entries.map(isMerge);
  assert.deepEqual(isOne("<<: {}\n"), [true]);
  assert.deepEqual(isOne("!!merge <<: {}\n"), [true]);
  assert.deepEqual(isOne("!<tag:yaml.org,2002:merge> <<: {}\n"), [true]);
  assert.deepEqual(isOne("!!str <<: {}\n"), [false]);
  assert.deepEqual(isOne("'<<': {}\n\"<<\": {}\n"), [false, false]);
  assert.deepEqual(isOne("<: {}\n? [<<]\n: {}\n"), [false, false]);
  assert.deepEqual(isOne("a: &x <<\n*x : {}\n"), [false, false]);
});
