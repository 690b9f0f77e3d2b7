import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  get,
  getList,
  getString,
  getStrings,
  isMapping,
  newMapping,
  sameValue,
  type Value,
} from "../../src/yaml/value";

/*
 * Lookups in plain data of any shape: nothing is read that its author didn't write.
 */

const value: Value = {
  metadata: { name: "web", labels: { app: "web", tier: 1, on: true, none: null }, count: 5 },
  list: ["a", { b: "c" }],
};

describe("the value at a path", () => {
  test("is found through mappings only", () => {
    assert.equal(get(value, "metadata", "name"), "web");
    assert.equal(get(value), value);
    assert.equal(get(value, "list", "0"), undefined);
    assert.equal(get(value, "list", "length"), undefined);
    assert.equal(get(value, "metadata", "name", "length"), undefined);
    assert.equal(get(value, "other", "name"), undefined);
    assert.equal(get(null, "name"), undefined);
    assert.equal(get(undefined, "name"), undefined);
  });

  test("is never an inherited property", () => {
    assert.equal(get(value, "constructor"), undefined);
    assert.equal(get(value, "metadata", "toString"), undefined);
    assert.equal(get(value, "__proto__"), undefined);
  });

  test("is returned as a string only if it is one", () => {
    assert.equal(getString(value, "metadata", "name"), "web");
    assert.equal(getString(value, "metadata", "count"), undefined);
    assert.equal(getString(value, "metadata", "other"), undefined);
  });

  test("is returned as an empty list if it is not a list", () => {
    assert.deepEqual(getList(value, "list"), ["a", { b: "c" }]);
    for (const path of ["metadata", "other"]) assert.deepEqual(getList(value, path), []);
  });
});

describe("getStrings", () => {
  test("returns the entries that are strings", () => {
    assert.deepEqual({ ...getStrings(value, "metadata", "labels") }, { app: "web" });
    assert.deepEqual({ ...getStrings({ a: "b", c: "d" }) }, { a: "b", c: "d" });
    assert.deepEqual({ ...getStrings({ a: 1, c: null }) }, {});
  });

  test("returns nothing if there is no mapping", () => {
    for (const path of ["list", "other"]) assert.deepEqual(Object.keys(getStrings(value, path)), []);
    assert.deepEqual(Object.keys(getStrings(value, "metadata", "name")), []);
  });

  test("returns an object that inherits nothing", () => {
    for (const strings of [getStrings(value, "other"), getStrings(value, "metadata", "labels")]) {
      assert.equal(strings["constructor"], undefined);
    }
  });
});

test("a new mapping treats a key such as __proto__ like any other", () => {
  const mapping = newMapping();
  assert.equal("toString" in mapping, false);
  const key = "__proto__";
  mapping[key] = "a";
  assert.deepEqual(Object.entries(mapping), [[key, "a"]]);
  assert.ok(isMapping(mapping));
  assert.equal(key in newMapping(), false);
});

describe("sameValue accepts", () => {
  const same: readonly (readonly [Value | undefined, Value | undefined])[] = [
    [undefined, undefined],
    [null, null],
    ["a", "a"],
    [Number.NaN, Number.NaN],
    [[], []],
    [{}, {}],
    [
      { a: 1, b: [2, { c: null }] },
      { b: [2, { c: null }], a: 1 },
    ],
  ];
  for (const [one, other] of same) {
    test(`${JSON.stringify(one)} and ${JSON.stringify(other)}`, () => {
      assert.ok(sameValue(one, other));
      assert.ok(sameValue(other, one));
    });
  }
});

describe("sameValue rejects", () => {
  const different: readonly (readonly [Value | undefined, Value | undefined])[] = [
    [undefined, null],
    [null, {}],
    [undefined, {}],
    ["1", 1],
    ["a", { 0: "a" }],
    [[], {}],
    [["a"], { 0: "a" }],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: { b: null } }, { a: { c: null } }],
  ];
  for (const [one, other] of different) {
    test(`${JSON.stringify(one)} and ${JSON.stringify(other)}`, () => {
      assert.ok(!sameValue(one, other));
      assert.ok(!sameValue(other, one));
    });
  }
});
