import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { dump } from "js-yaml";
import { readPlain } from "../../src/yaml/fast/read";
import { parse } from "../../src/yaml/parse";
import { projectionOf } from "../../src/yaml/projection";
import { toValue } from "../../src/yaml/to-value";
import { fixtureNames, inputOf, itemTextsOf } from "../support/fixture";
import { withoutPrototypes } from "../support/load";
import { otherObject, workload } from "../support/object-arbitrary";
import { property } from "../support/property";
import { asWritten, atItsWorst, resourceList } from "../support/resource-list-arbitrary";
import { plain } from "../support/tree";
import { anyCollection, visible, yamlText } from "../support/yaml-arbitrary";

/*
 * Texts that are only read don't need the parser. The value must be the same as the parser's, in the same order;
 * anything that might be an error is left to the parser.
 */

/**
 * Fails if `readPlain` returns a value for a text that the parser reads differently or refuses.
 *
 * @returns false if `readPlain` leaves the text to the parser, so that there is nothing to compare.
 */
function assertAgrees(text: string): boolean {
  const value = readPlain(text);
  if (value === undefined) return false;
  const node = parse(text);
  assert.notEqual(node, undefined);
  if (node !== undefined) assert.equal(JSON.stringify(value), JSON.stringify(toValue(node)), visible(text));
  return true;
}

const read: Readonly<Record<string, readonly [text: string, value: unknown]>> = {
  "mappings and lists, at the column of their key and deeper": [
    "a:\n- b: 1\n  c:\n    - d\n    - - e\nf:\n  g: h\n",
    { a: [{ b: 1, c: ["d", ["e"]] }], f: { g: "h" } },
  ],
  "empty values": ["a:\nb: {}\nc: []\nd: ''\ne:\n-\n- f:\n", { a: null, b: {}, c: [], d: "", e: [null, { f: null }] }],
  "scalars by the core schema": [
    'a: 0o17\nb: yes\nc: "1"\nd: 1.5\ne: ~\nf: 9007199254740993\n',
    { a: 15, b: "yes", c: "1", d: 1.5, e: null, f: "9007199254740993" },
  ],
  "quoted scalars, and the escapes that exist in JSON": [
    `a: 'it''s'\n"b": "\\"c\\" \\n"\n'd e': f # "g"\n`,
    { a: "it's", b: '"c" \n', "d e": "f" },
  ],
  "backslashes in single quotes": ["a: '\\d'\nb: 'c:\\'\n", { a: "\\d", b: "c:\\" }],
  "colons and hashes within words": [
    "a: b:c #d\ne: f#g\n--listen=:8080: -h\ni# j :k: l# m :n\n",
    { a: "b:c", e: "f#g", "--listen=:8080": "-h", "i# j :k": "l# m :n" },
  ],
  literals: [
    "a: |\n  b\n\n    c # d\n\n# e\nf: |-\n\n  g: h\ni:\n- |\n  j\n",
    { a: "b\n\n  c # d\n", f: "\ng: h", i: ["j\n"] },
  ],
  "a literal with trailing spaces in its lines": ["a: |\n  b \n  c  \n", { a: "b \nc  \n" }],
  "flow lists of words": ['a: [b, "c d", 1.5,e]\n', { a: ["b", "c d", 1.5, "e"] }],
  "a flow list at a large offset": [`${"#\n".repeat(5000)}a: [b]\n`, { a: ["b"] }],
  "comments and blank lines anywhere": ["# a\n\nb: # c\n      # d\n  e: f\n   \n# g\n", { b: { e: "f" } }],
  "characters outside of ASCII": [
    "# für Zürich\na: größer # 東京\n'é': \"東京\"\nb: |\n  ünter\n",
    { a: "größer", é: "東京", b: "ünter\n" },
  ],
  "a document marker": ["# a\n---\nb: c\n", { b: "c" }],
  "the last value of a duplicate key": ["a: 1\nb: 2\na: 3\n", { a: 3, b: 2 }],
  "keys that every object inherits": [
    "__proto__: a\nconstructor:\n  b: c\n",
    JSON.parse('{"__proto__": "a", "constructor": {"b": "c"}}'),
  ],
};

describe("reads without the parser:", () => {
  for (const [name, [text, value]] of Object.entries(read)) {
    test(name, () => {
      assert.deepEqual(withoutPrototypes(readPlain(text)), withoutPrototypes(value));
      assertAgrees(text);
    });
  }

  test("the items of all but a few fixtures, as kpt sends them", () => {
    const items = fixtureNames.flatMap((name) => itemTextsOf(inputOf(name)));
    const count = items.filter((text) => readPlain(text) !== undefined).length;
    assert.ok(count > 150, `${count} of ${items.length}`);
  });
});

const left: Readonly<Record<string, string>> = {
  "an alias and an anchor": "a: &b c\nd: *b\n",
  "a tag": "a: !!str 1\n",
  "a merge key": "a:\n  <<: b\n",
  "a folded scalar": "a: >\n  b\n",
  "a literal that keeps its blank lines": "a: |+\n  b\n\n",
  "a literal with an explicit indentation": "a: |2\n  b\n",
  "a literal with a line of spaces": "a: |\n  b\n     \n  c\n",
  "a literal without lines": "a:\n  b: |\n  c: d\n",
  "a comment between a literal's indentation and its key's": "a: |\n    b\n  # c\n",
  "a scalar of two lines": "a: b\n  c\n",
  "a scalar below its key": "a:\n  b\n",
  "a quoted scalar of two lines": 'a: "b\n  c"\n',
  "an escape that JSON doesn't have": 'a: "\\x41"\n',
  "an escape in a key that JSON doesn't have": 'a: b\n"\\x63": d\n',
  "a flow mapping": "a: {b: c}\n",
  "a flow list with words that need quotes": "a: [b c, d]\n",
  "a flow list that is too long": `-\n- [${"a, ".repeat(4000)}a]\n`,
  "an explicit key": "? a\n: b\n",
  "white space before a colon": "a : b\n",
  tabs: "a:\tb\n",
  "a tab in a key, with a colon at offset 1": "a:\n  b\tc: d\n",
  "carriage returns": "a: b\r\nc: d\r\n",
  "a byte order mark": "\ufeffa: b\n",
  "characters of two UTF-16 code units": "a: \u{1f600}\n",
  "a second document": "a: b\n---\nc: d\n",
  "an empty document": "---\n---\na: b\n",
  "an end line": "a: b\n...\n",
  "an end line at the start": "...\na: b\n",
  "an end line with a key": "... a: b\n",
  "a directive": "%YAML 1.2\n---\na: b\n",
  "a text without a final line break": "a: b",
  "a text that is one scalar": "a\n",
  "a blank text": "\n",
  "nesting that is deeper than in any object": `${"- ".repeat(150)}a\n`,
  "a key that is too long": `${"a".repeat(1200)}: b\n`,
};

describe("reads a text of", () => {
  // The array of code units starts with a length of 16,384, and grows.
  for (const length of [16_383, 16_384, 16_385, 50_000]) {
    test(`${length} characters`, () => {
      const value = "a".repeat(length - 14);
      assert.deepEqual({ ...(readPlain(`key: b\nlast: ${value}\n`) as object) }, { key: "b", last: value });
      // In UTF-8, this text has more bytes than characters, so only a part of it can fit into the array of bytes.
      const longer = `${value.slice(1)}東`;
      assert.deepEqual({ ...(readPlain(`key: b\nlast: ${longer}\n`) as object) }, { key: "b", last: longer });
    });
  }
});

describe("leaves to the parser:", () => {
  for (const [name, text] of Object.entries(left)) test(name, () => assert.equal(readPlain(text), undefined));
});

const broken: Readonly<Record<string, string>> = {
  "a mapping on the line of a document marker": "--- a: b\n",
  "a key that is indented too far": "a: b\n   c: d\n",
  "a key that is not indented enough": "  a: b\n c: d\n",
  "an element at the column of keys": "a: b\n- c\n",
  "a key at the column of elements that are deeper than their key": "a:\n  - b\n  c: d\n",
  "a key at the column of elements": "- a\nb: c\n",
  "a mapping after a value": "a: b: c\n",
  "a colon at the end of a value": "a: b:\n",
  "text after a quoted scalar": 'a: "b" c\n',
  "a comment directly after a quoted scalar": 'a: "b"# c\n',
  "a quote that is not closed": "a: 'b\n",
  "a key's quote that is not closed": 'a: b\n"c\n',
  "another quote directly after a quoted scalar": `a: "b"'c"\n`,
  "an element on the line of a key": "a: - b\n",
  "a bracket that is not closed": "a: [b\n",
  "a brace that is not closed": "a: {b\n",
  "a bracket that is not closed, after an element without a value": "-\n- [b\n",
  "a control character in double quotes": 'a: "b\u0001"\n',
  "a control character in single quotes": "a: 'b\u0001'\n",
  "a literal that starts with a deeper blank line": "a: |\n     \n  b\n",
};

describe("does not read invalid YAML:", () => {
  for (const [name, text] of Object.entries(broken)) {
    test(name, () => {
      assert.equal(readPlain(text), undefined);
      assert.throws(() => parse(text));
    });
  }
});

describe("with a projection", () => {
  const text = "a:\n  b: 1\n  c: [d]\ne:\n- f: |\n    g\n  h: {}\n- i\nj: k\n";

  test("keeps only its keys, in lists too", () => {
    const projection = projectionOf({ a: { b: "entire" }, e: { f: "entire" } });
    assert.deepEqual(
      withoutPrototypes(readPlain(text, 0, text.length, projection)),
      withoutPrototypes({
        a: { b: 1 },
        e: [{ f: "g\n" }, "i"],
      }),
    );
  });

  test("checks what it does not keep", () => {
    const wrong = `${text}l: [m\n`;
    assert.equal(readPlain(wrong, 0, wrong.length, projectionOf({ j: "entire" })), undefined);
  });

  test("reads a part of a text", () => {
    const whole = `x: y\n${text}z: *a\n`;
    assert.deepEqual(
      withoutPrototypes(readPlain(whole, 5, 5 + text.length, projectionOf({ j: "entire" }))),
      withoutPrototypes({ j: "k" }),
    );
  });
});

/** Kubernetes objects as kpt and kustomize print them: most of these texts are read without the parser. */
const hostText = fc
  .oneof(workload("web"), otherObject("web"), anyCollection)
  .map((tree) => dump(plain(tree), { lineWidth: -1, noRefs: true }));

property(
  "reads every text as the parser does, or leaves it to the parser",
  fc.oneof(
    yamlText().map(({ text }) => text),
    hostText,
  ),
  assertAgrees,
  0.25,
);

property(
  "reads every item of a list as the parser does, or leaves it to the parser",
  fc.oneof(resourceList({}), resourceList(asWritten), resourceList(atItsWorst)),
  ({ text }) => itemTextsOf(text).filter(assertAgrees).length > 0,
  0.1,
);

property("reads most texts of hosts", hostText, assertAgrees, 0.6);

/** Characters with a meaning in YAML. */
const marks = [
  " ",
  "  ",
  "\n",
  "\n  ",
  "\n- ",
  "- ",
  ": ",
  ":",
  " #",
  "#",
  "'",
  '"',
  "|",
  "|-",
  ">",
  "[",
  "]",
  "{",
  "}",
  ",",
].concat([
  "? ",
  "!",
  "&a",
  "*a",
  "<<",
  "---\n",
  "...\n",
  "\\",
  "\t",
  "\r\n",
  "é",
  "~",
  "%",
  "@",
  "`",
  "\u2028",
  "\n\n",
]);

const fraction = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** A change to a text: a mark inserted, characters deleted, or characters copied to another offset. */
const change = fc.record({
  at: fraction,
  mark: fc.constantFrom(...marks),
  length: fc.nat(8),
  from: fraction,
  kind: fc.constantFrom("insert", "delete", "copy"),
});

const unchangedText = fc.oneof(
  hostText,
  fc.constantFrom(...fixtureNames.flatMap((name) => itemTextsOf(inputOf(name)))),
);

property(
  "reads a text with random changes as the parser does, or leaves it to the parser",
  fc.tuple(unchangedText, fc.array(change, { minLength: 1, maxLength: 4 })),
  ([original, changes]) => {
    const text = changes.reduce((before, { at, mark, length, from, kind }) => {
      const offset = Math.floor(at * before.length);
      const copied = Math.floor(from * before.length);
      const added = kind === "insert" ? mark : kind === "copy" ? before.slice(copied, copied + length * 3) : "";
      return before.slice(0, offset) + added + before.slice(offset + (kind === "delete" ? length : 0));
    }, original);
    return assertAgrees(text);
  },
  0.05,
);
