import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8Length } from "../../src/kube/utf8-length";

test("counts the bytes of a text in UTF-8", () => {
  for (const [text, length] of [
    ["", 0],
    ["a", 1],
    ["é", 2],
    ["東", 3],
    ["\u{1f600}", 4],
    ["\ud800", 3],
  ] as const) {
    assert.equal(utf8Length(text), length);
  }
});
