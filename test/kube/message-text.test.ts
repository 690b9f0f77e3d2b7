import assert from "node:assert/strict";
import { test } from "node:test";
import { capitalize, listAll, listSome } from "../../src/kube/message-text";

test("listSome lists up to a number of items, and the number of the others", () => {
  const names = ["a", "b", "c"];
  const quoted = (most: number) => listSome(names, most, (name) => `"${name}"`);
  assert.equal(quoted(1), '"a" and 2 more');
  assert.equal(quoted(2), '"a", "b", and 1 more');
  assert.equal(quoted(3), '"a", "b", and "c"');
  assert.equal(quoted(4), '"a", "b", and "c"');
  assert.equal(listSome([], 3, String), "");
});

test("listAll lists all items, with a conjunction before the last one", () => {
  assert.equal(listAll(["a"]), "a");
  assert.equal(listAll(["a", "b"]), "a and b");
  assert.equal(listAll(["a", "b", "c"], "or"), "a, b, or c");
});

test("capitalize changes only the first letter", () => {
  assert.equal(capitalize("two WORDS"), "Two WORDS");
  assert.equal(capitalize(""), "");
});
