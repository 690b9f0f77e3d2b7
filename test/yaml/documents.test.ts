import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { documentsOf } from "../../src/yaml/documents";

/*
 * The documents of a stream: each includes its comments, and together they are the whole text.
 */

/** The texts of the documents. */
function split(text: string): string[] {
  const documents = documentsOf(text);
  assert.equal(documents.map(({ from, to }) => text.slice(from, to)).join(""), text);
  return documents.map(({ from, to }) => text.slice(from, to));
}

describe("splits a stream", () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    "of one document without a marker": ["a: b\n"],
    "that is empty, into one empty document": [""],
    "at markers": ["a\n", "---\nb\n", "---\nc\n"],
    "at markers with content on the same line": ["--- a\n", "---\tb\n", "--- # c\nc\n"],
    "with CRLF": ["---\r\na\r\n", "---\r\nb\r\n"],
    "at a marker that ends the text": ["a\n", "---"],
    "at two markers without content between them": ["---\n", "---\na\n"],
    "and leaves comments before the first marker in its document": ["# one\n\n  # two\n---\na\n"],
    "and leaves comments before a later marker in the previous document": ["a\n# of b\n", "---\nb\n"],
    "and leaves directives in the document of their marker": ["%YAML 1.2\n---\na\n...\n", "%YAML 1.2\n---\nb\n"],
    "after an end line, without a marker": ["a\n...\n# more\n", "b\n"],
    "after several end lines": ["a\n...\n...\n", "b\n"],
    "after an end line, with a marker": ["a\n...\n", "---\nb\n"],
    "after an end line with a comment": ["a\n... # end\n", "b\n"],
    "after an end line, with blank lines": ["a\r\n...\r\n\r\n \r\n", "b\r\n"],
    "after an end line at the start of the text": ["...\n", "---\na\n"],
    "that starts with a blank line": ["\n---\na\n", "---\nb\n"],
    "that starts with a byte order mark": ["\ufeff---\na\n", "---\nb\n"],
    "with a percent sign as content": ["---\n%a\n", "---\nb\n"],
    "with a percent sign after content": ["a\n%b\n", "---\nc\n"],
  };
  for (const [name, documents] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(split(documents.join("")), documents));
  }
});

describe("does not start a document", () => {
  const texts: Readonly<Record<string, string>> = {
    "at dashes without white space after them": "a\n---b\n----\n",
    "at indented dashes": "a: |\n ---\n ---\n",
    "at white space at the end of the text": "a\n...\n ",
    "at a byte order mark without content": "\ufeff",
    "at two dashes": "--\n--\n",
    "at dots without white space after them": "a\n...b\nc\n",
    "at a percent sign before the marker": "%YAML 1.2\n%TAG ! tag:a\n---\na\n",
    "at white space before the marker": " \t \n\n\t# comment\n---\na\n",
  };
  for (const [name, text] of Object.entries(texts)) test(name, () => assert.deepEqual(split(text), [text]));
});

describe("returns the range of a document", () => {
  test("with the offset of its marker, if it has one", () => {
    assert.deepEqual(documentsOf("# c\n---\na\n---\nb\n"), [
      { from: 0, to: 10, end: 10, marker: 4 },
      { from: 10, to: 16, end: 16, marker: 10 },
    ]);
    assert.deepEqual(documentsOf("a\n...\nb\n"), [
      { from: 0, to: 6, end: 2 },
      { from: 6, to: 8, end: 8 },
    ]);
    assert.deepEqual(documentsOf("\ufeff---\na\n"), [{ from: 0, to: 7, end: 7, marker: 1 }]);
  });

  test("with the end of its content: the first end line, or the start of the next document", () => {
    assert.deepEqual(
      documentsOf("---\na\n...\n# c\n...\n---\nb\n").map(({ end }) => end),
      [6, 24],
    );
  });
});
