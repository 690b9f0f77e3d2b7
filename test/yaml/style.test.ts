import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Node, SequenceNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { columnAt, dashWidthOf, defaultStyle, detectStyle, lineBreakOf, type Style } from "../../src/yaml/style";

/*
 * The layout of a text: inserted text must look as if its author had written it.
 */

const styleOf = (text: string): Style => detectStyle(text, parse(text) as Node);

describe("detects the style of a text:", () => {
  const cases: readonly (readonly [string, string, Partial<Style>])[] = [
    ["the default if it doesn't show any", "a: b\n", {}],
    ["the default if everything is in braces", "{a: {b: c}, d: [e]}\n", {}],
    ["the indentation of the first nested mapping", "a:\n    b: c\nd:\n  e: f\n", { indent: 4 }],
    ["the indentation of a mapping relative to its parent", "a:\n   b:\n      c: d\n", { indent: 3 }],
    ["the indentation of a mapping in a list", "- a:\n      b: c\n", { indent: 4 }],
    ["not the indentation of a mapping in braces", "a: {}\nb: {c: d}\ne:\n    f: g\n", { indent: 4 }],
    ["the indentation of the first list", "a:\n  - b\nc:\n- d\n", { sequenceIndent: 2 }],
    ["the indentation of a list at the column of its key", "a:\n- b\nc:\n  - d\n", { sequenceIndent: 0 }],
    ["not the indentation of a list in brackets", "a: [b]\nc:\n   - d\n", { sequenceIndent: 3 }],
    [
      "the indentation of a list that is deeper than a mapping",
      "a:\n    b:\n      - c\n",
      { indent: 4, sequenceIndent: 2 },
    ],
    ["not the indentation of a list in a list", "- - a\n  - b\n", {}],
    ["the indentation of a list in a mapping in a list", "-  a:\n     -  b\n", { sequenceIndent: 2, dashWidth: 3 }],
    [
      "the indentation of a list, and of a mapping after it",
      "a:\n - b\nc:\n    d: e\n",
      { indent: 4, sequenceIndent: 1 },
    ],
    [
      "the indentation of a list, and of a mapping in a later element",
      "- a:\n   - b\n- c:\n      d: e\n",
      { indent: 4, sequenceIndent: 1 },
    ],
    [
      "the indentation of a mapping, and of a list in a later element",
      "- c:\n      d: e\n- a:\n   - b\n",
      { indent: 4, sequenceIndent: 1 },
    ],
    ["the dash width of the first list", "a:\n-   b\nc:\n- d\n", { dashWidth: 4 }],
    ["the dash width of a list in the first mapping", "a:\n  -   b: c\n", { sequenceIndent: 2, dashWidth: 4 }],
    ["not the width of a dash with its element on the next line", "a:\n-\n    b: c\n", {}],
    ["not the width of a dash with an anchor after it", "a:\n- &x b\n", {}],
    ["not the width of a dash with a tag after it", "a:\n- !!str b\n", {}],
    ["the line break", "a: b\r\nc: d\n", { lineBreak: "\r\n" }],
    ["JSON if the first key is in double quotes", '{"a": 1}\n', { json: true }],
    ["not JSON if the first key is plain", "{a: 1}\n", {}],
    ["not JSON if the first key is in single quotes", "{'a': 1}\n", {}],
    ["not JSON in block style with quoted keys", '"a": 1\n', {}],
    ["not JSON if it is empty", "{}\n", {}],
    ["not JSON if it is a list", '["a"]\n', {}],
  ];
  for (const [name, text, style] of cases) {
    test(`${name}: ${JSON.stringify(text)}`, () => assert.deepEqual(styleOf(text), { ...defaultStyle, ...style }));
  }

  test("by default, that of kpt and kustomize", () => {
    const style = { indent: 2, sequenceIndent: 0, dashWidth: 2, lineBreak: "\n", json: false };
    assert.deepEqual(defaultStyle, style);
  });

  test("the first one in the text, even if a later one is less deep", () => {
    const text = "a:\n   b:\n      c: d\ne:\n - f:\n    g: h\ni:\n- j\n";
    assert.deepEqual(styleOf(text), { ...defaultStyle, indent: 3, sequenceIndent: 1 });
  });
});

describe("dashWidthOf", () => {
  const width = (text: string) => dashWidthOf(text, parse(text) as SequenceNode);

  test("counts the columns to the first element", () => {
    assert.equal(width("- a\n-    b\n"), 2);
    assert.equal(width("-    a\n- b\n"), 5);
  });

  test("returns undefined if no element is on the line of the dash, or more than spaces is between", () => {
    for (const text of ["-\n  a\n", "-\n", "- &x a\n", "- &x- a\n", "-\ta\n", "- # comment\n  a\n"]) {
      assert.equal(width(text), undefined, JSON.stringify(text));
    }
  });
});

test("lineBreakOf returns the first line break of a text", () => {
  assert.equal(lineBreakOf("a\r\nb\n"), "\r\n");
  assert.equal(lineBreakOf("a\nb\r\n"), "\n");
  assert.equal(lineBreakOf("\r\n"), "\r\n");
  for (const text of ["", "a", "\na\r\n", "a\rb"]) assert.equal(lineBreakOf(text), "\n", JSON.stringify(text));
});

test("columnAt counts from 0 at the start of each line, without a byte order mark", () => {
  assert.equal(columnAt("ab\ncd", 0), 0);
  assert.equal(columnAt("ab\ncd", 1), 1);
  assert.equal(columnAt("ab\ncd", 2), 2);
  assert.equal(columnAt("ab\ncd", 3), 0);
  assert.equal(columnAt("ab\ncd", 4), 1);
  assert.equal(columnAt("\ufeffab\ncd", 1), 0);
  assert.equal(columnAt("\ufeffab\ncd", 5), 1);
});
