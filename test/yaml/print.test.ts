import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import {
  printBlock,
  printDocument,
  printElement,
  printElementOnce,
  printEntry,
  printFlow,
  printScalar,
} from "../../src/yaml/print";
import { defaultStyle, type Style } from "../../src/yaml/style";
import type { Mapping } from "../../src/yaml/value";

/*
 * The format of printed values. `properties-print.test.ts` checks that all values read back. The exact format must not
 * change either: records that were written earlier are compared with what is printed later.
 */

describe("prints a string", () => {
  test("unquoted if every version of YAML reads it as the same string", () => {
    const texts = [
      ...["web", "a sentence, with a comma", "/var/run", "--flag=value", "http://host:80/path?a=b&c#d", "prod-eu"],
      ...[
        "a:b",
        "a#b",
        "a'b",
        'a"b',
        "a\\b",
        "a|b",
        "nope",
        "Ny",
        "50m",
        "64Mi",
        "9600h",
        "30s",
        "5Ki",
        "5M",
        "1.62.0",
      ],
    ];
    for (const text of texts) assert.equal(printScalar(text), text);
  });

  test("in double quotes if it would be read as something else", () => {
    const texts = [
      ..."null Null NULL true True TRUE false False FALSE yes Yes YES no No NO on On ON off Off OFF y Y n N".split(" "),
      ..."5 0644 0x1f 1.5 1e3 .5 ~ 2001-01-01 12:30 1_000".split(" "),
      ...["", " ", " a", "a ", "a:", "a: b", "a #b", "- a", "? a", "-", "--- a", "--: a", "5m: a", "64Mi #a"],
    ];
    for (const text of texts) assert.equal(printScalar(text), `"${text}"`);
  });

  test("in single quotes if its first character has a meaning", () => {
    for (const text of ["{a}", "[a]", "*a", "&a", "!a", "|a", ">a", "%a", "@a", "#a", ",a", '{"a": "b"}']) {
      assert.equal(printScalar(text), `'${text}'`);
    }
  });

  test("with escapes if it contains a line break or characters that are not printable", () => {
    const cases = {
      "a\nb": '"a\\nb"',
      "a\tb": '"a\\tb"',
      "5\ni": '"5\\ni"',
      "--\na": '"--\\na"',
      "\0": '"\\u0000"',
      "\x7f": '"\\u007f"',
      "\x85": '"\\u0085"',
      "\x9f": '"\\u009f"',
      "\u2028\u2029": '"\\u2028\\u2029"',
      "\ufeffa": '"\\ufeffa"',
      "\ufffe\uffff": '"\\ufffe\\uffff"',
      "a\ud800b": '"a\ufffdb"',
    };
    for (const [text, printed] of Object.entries(cases)) assert.equal(printScalar(text), printed);
  });

  test("unquoted with characters beyond ASCII", () => {
    for (const text of ["é", "größe", "名前", "\ue000"]) assert.equal(printScalar(text), text);
  });
});

test("prints other scalars as in YAML 1.2", () => {
  assert.deepEqual([null, true, false, 5, -0.5, 1e300].map(printScalar), [
    "null",
    "true",
    "false",
    "5",
    "-0.5",
    "1e+300",
  ]);
  assert.deepEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(printScalar), [
    ".nan",
    ".inf",
    "-.inf",
  ]);
});

describe("prints a value on one line", () => {
  const value: Mapping = { a: ["b", 5, null, { c: [] }], "d e": {}, f: "g, h", i: "no", "j.k/l-m": "n:o", p: "[q]" };

  test("with quotes around strings that have a meaning in flow style", () => {
    const printed = '{a: [b, 5, null, {c: []}], "d e": {}, f: "g, h", i: "no", j.k/l-m: "n:o", p: \'[q]\'}';
    assert.equal(printFlow(value, false), printed);
    assert.equal(printFlow("a\\b c", false), '"a\\\\b c"');
  });

  test("as JSON", () => {
    const printed = printFlow(value, true);
    assert.equal(
      printed,
      '{"a": ["b", 5, null, {"c": []}], "d e": {}, "f": "g, h", "i": "no", "j.k/l-m": "n:o", "p": "[q]"}',
    );
    assert.deepEqual(JSON.parse(printed), value);
    assert.equal(printFlow("\u2028\x7f", true), '"\\u2028\\u007f"');
  });
});

describe("prints a value in block style", () => {
  const value: Mapping = { a: "b", c: { d: ["e", { f: "g", h: [] }, ["i", "j"]] }, k: {} };
  const printed = (style: Partial<Style>, column = 0) => printBlock(value, column, { ...defaultStyle, ...style });

  test("with the indentation of its style", () => {
    assert.equal(printed({}), "a: b\nc:\n  d:\n  - e\n  - f: g\n    h: []\n  - - i\n    - j\nk: {}");
    assert.equal(
      printed({ indent: 4, sequenceIndent: 2, dashWidth: 4 }),
      "a: b\nc:\n    d:\n      -   e\n      -   f: g\n          h: []\n      -   -   i\n          -   j\nk: {}",
    );
  });

  test("with every line but the first starting at its column", () => {
    assert.equal(printed({}, 3), printed({}).replaceAll("\n", "\n   "));
    assert.equal(printed({ lineBreak: "\r\n" }, 3), printed({}).replaceAll("\n", "\r\n   "));
  });

  test("on the line of its key or dash if it is empty or not a collection", () => {
    for (const [empty, text] of [
      [[], "[]"],
      [{}, "{}"],
      ["b", "b"],
      [null, "null"],
    ] as const) {
      assert.equal(printEntry("a", empty, 2, defaultStyle), `a: ${text}`);
      assert.equal(printElement(empty, 2, defaultStyle), `- ${text}`);
    }
  });

  test("with quotes around keys like around strings", () => {
    assert.equal(printEntry("yes", "a", 0, defaultStyle), '"yes": a');
    assert.equal(printEntry("5", { "a: b": "c" }, 0, defaultStyle), '"5":\n  "a: b": c');
  });
});

test("printElementOnce prints an element for each column and style", () => {
  const element: Mapping = { a: { b: ["c"] }, d: [] };
  const layouts: readonly (readonly [number, Partial<Style>])[] = [
    [0, {}],
    [2, {}],
    [0, { indent: 4 }],
    [0, { sequenceIndent: 2 }],
    [0, { dashWidth: 4 }],
    [0, { lineBreak: "\r\n" }],
    [0, { json: true }],
    [12, {}],
    [1, { indent: 22 }],
  ];
  const texts = () =>
    layouts.map(([column, style]) => printElementOnce(element, column, { ...defaultStyle, ...style }));
  const expected = layouts.map(([column, style]) => printElement(element, column, { ...defaultStyle, ...style }));
  assert.deepEqual(texts(), expected);
  assert.deepEqual(texts(), expected);
  assert.equal(printElementOnce("a", 0, defaultStyle), "- a");
  assert.equal(printElementOnce(["a", "b"], 0, defaultStyle), "- - a\n  - b");
});

test("prints a document that fits into a literal block scalar, whatever its strings are", () => {
  const value: Mapping = { "\u{1f600}": "\u{10ffff}", tab: "a\tb", lines: "a\r\nb ", separator: "a\u2028b", z: "é" };
  const text = printDocument(value);
  assert.equal(
    text,
    [
      String.raw`"\U0001f600": "\U0010ffff"`,
      String.raw`tab: "a\tb"`,
      String.raw`lines: "a\r\nb "`,
      String.raw`separator: "a\u2028b"`,
      "z: é",
    ].join("\n"),
  );
  assert.match(printEntry("key", { text, last: 1 }, 0, defaultStyle), /^ {2}text: \|-$/m);
  assert.equal(JSON.stringify(load(text)), JSON.stringify(value));
});
