import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyEdits, type Edit } from "../../src/yaml/edit";

/*
 * Edits with wrong offsets are a bug in the caller, and must not silently damage a text.
 */

const edit = (offset: number, length: number, text: string): Edit => ({ offset, length, text });

describe("applyEdits", () => {
  test("uses offsets of the original text, in any order", () => {
    assert.equal(applyEdits("abcdef", [edit(4, 1, "E!"), edit(0, 1, ""), edit(2, 0, "-")]), "b-cdE!f");
  });

  test("applies insertions at an offset in their order, before a replacement at the same offset", () => {
    const insertions = [edit(1, 0, "1"), edit(1, 0, "2")];
    assert.equal(applyEdits("abc", [...insertions, edit(1, 1, "B")]), "a12Bc");
    assert.equal(applyEdits("abc", [edit(1, 1, "B"), ...insertions]), "a12Bc");
  });

  test("applies adjacent edits", () => {
    assert.equal(applyEdits("abc", [edit(0, 1, "x"), edit(1, 1, "y")]), "xyc");
    assert.equal(applyEdits("abc", [edit(0, 1, "x"), edit(1, 0, "y")]), "xybc");
    assert.equal(applyEdits("abc", [edit(2, 1, "x"), edit(3, 0, "y")]), "abxy");
  });

  const defects: Readonly<Record<string, readonly Edit[]>> = {
    "that overlap": [edit(0, 2, "x"), edit(1, 1, "y")],
    "inside a replacement": [edit(0, 2, "x"), edit(1, 0, "y")],
    "before the start of the text": [edit(-1, 1, "")],
    "after the end of the text": [edit(4, 0, "x")],
    "that extend past the end of the text": [edit(2, 2, "")],
    "with a negative length": [edit(2, -1, "")],
  };
  for (const [name, edits] of Object.entries(defects)) {
    test(`refuses edits ${name}`, () => {
      assert.throws(() => applyEdits("abc", edits), new RangeError("edits overlap"));
    });
  }
});
