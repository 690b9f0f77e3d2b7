import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { printBlock, printElement, printElementOnce, printEntry, printFlow, printScalar } from "../../src/yaml/print";
import { defaultStyle, type Style } from "../../src/yaml/style";
import type { Mapping } from "../../src/yaml/value";

/*
 * How values are written. `test/yaml/properties-print.test.ts` holds that all reads back; here is what it looks like, which
 * must stay: a record of today is compared with what is written tomorrow.
 */

describe("a text is written", () => {
  test("as it is where every version of YAML reads it so", () => {
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

  test("in double quotes where it would be read as something else", () => {
    const texts = [
      ..."null Null NULL true True TRUE false False FALSE yes Yes YES no No NO on On ON off Off OFF y Y n N".split(" "),
      ..."5 0644 0x1f 1.5 1e3 .5 ~ 2001-01-01 12:30 1_000".split(" "),
      ...["", " ", " a", "a ", "a:", "a: b", "a #b", "- a", "? a", "-", "--- a", "--: a", "5m: a", "64Mi #a"],
    ];
    for (const text of texts) assert.equal(printScalar(text), `"${text}"`);
  });

  test("in single quotes where a character at its start means something", () => {
    for (const text of ["{a}", "[a]", "*a", "&a", "!a", "|a", ">a", "%a", "@a", "#a", ",a", '{"a": "b"}']) {
      assert.equal(printScalar(text), `'${text}'`);
    }
  });

  test("with escapes where it holds what cannot be printed, or a line break", () => {
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

  test("as it is beyond ASCII", () => {
    for (const text of ["é", "größe", "名前", "\ue000"]) assert.equal(printScalar(text), text);
  });
});

test("what is no text is written as YAML 1.2 has it", () => {
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

describe("a value on one line", () => {
  const value: Mapping = { a: ["b", 5, null, { c: [] }], "d e": {}, f: "g, h", i: "no", "j.k/l-m": "n:o", p: "[q]" };

  test("has a text quoted that holds what means something in brackets", () => {
    const printed = '{a: [b, 5, null, {c: []}], "d e": {}, f: "g, h", i: "no", j.k/l-m: "n:o", p: \'[q]\'}';
    assert.equal(printFlow(value, false), printed);
    assert.equal(printFlow("a\\b c", false), '"a\\\\b c"');
  });

  test("is JSON where the text around it is", () => {
    const printed = printFlow(value, true);
    assert.equal(
      printed,
      '{"a": ["b", 5, null, {"c": []}], "d e": {}, "f": "g, h", "i": "no", "j.k/l-m": "n:o", "p": "[q]"}',
    );
    assert.deepEqual(JSON.parse(printed), value);
    assert.equal(printFlow("\u2028\x7f", true), '"\\u2028\\u007f"');
  });
});

describe("a value in lines", () => {
  const value: Mapping = { a: "b", c: { d: ["e", { f: "g", h: [] }, ["i", "j"]] }, k: {} };
  const written = (style: Partial<Style>, column = 0) => printBlock(value, column, { ...defaultStyle, ...style });

  test("is indented as the text around it", () => {
    assert.equal(written({}), "a: b\nc:\n  d:\n  - e\n  - f: g\n    h: []\n  - - i\n    - j\nk: {}");
    assert.equal(
      written({ indent: 4, sequenceIndent: 2, dashWidth: 4 }),
      "a: b\nc:\n    d:\n      -   e\n      -   f: g\n          h: []\n      -   -   i\n          -   j\nk: {}",
    );
  });

  test("starts each line but the first at its column", () => {
    assert.equal(written({}, 3), written({}).replaceAll("\n", "\n   "));
    assert.equal(written({ lineBreak: "\r\n" }, 3), written({}).replaceAll("\n", "\r\n   "));
  });

  test("that is empty, or no collection, is on the line of its key or dash", () => {
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

  test("has its keys quoted where a text would be", () => {
    assert.equal(printEntry("yes", "a", 0, defaultStyle), '"yes": a');
    assert.equal(printEntry("5", { "a: b": "c" }, 0, defaultStyle), '"5":\n  "a: b": c');
  });
});

test("an element that goes into many texts is written for each as its layout asks", () => {
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
