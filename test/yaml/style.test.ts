import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Node, SequenceNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { columnAt, dashWidthOf, defaultStyle, detectStyle, lineBreakOf, type Style } from "../../src/yaml/style";

/*
 * The layout of a text: what is added must look as if its author had written it.
 */

const styleOf = (text: string): Style => detectStyle(text, parse(text) as Node);

describe("the layout of a text is", () => {
  const cases: readonly (readonly [string, string, Partial<Style>])[] = [
    ["the default where it shows none", "a: b\n", {}],
    ["the default where all is in braces", "{a: {b: c}, d: [e]}\n", {}],
    ["what its first nested mapping is indented by", "a:\n    b: c\nd:\n  e: f\n", { indent: 4 }],
    ["what a mapping in a mapping is indented by, counted from that", "a:\n   b:\n      c: d\n", { indent: 3 }],
    ["shown by a mapping in a list", "- a:\n      b: c\n", { indent: 4 }],
    ["not shown by a mapping in braces", "a: {}\nb: {c: d}\ne:\n    f: g\n", { indent: 4 }],
    ["what its first list is indented by", "a:\n  - b\nc:\n- d\n", { sequenceIndent: 2 }],
    ["that of a list at the column of its key", "a:\n- b\nc:\n  - d\n", { sequenceIndent: 0 }],
    ["not shown by a list in brackets", "a: [b]\nc:\n   - d\n", { sequenceIndent: 3 }],
    ["shown by a list that is deeper than a mapping", "a:\n    b:\n      - c\n", { indent: 4, sequenceIndent: 2 }],
    ["not shown by a list in a list", "- - a\n  - b\n", {}],
    ["shown by a list in a mapping in a list", "-  a:\n     -  b\n", { sequenceIndent: 2, dashWidth: 3 }],
    ["shown by a list, and by a mapping behind it", "a:\n - b\nc:\n    d: e\n", { indent: 4, sequenceIndent: 1 }],
    [
      "shown by a list, and by a mapping in a later element",
      "- a:\n   - b\n- c:\n      d: e\n",
      { indent: 4, sequenceIndent: 1 },
    ],
    [
      "shown by a mapping, and by a list in a later element",
      "- c:\n      d: e\n- a:\n   - b\n",
      { indent: 4, sequenceIndent: 1 },
    ],
    ["how wide the dashes of its first list are", "a:\n-   b\nc:\n- d\n", { dashWidth: 4 }],
    [
      "how wide the dashes of a list are that stands in the first mapping",
      "a:\n  -   b: c\n",
      { sequenceIndent: 2, dashWidth: 4 },
    ],
    ["not the width of a dash whose element is on the next line", "a:\n-\n    b: c\n", {}],
    ["not the width of a dash with an anchor behind it", "a:\n- &x b\n", {}],
    ["not the width of a dash with a tag behind it", "a:\n- !!str b\n", {}],
    ["that of its line breaks", "a: b\r\nc: d\n", { lineBreak: "\r\n" }],
    ["JSON where its first key is quoted", '{"a": 1}\n', { json: true }],
    ["not JSON where its first key is plain", "{a: 1}\n", {}],
    ["not JSON where its first key is in single quotes", "{'a': 1}\n", {}],
    ["not JSON where it is a block with quoted keys", '"a": 1\n', {}],
    ["not JSON where it is empty", "{}\n", {}],
    ["not JSON where it is a list", '["a"]\n', {}],
  ];
  for (const [name, text, style] of cases) {
    test(`${name}: ${JSON.stringify(text)}`, () => assert.deepEqual(styleOf(text), { ...defaultStyle, ...style }));
  }

  test("by default that of kpt and kustomize", () => {
    const style = { indent: 2, sequenceIndent: 0, dashWidth: 2, lineBreak: "\n", json: false };
    assert.deepEqual(defaultStyle, style);
  });

  test("what comes first, of what is deep and what is behind it", () => {
    const text = "a:\n   b:\n      c: d\ne:\n - f:\n    g: h\ni:\n- j\n";
    assert.deepEqual(styleOf(text), { ...defaultStyle, indent: 3, sequenceIndent: 1 });
  });
});

describe("the width of a list's dash", () => {
  const width = (text: string) => dashWidthOf(text, parse(text) as SequenceNode);

  test("is counted to its first element", () => {
    assert.equal(width("- a\n-    b\n"), 2);
    assert.equal(width("-    a\n- b\n"), 5);
  });

  test("is unknown where no element is on the dash's line, or more than spaces is between", () => {
    for (const text of ["-\n  a\n", "-\n", "- &x a\n", "- &x- a\n", "-\ta\n", "- # comment\n  a\n"]) {
      assert.equal(width(text), undefined, JSON.stringify(text));
    }
  });
});

test("the line break of a text is its first one", () => {
  assert.equal(lineBreakOf("a\r\nb\n"), "\r\n");
  assert.equal(lineBreakOf("a\nb\r\n"), "\n");
  assert.equal(lineBreakOf("\r\n"), "\r\n");
  for (const text of ["", "a", "\na\r\n", "a\rb"]) assert.equal(lineBreakOf(text), "\n", JSON.stringify(text));
});

test("columns are counted from 0 at the start of each line, and a byte order mark takes none", () => {
  assert.equal(columnAt("ab\ncd", 0), 0);
  assert.equal(columnAt("ab\ncd", 1), 1);
  assert.equal(columnAt("ab\ncd", 2), 2);
  assert.equal(columnAt("ab\ncd", 3), 0);
  assert.equal(columnAt("ab\ncd", 4), 1);
  assert.equal(columnAt("\ufeffab\ncd", 1), 0);
  assert.equal(columnAt("\ufeffab\ncd", 5), 1);
});
