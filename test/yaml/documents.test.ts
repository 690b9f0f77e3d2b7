import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { documentsOf } from "../../src/yaml/documents";

/*
 * A stream's documents: each is cut out with its comments, and together they are the whole text.
 */

/** The texts of the documents. */
function cut(text: string): string[] {
  const documents = documentsOf(text);
  assert.equal(documents.map(({ from, to }) => text.slice(from, to)).join(""), text);
  return documents.map(({ from, to }) => text.slice(from, to));
}

describe("documents are told apart", () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    "one without a marker": ["a: b\n"],
    "nothing at all": [""],
    "at their markers": ["a\n", "---\nb\n", "---\nc\n"],
    "at markers that have content behind them": ["--- a\n", "---\tb\n", "--- # c\nc\n"],
    "at CRLF": ["---\r\na\r\n", "---\r\nb\r\n"],
    "at a marker that ends the text": ["a\n", "---"],
    "at two markers with nothing between": ["---\n", "---\na\n"],
    "with the comments before the first marker": ["# one\n\n  # two\n---\na\n"],
    "with the comments before a later marker, which stay with the document above": ["a\n# of b\n", "---\nb\n"],
    "with the directives before their marker": ["%YAML 1.2\n---\na\n...\n", "%YAML 1.2\n---\nb\n"],
    "behind an end, without a marker": ["a\n...\n# more\n", "b\n"],
    "behind several ends": ["a\n...\n...\n", "b\n"],
    "behind an end, with a marker": ["a\n...\n", "---\nb\n"],
    "behind an end with a comment": ["a\n... # end\n", "b\n"],
    "behind an end, with blank lines": ["a\r\n...\r\n\r\n \r\n", "b\r\n"],
    "behind an end that nothing is before": ["...\n", "---\na\n"],
    "behind a blank line": ["\n---\na\n", "---\nb\n"],
    "after a byte order mark": ["\ufeff---\na\n", "---\nb\n"],
    "where a percent sign is content": ["---\n%a\n", "---\nb\n"],
    "where a percent sign stands behind content": ["a\n%b\n", "---\nc\n"],
  };
  for (const [name, documents] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(cut(documents.join("")), documents));
  }
});

describe("no document starts", () => {
  const texts: Readonly<Record<string, string>> = {
    "at dashes that have no white space behind them": "a\n---b\n----\n",
    "at dashes that are indented": "a: |\n ---\n ---\n",
    "at white space that ends the text": "a\n...\n ",
    "at a byte order mark alone": "\ufeff",
    "at two dashes": "--\n--\n",
    "at dots that have no white space behind them": "a\n...b\nc\n",
    "at a percent sign before the marker": "%YAML 1.2\n%TAG ! tag:a\n---\na\n",
    "at white space before the marker": " \t \n\n\t# comment\n---\na\n",
  };
  for (const [name, text] of Object.entries(texts)) test(name, () => assert.deepEqual(cut(text), [text]));
});

describe("of a document is known", () => {
  test("where its marker stands, where it has one", () => {
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

  test("where its content ends: at the first line of dots, else where the next one starts", () => {
    assert.deepEqual(
      documentsOf("---\na\n...\n# c\n...\n---\nb\n").map(({ end }) => end),
      [6, 24],
    );
  });
});
