import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requireBlockScalarsUnchanged } from "../../src/yaml/check-block-scalars";
import { applyEdits, type Edit } from "../../src/yaml/edit";
import type { InsertionIndex } from "../../src/yaml/edit-block";
import { insertElements, insertEntries, removeElements, removeEntries } from "../../src/yaml/edit-nodes";
import type { MappingNode, Node, SequenceNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { detectStyle } from "../../src/yaml/style";

/*
 * Insertion into block collections and removal from them. Comments must stay with the nodes that they belong to.
 */

/** The collection at the key `a`, or the root if there is none. */
function collectionOf(text: string): MappingNode | SequenceNode {
  const root = parse(text) as MappingNode | SequenceNode;
  if (root.kind === "sequence") return root;
  const value = root.entries.find(({ key }) => key.kind === "scalar" && key.text === "a")?.value;
  return value?.kind === "mapping" || value?.kind === "sequence" ? value : root;
}

/** The text after `new` is inserted into its collection, at an index or before the comments above the first child. */
function inserted(text: string, index: InsertionIndex): string {
  const node = collectionOf(text);
  const style = detectStyle(text, parse(text) as Node);
  const edit =
    node.kind === "sequence"
      ? insertElements({ text, style }, node, index, ["new"])
      : insertEntries({ text, style }, node, Number(index), { new: "x" });
  return applyEdits(text, [edit]);
}

/** The text after children are removed from its collection. Throws if a block scalar would change. */
function removed(text: string, ...indexes: number[]): string {
  const node = collectionOf(text);
  const set = new Set(indexes);
  const edits = node.kind === "sequence" ? removeElements(text, node, set) : removeEntries(text, node, set);
  return editedAndChecked(text, edits);
}

/** The edited text. Throws if a block scalar would change. */
function editedAndChecked(text: string, edits: readonly Edit[]): string {
  const after = applyEdits(text, edits);
  requireBlockScalarsUnchanged({ text, node: parse(text) as Node }, edits, { text: after, node: parse(after) as Node });
  return after;
}

/** Asserts that an insertion at `index` gives `expected`, and that a removal at `index` restores the original text. */
function assertReversible(text: string, index: number, expected: string): void {
  assert.equal(inserted(text, index), expected);
  assert.equal(removed(expected, index), text);
}

describe("insertion after the last child", () => {
  test("adds a line, at the end of the text or before what follows", () => {
    assertReversible("a:\n- b\n", 1, "a:\n- b\n- new\n");
    assertReversible("a:\n- b", 1, "a:\n- b\n- new");
    assertReversible("a:\n  - b # c\nd: e\n", 1, "a:\n  - b # c\n  - new\nd: e\n");
    assertReversible("a:\n  b: c\nd: e\n", 1, "a:\n  b: c\n  new: x\nd: e\n");
    assertReversible("a:\r\n- b\r\n", 1, "a:\r\n- b\r\n- new\r\n");
    assertReversible("a:\n- b: |\n    c\n\nd: e\n", 1, "a:\n- b: |\n    c\n- new\n\nd: e\n");
    assertReversible("a:\n- b: |+\n    c\n\nd: e\n", 1, "a:\n- b: |+\n    c\n\n- new\nd: e\n");
  });

  test("keeps comments that are indented deeper than the list's dash before the new element", () => {
    assertReversible("a:\n- b\n  # of b\nd: e\n", 1, "a:\n- b\n  # of b\n- new\nd: e\n");
    assertReversible("a:\n- b\n# of d\nd: e\n", 1, "a:\n- b\n- new\n# of d\nd: e\n");
  });

  test("keeps comments at the mapping's column before the new entry, separated by a blank line", () => {
    assertReversible("a:\n  b: c\n  # of c\nd: e\n", 1, "a:\n  b: c\n  # of c\n\n  new: x\nd: e\n");
    assertReversible("a:\n  b: c\n    # of c\nd: e\n", 1, "a:\n  b: c\n    # of c\n  new: x\nd: e\n");
    assertReversible("a:\n  b: c\n# of d\nd: e\n", 1, "a:\n  b: c\n  new: x\n# of d\nd: e\n");
    assertReversible("a:\r\n  b: c\r\n  # of c\r\nd: e\r\n", 1, "a:\r\n  b: c\r\n  # of c\r\n\r\n  new: x\r\nd: e\r\n");
    assertReversible("b: c\n# end\n", 1, "b: c\n# end\n\nnew: x\n");
  });

  test("keeps a comment on the line of the last child", () => {
    assertReversible("a:\n  b: c # of c\n", 1, "a:\n  b: c # of c\n  new: x\n");
    assertReversible("a:\n  b:   # of c\n", 1, "a:\n  b:   # of c\n  new: x\n");
  });
});

describe("insertion between two children", () => {
  test("adds a line after the first child and its deeper comments", () => {
    assertReversible("a:\n- b\n- c\n", 1, "a:\n- b\n- new\n- c\n");
    assertReversible("a:\n- b\n  # of b\n# of c\n- c\n", 1, "a:\n- b\n  # of b\n- new\n# of c\n- c\n");
    assertReversible("b: c\n # of b\n# of d\nd: e\n", 1, "b: c\n # of b\nnew: x\n# of d\nd: e\n");
  });
});

describe("insertion before the first child", () => {
  test("adds a line", () => {
    assertReversible("a:\n- b\n", 0, "a:\n- new\n- b\n");
    assertReversible("a:\n# of b\n- b\n", 0, "a:\n# of b\n- new\n- b\n");
    assertReversible("a:\n  b: c\n", 0, "a:\n  new: x\n  b: c\n");
    assertReversible("a:\r\n  b: c\r\n", 0, "a:\r\n  new: x\r\n  b: c\r\n");
  });

  test("adds a line above the comments that belong to the first child", () => {
    const atStart = (text: string, expected: string) => {
      assert.equal(inserted(text, "start"), expected);
      assert.equal(removed(expected, 0), text);
    };
    atStart("a:\n- b\n", "a:\n- new\n- b\n");
    atStart("a: # key\n# of b\n\n  # too\n- b\n", "a: # key\n- new\n# of b\n\n  # too\n- b\n");
    atStart("a:\r\n\r\n  # of b\r\n  - b\r\n", "a:\r\n  - new\r\n\r\n  # of b\r\n  - b\r\n");
    atStart("a: [b]\n", "a: [new, b]\n");
    atStart("- b\n", "- new\n- b\n");
    assert.equal(inserted("# of b\n- b\n", "start"), "# of b\n- new\n- b\n");
  });

  test("adds the first line of the text if the child was on it", () => {
    assertReversible("b: c\n", 0, "new: x\nb: c\n");
    assertReversible("- b\n", 0, "- new\n- b\n");
    assertReversible("\ufeffb: c\n", 0, "\ufeffnew: x\nb: c\n");
  });

  test("adds the new child after the parent's dash if the first child is on that line", () => {
    const text = "- b: c\n  d: e\n";
    const node = (parse(text) as SequenceNode).elements[0] as MappingNode;
    const style = detectStyle(text, node);
    assert.equal(
      applyEdits(text, [insertEntries({ text, style }, node, 0, { new: "x" })]),
      "- new: x\n  b: c\n  d: e\n",
    );
    assert.equal(applyEdits(text, removeEntries(text, node, new Set([0]))), "- d: e\n");
    const three = "- b: c\n  d: e\n  f: g\n";
    const other = (parse(three) as SequenceNode).elements[0] as MappingNode;
    assert.equal(applyEdits(three, removeEntries(three, other, new Set([0, 1]))), "- f: g\n");
    assert.equal(applyEdits(three, removeEntries(three, other, new Set([0, 2]))), "- d: e\n");
  });
});

describe("removal", () => {
  test("removes the lines of a child, and no comments of others", () => {
    assert.equal(removed("b: c\n# of d\nd: e\n# end\n", 1), "b: c\n# of d\n# end\n");
    assert.equal(removed("b: c\nd:\n  e: f\n  g: h\ni: j\n", 1), "b: c\ni: j\n");
    assert.equal(removed("b: c\nd: e\nf: g\nh: i\n", 1, 2), "b: c\nh: i\n");
    assert.equal(removed("b: c\nd: e\nf: g\n", 0, 2), "d: e\n");
    assert.equal(removed("a:\n  b: c\n\n  d: e\n", 1), "a:\n  b: c\n\n");
  });

  test("removes the blank line before a child only after a comment at its column", () => {
    assert.equal(removed("b: c\n# of c\n\nd: e\n", 1), "b: c\n# of c\n");
    assert.equal(removed("a:\n  # of b\n\n  b: c\n  d: e\n", 0), "a:\n  # of b\n\n  d: e\n");
    assert.equal(removed("a:\n  b: c\n# # far\n\n  d: e\n", 1), "a:\n  b: c\n# # far\n\n");
    assert.equal(removed("b: c # of c\n\nd: e\n", 1), "b: c # of c\n\n");
    assert.equal(removed("b: c\n  # of c\n\nd: e\n", 1), "b: c\n  # of c\n\n");
    assert.equal(removed("a:\n- b\n# of b\n\n- d\n", 1), "a:\n- b\n# of b\n\n");
  });
});

describe("next to a block scalar, an edit", () => {
  const assertRefused = (change: () => string, offset: number, message: string) =>
    assert.throws(change, { name: "YamlError", message, offset });

  test("is refused after one that ends the text without a line break: the new line break would be part of it", () => {
    const text = "a:\n- |\n  b";
    assertRefused(() => inserted(text, 1), text.length, "can't be extended: its last line must end with a line break");
    assert.equal(inserted(`${text}\n`, 1), "a:\n- |\n  b\n- new\n");
    assert.equal(inserted("a:\n- 'b'", 1), "a:\n- 'b'\n- new");
    assert.equal(inserted("a:\n- |-\n  b", 1), "a:\n- |-\n  b\n- new");
    assertReversible("a:\n- |\n  b\n  \n \n", 1, "a:\n- |\n  b\n- new\n  \n \n");
    assert.equal(inserted("a:\n- []", 1), "a:\n- []\n- new");
  });

  test("removes what follows without a change to the scalar", () => {
    assert.equal(removed("b: |\n  c\nd: e\n", 1), "b: |\n  c\n");
    assert.equal(removed("b: |\n  c\nd: e\n\nf: g\n", 1), "b: |\n  c\n\nf: g\n");
    assert.equal(removed("b: c\nd: e\n  # deep\n", 1), "b: c\n  # deep\n");
    assert.equal(removed("b: |+\n  c\nd: e\nf: g\n", 1), "b: |+\n  c\nf: g\n");
  });

  test("is refused if a comment would become part of the scalar's text", () => {
    const message =
      "generated lines can't be removed: the comment after them would become part of the block scalar before them";
    assertRefused(() => removed("b: |\n  c\nd: e\n  # deep\n", 1), 13, message);
    assertRefused(() => removed("b: |\n  c\nd: e\nf: g\n  # deep\n", 1, 2), 18, message);
    assertRefused(() => removed("b:\n- |\n  c\nd: e\n  # deep\n", 1), 15, message);
  });

  test("is refused if blank lines would become part of a scalar that keeps them", () => {
    const message =
      "generated lines can't be removed: the blank line after them would become part of the block scalar before them";
    assertRefused(() => removed("b: |+\n  c\nd: e\n\nf: g\n", 1), 14, message);
    assertRefused(() => removed("b: |+\r\n  c\r\nd: e\r\n \r\nf: g\r\n", 1), 16, message);
  });

  test("is refused if white space would become a line of the scalar's text", () => {
    const message =
      "generated lines can't be removed: the blank line after them would become part of the block scalar before them";
    assertRefused(() => removed("b: |\n  c\nd: e\n   \nf: g\n", 1), 13, message);
    assertRefused(() => removed("b: >-\r\n    c\r\nd: e\r\n\r\n     \t\r\n", 1), 18, message);
    assertRefused(() => removed("b: |1\n   c\nd: e\n  ", 1), 15, message);
    assert.equal(removed("b: |\n  c\nd: e\n  \n \nf: g\n   \n", 1), "b: |\n  c\n  \n \nf: g\n   \n");
    assert.equal(removed("b: |\n\n     c\nd: e\n   \n", 1), "b: |\n\n     c\n   \n");
    assert.equal(removed("b: c\nd: e\n   \nf: g\n", 1), "b: c\n   \nf: g\n");
  });

  test("is allowed if a comment or a tab after the scalar ends it", () => {
    for (const header of ["|", "|+", ">-"]) {
      for (const line of ["# c", " # c", " \t"]) {
        for (const blank of ["", "     ", "\t"]) {
          const text = `b: ${header}\n   c\n${line}\nd: e\nf: # g\n${blank}\nh: i\n`;
          assert.equal(removed(text, 1), text.replace("\nd: e", ""));
          assert.equal(removed(text, 1, 2), text.replace("\nd: e\nf: # g", ""));
          if (line === " \t") continue;
          const later = `b: ${header}\n   c\nd: e\n${line}\nf: # g\n${blank}\nh: i\n`;
          assert.equal(removed(later, 1, 2), later.replace("\nd: e", "").replace("\nf: # g", ""));
        }
      }
    }
    const message =
      "generated lines can't be removed: the blank line after them would become part of the block scalar before them";
    assertRefused(() => removed("b: |\n  c\nd: e # x\nf: # g\n    \n", 1, 2), 24, message);
  });

  test("is allowed before a line with a tab before the column of the scalar's text", () => {
    for (const text of ["b: |+\n  c\nd: e\n \t\nf: g\n", "b: >-\n    c\nd: e\n\n \t    \n"])
      assert.equal(removed(text, 1), text.replace("\nd: e", ""));
  });

  test("is checked together with all other edits, at any depth", () => {
    const text = "a:\n- b:\n  - |\n    c\n  d: e\n- f\n    # deep\n";
    const list = collectionOf(text) as SequenceNode;
    const edits = [
      ...removeElements(text, list, new Set([1])),
      ...removeEntries(text, list.elements[0] as MappingNode, new Set([1])),
    ];
    const message =
      "generated lines can't be removed: the comment after them would become part of the block scalar before them";
    assertRefused(() => editedAndChecked(text, edits), text.indexOf("\n    # deep"), message);
    const apart = text.replace("    # deep", "   # near");
    assert.equal(editedAndChecked(apart, edits), "a:\n- b:\n  - |\n    c\n   # near\n");
  });

  test("is checked for the right scalar if there are others before and after it", () => {
    const message =
      "generated lines can't be removed: the comment after them would become part of the block scalar before them";
    const text = (following: string) =>
      `b: |\nc: |\n  c\nd: e\n${following}\nf: g\nh: |+\n\nj: |-\n  c\nk: l\nm: |\n  c\n`;
    assert.equal(removed(text("# d"), 2), text("# d").replace("\nd: e", ""));
    assert.equal(removed(text("# d"), 2, 6), text("# d").replace("\nd: e", "").replace("\nk: l", ""));
    assert.equal(removed(text("# d"), 0, 4), text("# d").replace("b: |\n", "").replace("\nh: |+\n", ""));
    assert.equal(
      removed(text("# d"), 1, 2, 7),
      text("# d").replace("\nc: |\n  c\nd: e", "").replace("\nm: |\n  c", ""),
    );
    const deep = text("  # d");
    assertRefused(() => removed(deep, 2), deep.indexOf("\n  # d"), message);
    assertRefused(() => removed(deep, 0, 2, 6), deep.indexOf("\n  # d"), message);
    assertRefused(() => removed(deep, 0, 2, 3), deep.indexOf("\n  # d"), message);
    assertRefused(() => removed(deep, 1, 2), deep.indexOf("\n  # d"), message);
    assert.equal(removed(deep, 0, 1, 2), deep.slice(deep.indexOf("# d")));
  });

  test("removes an empty block scalar", () => {
    assert.equal(removed("b: c\nd: |\ne: |\n  f\ng: >-\n\nh: |\n  i\n", 1, 3), "b: c\ne: |\n  f\n\nh: |\n  i\n");
  });

  test("is allowed after an empty scalar if blank lines and comments are not deeper than its collection", () => {
    for (const header of ["|", ">-", "|\n"]) {
      for (const following of ["# c", "   ", "   \n# c", ""]) {
        const text = `b: ${header}\nd: e\n${following}\nh: i\n`;
        assert.equal(removed(text, 1), text.replace("\nd: e", ""));
      }
      assertRefused(
        () => removed(`b: ${header}\nd: e\n # c\n`, 1),
        `b: ${header}\nd: e`.length,
        "generated lines can't be removed: the comment after them would become part of the block scalar before them",
      );
    }
  });

  test("is refused if the scalar would lose its last line break at the end of the text", () => {
    const message = "generated lines can't be removed: the last line of the text must end with a line break";
    assertRefused(() => removed("b: |\n  c\nd: e", 1), 13, message);
    assertRefused(() => removed("     \nb: |\n  c\nd: e", 1), 19, message);
    assert.equal(removed("b: c\nd: e", 1), "b: c");
    assert.equal(removed("b: |-\n  c\nd: e", 1), "b: |-\n  c");
    assert.equal(removed("b: c\nd: |\n  e", 0), "d: |\n  e");
    assert.equal(removed("b: |\nd: e", 1), "b: |");
  });
});
