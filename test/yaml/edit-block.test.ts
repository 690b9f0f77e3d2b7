import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requireBlockScalarsUnchanged } from "../../src/yaml/check-block-scalars";
import { applyEdits, type Edit } from "../../src/yaml/edit";
import { insertElements, insertEntries, removeElements, removeEntries } from "../../src/yaml/edit-nodes";
import type { MappingNode, Node, SequenceNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { detectStyle } from "../../src/yaml/style";

/*
 * What goes into lines and out of them, with the comments around it: each must stay with what it was written for.
 */

/** The collection of the key `a`, or else the root. */
function collectionOf(text: string): MappingNode | SequenceNode {
  const root = parse(text) as MappingNode | SequenceNode;
  if (root.kind === "sequence") return root;
  const value = root.entries.find(({ key }) => key.kind === "scalar" && key.text === "a")?.value;
  return value?.kind === "mapping" || value?.kind === "sequence" ? value : root;
}

/** A text into whose collection `new` was put before the child at `index`. */
function inserted(text: string, index: number): string {
  const node = collectionOf(text);
  const style = detectStyle(text, parse(text) as Node);
  const edit =
    node.kind === "sequence"
      ? insertElements({ text, style }, node, index, ["new"])
      : insertEntries({ text, style }, node, index, { new: "x" });
  return applyEdits(text, [edit]);
}

/** A text from whose collection children were taken, where its block scalars allow it. */
function removed(text: string, ...indexes: number[]): string {
  const node = collectionOf(text);
  const set = new Set(indexes);
  const edits = node.kind === "sequence" ? removeElements(text, node, set) : removeEntries(text, node, set);
  return kept(text, edits);
}

/** An edited text, where its block scalars stay what they are. */
function kept(text: string, edits: readonly Edit[]): string {
  const after = applyEdits(text, edits);
  requireBlockScalarsUnchanged({ text, node: parse(text) as Node }, edits, { text: after, node: parse(after) as Node });
  return after;
}

/** That a text becomes another one where something is put in, and the first one again where it is taken out. */
function comesAndGoes(text: string, index: number, expected: string): void {
  assert.equal(inserted(text, index), expected);
  assert.equal(removed(expected, index), text);
}

describe("behind the last child", () => {
  test("comes a new line, at the end of the text and before what follows", () => {
    comesAndGoes("a:\n- b\n", 1, "a:\n- b\n- new\n");
    comesAndGoes("a:\n- b", 1, "a:\n- b\n- new");
    comesAndGoes("a:\n  - b # c\nd: e\n", 1, "a:\n  - b # c\n  - new\nd: e\n");
    comesAndGoes("a:\n  b: c\nd: e\n", 1, "a:\n  b: c\n  new: x\nd: e\n");
    comesAndGoes("a:\r\n- b\r\n", 1, "a:\r\n- b\r\n- new\r\n");
    comesAndGoes("a:\n- b: |\n    c\n\nd: e\n", 1, "a:\n- b: |\n    c\n- new\n\nd: e\n");
    comesAndGoes("a:\n- b: |+\n    c\n\nd: e\n", 1, "a:\n- b: |+\n    c\n\n- new\nd: e\n");
  });

  test("of a list stay the comments that are deeper than its dash", () => {
    comesAndGoes("a:\n- b\n  # of b\nd: e\n", 1, "a:\n- b\n  # of b\n- new\nd: e\n");
    comesAndGoes("a:\n- b\n# of d\nd: e\n", 1, "a:\n- b\n- new\n# of d\nd: e\n");
  });

  test("of a mapping stay the comments at its own column too, told from a new head by a blank line", () => {
    comesAndGoes("a:\n  b: c\n  # of c\nd: e\n", 1, "a:\n  b: c\n  # of c\n\n  new: x\nd: e\n");
    comesAndGoes("a:\n  b: c\n    # of c\nd: e\n", 1, "a:\n  b: c\n    # of c\n  new: x\nd: e\n");
    comesAndGoes("a:\n  b: c\n# of d\nd: e\n", 1, "a:\n  b: c\n  new: x\n# of d\nd: e\n");
    comesAndGoes("a:\r\n  b: c\r\n  # of c\r\nd: e\r\n", 1, "a:\r\n  b: c\r\n  # of c\r\n\r\n  new: x\r\nd: e\r\n");
    comesAndGoes("b: c\n# end\n", 1, "b: c\n# end\n\nnew: x\n");
  });

  test("a comment on the line of the last child is its own", () => {
    comesAndGoes("a:\n  b: c # of c\n", 1, "a:\n  b: c # of c\n  new: x\n");
    comesAndGoes("a:\n  b:   # of c\n", 1, "a:\n  b:   # of c\n  new: x\n");
  });
});

describe("between two children", () => {
  test("comes a new line behind the first one, with the comments that are deeper", () => {
    comesAndGoes("a:\n- b\n- c\n", 1, "a:\n- b\n- new\n- c\n");
    comesAndGoes("a:\n- b\n  # of b\n# of c\n- c\n", 1, "a:\n- b\n  # of b\n- new\n# of c\n- c\n");
    comesAndGoes("b: c\n # of b\n# of d\nd: e\n", 1, "b: c\n # of b\nnew: x\n# of d\nd: e\n");
  });
});

describe("before the first child", () => {
  test("comes a new line", () => {
    comesAndGoes("a:\n- b\n", 0, "a:\n- new\n- b\n");
    comesAndGoes("a:\n# of b\n- b\n", 0, "a:\n# of b\n- new\n- b\n");
    comesAndGoes("a:\n  b: c\n", 0, "a:\n  new: x\n  b: c\n");
    comesAndGoes("a:\r\n  b: c\r\n", 0, "a:\r\n  new: x\r\n  b: c\r\n");
  });

  test("which is the first of the text where that child is", () => {
    comesAndGoes("b: c\n", 0, "new: x\nb: c\n");
    comesAndGoes("- b\n", 0, "- new\n- b\n");
    comesAndGoes("\ufeffb: c\n", 0, "\ufeffnew: x\nb: c\n");
  });

  test("or what stands behind the dash of the list around it", () => {
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

describe("what is taken out", () => {
  test("takes its lines, and no comment of another", () => {
    assert.equal(removed("b: c\n# of d\nd: e\n# end\n", 1), "b: c\n# of d\n# end\n");
    assert.equal(removed("b: c\nd:\n  e: f\n  g: h\ni: j\n", 1), "b: c\ni: j\n");
    assert.equal(removed("b: c\nd: e\nf: g\nh: i\n", 1, 2), "b: c\nh: i\n");
    assert.equal(removed("b: c\nd: e\nf: g\n", 0, 2), "d: e\n");
    assert.equal(removed("a:\n  b: c\n\n  d: e\n", 1), "a:\n  b: c\n\n");
  });

  test("takes the blank line before it only behind a comment at its column", () => {
    assert.equal(removed("b: c\n# of c\n\nd: e\n", 1), "b: c\n# of c\n");
    assert.equal(removed("a:\n  # of b\n\n  b: c\n  d: e\n", 0), "a:\n  # of b\n\n  d: e\n");
    assert.equal(removed("a:\n  b: c\n# # far\n\n  d: e\n", 1), "a:\n  b: c\n# # far\n\n");
    assert.equal(removed("b: c # of c\n\nd: e\n", 1), "b: c # of c\n\n");
    assert.equal(removed("b: c\n  # of c\n\nd: e\n", 1), "b: c\n  # of c\n\n");
    assert.equal(removed("a:\n- b\n# of b\n\n- d\n", 1), "a:\n- b\n# of b\n\n");
  });
});

describe("a block scalar", () => {
  const refused = (change: () => string, offset: number, message: string) =>
    assert.throws(change, { name: "YamlError", message, offset });

  test("that ends the text without a line break cannot be extended behind: the break would be its", () => {
    const text = "a:\n- |\n  b";
    refused(() => inserted(text, 1), text.length, "cannot be extended: its last line must end with a line break");
    assert.equal(inserted(`${text}\n`, 1), "a:\n- |\n  b\n- new\n");
    assert.equal(inserted("a:\n- 'b'", 1), "a:\n- 'b'\n- new");
    assert.equal(inserted("a:\n- |-\n  b", 1), "a:\n- |-\n  b\n- new");
    comesAndGoes("a:\n- |\n  b\n  \n \n", 1, "a:\n- |\n  b\n- new\n  \n \n");
    assert.equal(inserted("a:\n- []", 1), "a:\n- []\n- new");
  });

  test("stays what it is where what is behind it is taken out", () => {
    assert.equal(removed("b: |\n  c\nd: e\n", 1), "b: |\n  c\n");
    assert.equal(removed("b: |\n  c\nd: e\n\nf: g\n", 1), "b: |\n  c\n\nf: g\n");
    assert.equal(removed("b: c\nd: e\n  # deep\n", 1), "b: c\n  # deep\n");
    assert.equal(removed("b: |+\n  c\nd: e\nf: g\n", 1), "b: |+\n  c\nf: g\n");
  });

  test("would get a comment for a line of its text", () => {
    const message = "cannot be taken out: the comment behind it would become text of the block scalar before it";
    refused(() => removed("b: |\n  c\nd: e\n  # deep\n", 1), 13, message);
    refused(() => removed("b: |\n  c\nd: e\nf: g\n  # deep\n", 1, 2), 18, message);
    refused(() => removed("b:\n- |\n  c\nd: e\n  # deep\n", 1), 15, message);
  });

  test("that keeps its blank lines would get those behind", () => {
    const message = "cannot be taken out: the blank line behind it would become text of the block scalar before it";
    refused(() => removed("b: |+\n  c\nd: e\n\nf: g\n", 1), 14, message);
    refused(() => removed("b: |+\r\n  c\r\nd: e\r\n \r\nf: g\r\n", 1), 16, message);
  });

  test("would get white space behind for a line of its text", () => {
    const message = "cannot be taken out: the blank line behind it would become text of the block scalar before it";
    refused(() => removed("b: |\n  c\nd: e\n   \nf: g\n", 1), 13, message);
    refused(() => removed("b: >-\r\n    c\r\nd: e\r\n\r\n     \t\r\n", 1), 18, message);
    refused(() => removed("b: |1\n   c\nd: e\n  ", 1), 15, message);
    assert.equal(removed("b: |\n  c\nd: e\n  \n \nf: g\n   \n", 1), "b: |\n  c\n  \n \nf: g\n   \n");
    assert.equal(removed("b: |\n\n     c\nd: e\n   \n", 1), "b: |\n\n     c\n   \n");
    assert.equal(removed("b: c\nd: e\n   \nf: g\n", 1), "b: c\n   \nf: g\n");
  });

  test("has ended where a comment or a tab stands behind it", () => {
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
    const message = "cannot be taken out: the blank line behind it would become text of the block scalar before it";
    refused(() => removed("b: |\n  c\nd: e # x\nf: # g\n    \n", 1, 2), 24, message);
  });

  test("takes no line with a tab before its text's column", () => {
    for (const text of ["b: |+\n  c\nd: e\n \t\nf: g\n", "b: >-\n    c\nd: e\n\n \t    \n"])
      assert.equal(removed(text, 1), text.replace("\nd: e", ""));
  });

  test("is seen behind what is taken out around it, at whatever depth", () => {
    const text = "a:\n- b:\n  - |\n    c\n  d: e\n- f\n    # deep\n";
    const list = collectionOf(text) as SequenceNode;
    const edits = [
      ...removeElements(text, list, new Set([1])),
      ...removeEntries(text, list.elements[0] as MappingNode, new Set([1])),
    ];
    const message = "cannot be taken out: the comment behind it would become text of the block scalar before it";
    refused(() => kept(text, edits), text.indexOf("\n    # deep"), message);
    const apart = text.replace("    # deep", "   # near");
    assert.equal(kept(apart, edits), "a:\n- b:\n  - |\n    c\n   # near\n");
  });

  test("is told from others, before and behind it, by its place", () => {
    const message = "cannot be taken out: the comment behind it would become text of the block scalar before it";
    const text = (behind: string) => `b: |\nc: |\n  c\nd: e\n${behind}\nf: g\nh: |+\n\nj: |-\n  c\nk: l\nm: |\n  c\n`;
    assert.equal(removed(text("# d"), 2), text("# d").replace("\nd: e", ""));
    assert.equal(removed(text("# d"), 2, 6), text("# d").replace("\nd: e", "").replace("\nk: l", ""));
    assert.equal(removed(text("# d"), 0, 4), text("# d").replace("b: |\n", "").replace("\nh: |+\n", ""));
    assert.equal(
      removed(text("# d"), 1, 2, 7),
      text("# d").replace("\nc: |\n  c\nd: e", "").replace("\nm: |\n  c", ""),
    );
    const deep = text("  # d");
    refused(() => removed(deep, 2), deep.indexOf("\n  # d"), message);
    refused(() => removed(deep, 0, 2, 6), deep.indexOf("\n  # d"), message);
    refused(() => removed(deep, 0, 2, 3), deep.indexOf("\n  # d"), message);
    refused(() => removed(deep, 1, 2), deep.indexOf("\n  # d"), message);
    assert.equal(removed(deep, 0, 1, 2), deep.slice(deep.indexOf("# d")));
  });

  test("without text goes", () => {
    assert.equal(removed("b: c\nd: |\ne: |\n  f\ng: >-\n\nh: |\n  i\n", 1, 3), "b: c\ne: |\n  f\n\nh: |\n  i\n");
  });

  test("without text gets none by blank lines and comments that are not deeper than its collection", () => {
    for (const header of ["|", ">-", "|\n"]) {
      for (const behind of ["# c", "   ", "   \n# c", ""]) {
        const text = `b: ${header}\nd: e\n${behind}\nh: i\n`;
        assert.equal(removed(text, 1), text.replace("\nd: e", ""));
      }
      refused(
        () => removed(`b: ${header}\nd: e\n # c\n`, 1),
        `b: ${header}\nd: e`.length,
        "cannot be taken out: the comment behind it would become text of the block scalar before it",
      );
    }
  });

  test("would lose its last line break at the end of the text", () => {
    const message = "cannot be taken out: the last line of the text must end with a line break";
    refused(() => removed("b: |\n  c\nd: e", 1), 13, message);
    refused(() => removed("     \nb: |\n  c\nd: e", 1), 19, message);
    assert.equal(removed("b: c\nd: e", 1), "b: c");
    assert.equal(removed("b: |-\n  c\nd: e", 1), "b: |-\n  c");
    assert.equal(removed("b: c\nd: |\n  e", 0), "d: |\n  e");
    assert.equal(removed("b: |\nd: e", 1), "b: |");
  });
});
