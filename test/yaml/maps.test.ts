import assert from "node:assert/strict";
import { test } from "node:test";
import { getOrInsert, groupBy } from "../../src/yaml/maps";

test("getOrInsert creates a value only once for each key, and keeps those that are there", () => {
  const map = new Map<string, number | null>([
    ["zero", 0],
    ["null", null],
  ]);
  let created = 0;
  const create = () => ++created;
  const keys = ["a", "zero", "null", "b", "a"];
  assert.deepEqual(
    keys.map((key) => getOrInsert(map, key, create)),
    [1, 0, null, 2, 1],
  );
  assert.deepEqual([...map.keys()], ["zero", "null", "a", "b"]);
});

test("getOrInsert works with a WeakMap", () => {
  const key = {};
  const map = new WeakMap<object, string[]>();
  getOrInsert(map, key, () => []).push("a");
  getOrInsert(map, key, () => []).push("b");
  assert.deepEqual(map.get(key), ["a", "b"]);
});

test("groupBy keeps the order of groups and of the items in them", () => {
  const groups = groupBy(["b1", "a1", "b2", "c1", "a2"], ([first]) => first);
  assert.deepEqual(
    [...groups],
    [
      ["b", ["b1", "b2"]],
      ["a", ["a1", "a2"]],
      ["c", ["c1"]],
    ],
  );
  assert.equal(groupBy([], String).size, 0);
});
