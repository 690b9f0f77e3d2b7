import assert from "node:assert/strict";
import { test } from "node:test";
import { findEntry, isMerge, keyOf, type MappingNode, resolve } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";

const mapping = (text: string) => parse(text) as MappingNode;

test("findEntry finds the last entry of a key, in any style", () => {
  const node = mapping("a: 1\n'b': 2\n? c\n: 3\na: 4\n");
  assert.equal(findEntry(node, "a"), node.entries[3]);
  assert.equal(findEntry(node, "b"), node.entries[1]);
  assert.equal(findEntry(node, "c"), node.entries[2]);
  assert.equal(findEntry(node, "d"), undefined);
  assert.equal(findEntry(mapping("{}\n"), "a"), undefined);
});

test("keyOf returns the text of a scalar or of an alias's target, and undefined for any other key", () => {
  const node = mapping("a: &x b\n*x : c\n? [d]\n: e\n? {f: g}\n: h\n: i\n");
  assert.deepEqual(node.entries.map(keyOf), ["a", "b", undefined, undefined, ""]);
});

test("resolve returns the target of an alias, and any other node itself", () => {
  const { entries } = mapping("a: &x [b]\nc: *x\n");
  const [target, alias] = entries.map(({ value }) => value);
  assert.ok(target !== undefined && alias !== undefined);
  assert.equal(resolve(alias), target);
  assert.equal(resolve(target), target);
});

test("isMerge accepts a plain `<<` without a tag or with the merge tag", () => {
  const areMergeKeys = (text: string) => mapping(text).entries.map(isMerge);
  assert.deepEqual(areMergeKeys("<<: {}\n"), [true]);
  assert.deepEqual(areMergeKeys("!!merge <<: {}\n"), [true]);
  assert.deepEqual(areMergeKeys("!<tag:yaml.org,2002:merge> <<: {}\n"), [true]);
  assert.deepEqual(areMergeKeys("!!str <<: {}\n"), [false]);
  assert.deepEqual(areMergeKeys("'<<': {}\n\"<<\": {}\n"), [false, false]);
  assert.deepEqual(areMergeKeys("<: {}\n? [<<]\n: {}\n"), [false, false]);
  assert.deepEqual(areMergeKeys("a: &x <<\n*x : {}\n"), [false, false]);
});
