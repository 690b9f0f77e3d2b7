import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Node, ScalarNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import {
  absorbsTrailingNewline,
  contentEnd,
  lastScalar,
  lineEnd,
  lineEndWithComments,
  skipCommentsAndBlanks,
} from "../../src/yaml/ranges";

/*
 * The extent of a node in its lines: an insertion after it must not end up within it, nor separate it from its
 * comments.
 */

/** The text up to the end of its root's content. */
const content = (text: string) => text.slice(0, contentEnd(text, parse(text) as Node));

describe("the content ends", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["with a scalar, without the comment after it", "a: b # c\n", "a: b"],
    ["with a bracket", "a: [b, c ] # d\n", "a: [b, c ]"],
    ["with an alias", "a: &x b\nc: *x\n\n", "a: &x b\nc: *x"],
    ["with the deepest scalar", "a:\n- b:\n    c: d\n\n", "a:\n- b:\n    c: d"],
    ["with the colon of an empty value", "a:\n\n", "a:"],
    ["with the text of a block scalar, without the blank lines after it", "a: |\n  b\n\n  c\n\n\n", "a: |\n  b\n\n  c"],
    ["the same with CRLF", "a: >\r\n  b\r\n\r\n", "a: >\r\n  b"],
    ["the same for a block scalar that strips its line breaks", "a: |-\n  b\n\n", "a: |-\n  b"],
    ["with the blank lines that a block scalar keeps", "a: |+\n  b\n\n\n", "a: |+\n  b\n\n"],
    ["the same with CRLF and keeping", "a: |+\r\n  b\r\n\r\n", "a: |+\r\n  b\r\n"],
    ["the same with a different last line break", "a: |+\n  b\n  c\r\n", "a: |+\n  b\n  c"],
    ["with the text of a block scalar without a final line break", "a: |+\n  b", "a: |+\n  b"],
    ["with the spaces that are text of a block scalar", "a: |\n  b  \n", "a: |\n  b  "],
    ["the same before lines of spaces, which are not text", "a: |\n  b  \n  \n \n\n", "a: |\n  b  "],
    ["the same with CRLF, folded", "a: >-\r\n  b\r\n  \r\n\r\n", "a: >-\r\n  b"],
    ["the same at the end of the text", "a: |\n  b\n ", "a: |\n  b"],
    ["with a line of spaces that is text", "a: |\n  b\n   \n\n", "a: |\n  b\n   "],
    ["the same without any other text", "a: |1\n   \n", "a: |1\n   "],
    ["with a tab, which is text", "a: |\n  b\n  \t\n  \n", "a: |\n  b\n  \t"],
    ["with the header of an empty block scalar", "a: |\n", "a: |"],
    ["the same before blank lines", "a: |-\n\n\n", "a: |-"],
    ["the same before lines of spaces", "a: |-\n   \n\n  \n", "a: |-"],
    ["the same with keeping", "a: |+\n", "a: |+"],
    ["with the blank lines that a block scalar keeps, without any other text", "a: |+\n\n\n", "a: |+\n\n"],
  ];
  for (const [name, text, end] of cases) test(name, () => assert.equal(content(text), end));
});

test("absorbsTrailingNewline accepts block scalars that don't strip their line breaks", () => {
  const absorbs = (text: string) => absorbsTrailingNewline(lastScalar(parse(text)) as ScalarNode);
  for (const text of ["a: |\n  b", "a: >\n  b", "a: |+\n  b", "a: |+"]) assert.equal(absorbs(text), true, text);
  for (const text of ["a: |-\n  b", "a: >-\n  b", "a: |", "a: b", "a: 'b\n\n  '", 'a: "\\n"'])
    assert.equal(absorbs(text), false, text);
});

test("lastScalar returns the scalar of the last child, or undefined for a bracket or an alias", () => {
  const last = (text: string) => lastScalar(parse(text) as Node)?.text;
  assert.equal(last("a: b\nc:\n- d: e\n  f: g\n"), "g");
  assert.equal(last("- a\n- b\n"), "b");
  assert.equal(last("a\n"), "a");
  assert.equal(last("a: b\nc: [d]\n"), undefined);
  assert.equal(last("a: b\nc: {d: e}\n"), undefined);
  assert.equal(last("a: &x b\nc: *x\n"), undefined);
  assert.equal(lastScalar(undefined), undefined);
});

describe("lineEndWithComments", () => {
  /** The text up to the end of the first line and its comments. */
  const lines = (text: string, column: number) => text.slice(0, lineEndWithComments(text, 0, column));

  test("includes the comment on the line", () => {
    assert.equal(lines("a # b\nc\n", 0), "a # b");
    assert.equal(lines("a\r\nc\r\n", 0), "a");
    assert.equal(lines("a", 0), "a");
    assert.equal(lines("a\n", 0), "a");
  });

  test("includes the comments after the line that are deeper than a column", () => {
    assert.equal(lines("a\n # b\n  # c\nd\n", 0), "a\n # b\n  # c");
    assert.equal(lines("a\n # b\n  # c\nd\n", 1), "a", "a deeper comment after another comment");
    assert.equal(lines("a\n  # b\n # c\nd\n", 1), "a\n  # b");
    assert.equal(lines("a\n# b\n", 0), "a");
    assert.equal(lines("a\n# b\n", -1), "a\n# b");
    assert.equal(lines("a\n # b", 0), "a\n # b");
    assert.equal(lineEndWithComments("# a\nb", 4, -1), 5, "not a comment at the start of the text");
    assert.equal(lines("a\r\n # b\r\nc", 0), "a\r\n # b");
  });

  test("includes blank lines only before such a comment", () => {
    assert.equal(lines("a\n\n  \n # b\n\nc\n", 0), "a\n\n  \n # b");
    assert.equal(lines("a\r\n\r\n # b\r\n\r\nc\r\n", 0), "a\r\n\r\n # b");
    assert.equal(lines("a\n\nb\n # c\n", 0), "a");
  });
});

test("lineEnd returns the offset before LF or CRLF", () => {
  assert.equal(lineEnd("ab\ncd", 0), 2);
  assert.equal(lineEnd("ab\ncd", 2), 2);
  assert.equal(lineEnd("ab\ncd", 3), 5);
  assert.equal(lineEnd("ab\r\ncd", 0), 2);
  assert.equal(lineEnd("ab\r\ncd", 2), 2);
  assert.equal(lineEnd("ab\r\ncd", 3), 3, "an offset within a line break is the end");
  assert.equal(lineEnd("a\rb\n", 0), 3, "CR alone doesn't end a line");
});

test("skipCommentsAndBlanks skips the blank lines and comments after a line", () => {
  const skipped = (text: string) => text.slice(0, skipCommentsAndBlanks(text, 0));
  assert.equal(skipped("a\nb\n"), "a\n");
  assert.equal(skipped("a\n\n \t\r\n# c\n  \t# c\nb\n"), "a\n\n \t\r\n# c\n  \t# c\n");
  assert.equal(skipped("a\n  b # c\n"), "a\n");
  assert.equal(skipped("a\n# c"), "a\n# c");
  assert.equal(skipped("a\n  "), "a\n  ");
  assert.equal(skipped("a"), "a");
});
