import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyEdits, type Edit } from "../../src/yaml/edit";

/*
 * What stands in for offsets that are wrong: an edit that cannot be made is a defect, and must not bend a text in silence.
 */

const edit = (offset: number, length: number, text: string): Edit => ({ offset, length, text });

describe("edits", () => {
  test("are made at the offsets of the text as it was, in any order", () => {
    assert.equal(applyEdits("abcdef", [edit(4, 1, "E!"), edit(0, 1, ""), edit(2, 0, "-")]), "b-cdE!f");
  });

  test("at one offset: insertions first, in the order given, and then what is replaced", () => {
    const insertions = [edit(1, 0, "1"), edit(1, 0, "2")];
    assert.equal(applyEdits("abc", [...insertions, edit(1, 1, "B")]), "a12Bc");
    assert.equal(applyEdits("abc", [edit(1, 1, "B"), ...insertions]), "a12Bc");
  });

  test("that touch are made both", () => {
    assert.equal(applyEdits("abc", [edit(0, 1, "x"), edit(1, 1, "y")]), "xyc");
    assert.equal(applyEdits("abc", [edit(0, 1, "x"), edit(1, 0, "y")]), "xybc");
    assert.equal(applyEdits("abc", [edit(2, 1, "x"), edit(3, 0, "y")]), "abxy");
  });

  const defects: Readonly<Record<string, readonly Edit[]>> = {
    "that overlap": [edit(0, 2, "x"), edit(1, 1, "y")],
    "inside what is replaced": [edit(0, 2, "x"), edit(1, 0, "y")],
    "before the text": [edit(-1, 1, "")],
    "behind the text": [edit(4, 0, "x")],
    "that reach behind the text": [edit(2, 2, "")],
    "of a negative length": [edit(2, -1, "")],
  };
  for (const [what, edits] of Object.entries(defects)) {
    test(`${what} are refused`, () => {
      assert.throws(() => applyEdits("abc", edits), new RangeError("edits overlap"));
    });
  }
});
