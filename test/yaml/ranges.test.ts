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
 * How far a node reaches in its lines: what is put in behind it must not come to stand in it, nor tear off what is its.
 */

/** A text up to where the content of its root ends. */
const content = (text: string) => text.slice(0, contentEnd(text, parse(text) as Node));

describe("the content ends", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["with a scalar, not with the comment behind it", "a: b # c\n", "a: b"],
    ["with a bracket", "a: [b, c ] # d\n", "a: [b, c ]"],
    ["with an alias", "a: &x b\nc: *x\n\n", "a: &x b\nc: *x"],
    ["with the deepest scalar", "a:\n- b:\n    c: d\n\n", "a:\n- b:\n    c: d"],
    ["with the colon of a value that is not written", "a:\n\n", "a:"],
    [
      "with the text of a block scalar, without the blank lines behind it",
      "a: |\n  b\n\n  c\n\n\n",
      "a: |\n  b\n\n  c",
    ],
    ["the same with CRLF", "a: >\r\n  b\r\n\r\n", "a: >\r\n  b"],
    ["the same where nothing is kept", "a: |-\n  b\n\n", "a: |-\n  b"],
    ["with the blank lines that a block scalar keeps", "a: |+\n  b\n\n\n", "a: |+\n  b\n\n"],
    ["the same with CRLF and keeping", "a: |+\r\n  b\r\n\r\n", "a: |+\r\n  b\r\n"],
    ["the same where the last line break is another one", "a: |+\n  b\n  c\r\n", "a: |+\n  b\n  c"],
    ["with the text of a block scalar that has no last line break", "a: |+\n  b", "a: |+\n  b"],
    ["with the spaces that are text of a block scalar", "a: |\n  b  \n", "a: |\n  b  "],
    ["the same with lines of spaces behind, which are no text", "a: |\n  b  \n  \n \n\n", "a: |\n  b  "],
    ["the same with CRLF, folded", "a: >-\r\n  b\r\n  \r\n\r\n", "a: >-\r\n  b"],
    ["the same at the end of the text", "a: |\n  b\n ", "a: |\n  b"],
    ["with a line of spaces that is text", "a: |\n  b\n   \n\n", "a: |\n  b\n   "],
    ["the same where nothing else is", "a: |1\n   \n", "a: |1\n   "],
    ["with a tab, which shows", "a: |\n  b\n  \t\n  \n", "a: |\n  b\n  \t"],
    ["with the header of a block scalar that holds nothing", "a: |\n", "a: |"],
    ["the same before blank lines", "a: |-\n\n\n", "a: |-"],
    ["the same before lines of spaces", "a: |-\n   \n\n  \n", "a: |-"],
    ["the same with keeping", "a: |+\n", "a: |+"],
    ["with the blank lines that are all that is kept", "a: |+\n\n\n", "a: |+\n\n"],
  ];
  for (const [name, text, end] of cases) test(name, () => assert.equal(content(text), end));
});

test("a line break at the end of the text is one more of a block scalar that does not strip its last ones", () => {
  const takes = (text: string) => absorbsTrailingNewline(lastScalar(parse(text)) as ScalarNode);
  for (const text of ["a: |\n  b", "a: >\n  b", "a: |+\n  b", "a: |+"]) assert.equal(takes(text), true, text);
  for (const text of ["a: |-\n  b", "a: >-\n  b", "a: |", "a: b", "a: 'b\n\n  '", 'a: "\\n"'])
    assert.equal(takes(text), false, text);
});

test("the last scalar is that of the last child, and none where it ends with a bracket or an alias", () => {
  const last = (text: string) => lastScalar(parse(text) as Node)?.text;
  assert.equal(last("a: b\nc:\n- d: e\n  f: g\n"), "g");
  assert.equal(last("- a\n- b\n"), "b");
  assert.equal(last("a\n"), "a");
  assert.equal(last("a: b\nc: [d]\n"), undefined);
  assert.equal(last("a: b\nc: {d: e}\n"), undefined);
  assert.equal(last("a: &x b\nc: *x\n"), undefined);
  assert.equal(lastScalar(undefined), undefined);
});

describe("the lines of what ends at an offset", () => {
  /** The text up to the end of the lines of its first character. */
  const lines = (text: string, column: number) => text.slice(0, lineEndWithComments(text, 0, column));

  test("end with its line, with the comment on it", () => {
    assert.equal(lines("a # b\nc\n", 0), "a # b");
    assert.equal(lines("a\r\nc\r\n", 0), "a");
    assert.equal(lines("a", 0), "a");
    assert.equal(lines("a\n", 0), "a");
  });

  test("hold the comments behind it that are deeper than a column", () => {
    assert.equal(lines("a\n # b\n  # c\nd\n", 0), "a\n # b\n  # c");
    assert.equal(lines("a\n # b\n  # c\nd\n", 1), "a", "behind another comment");
    assert.equal(lines("a\n  # b\n # c\nd\n", 1), "a\n  # b");
    assert.equal(lines("a\n# b\n", 0), "a");
    assert.equal(lines("a\n# b\n", -1), "a\n# b");
    assert.equal(lines("a\n # b", 0), "a\n # b");
    assert.equal(lineEndWithComments("# a\nb", 4, -1), 5, "not those at the start of a text that ends there");
    assert.equal(lines("a\r\n # b\r\nc", 0), "a\r\n # b");
  });

  test("hold blank lines only before such a comment", () => {
    assert.equal(lines("a\n\n  \n # b\n\nc\n", 0), "a\n\n  \n # b");
    assert.equal(lines("a\r\n\r\n # b\r\n\r\nc\r\n", 0), "a\r\n\r\n # b");
    assert.equal(lines("a\n\nb\n # c\n", 0), "a");
  });
});

test("a line ends before its line break, of one character or two", () => {
  assert.equal(lineEnd("ab\ncd", 0), 2);
  assert.equal(lineEnd("ab\ncd", 2), 2);
  assert.equal(lineEnd("ab\ncd", 3), 5);
  assert.equal(lineEnd("ab\r\ncd", 0), 2);
  assert.equal(lineEnd("ab\r\ncd", 2), 2);
  assert.equal(lineEnd("ab\r\ncd", 3), 3, "an offset within a line break is the end");
  assert.equal(lineEnd("a\rb\n", 0), 3, "a carriage return alone ends no line");
});

test("remarks are the blank lines and comments behind a line", () => {
  const remarks = (text: string) => text.slice(0, skipCommentsAndBlanks(text, 0));
  assert.equal(remarks("a\nb\n"), "a\n");
  assert.equal(remarks("a\n\n \t\r\n# c\n  \t# c\nb\n"), "a\n\n \t\r\n# c\n  \t# c\n");
  assert.equal(remarks("a\n  b # c\n"), "a\n");
  assert.equal(remarks("a\n# c"), "a\n# c");
  assert.equal(remarks("a\n  "), "a\n  ");
  assert.equal(remarks("a"), "a");
});
