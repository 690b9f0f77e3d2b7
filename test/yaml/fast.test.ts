import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { readResourceList } from "../../src/krm/resource-list";
import { readPlain } from "../../src/yaml/fast/read";
import { parse } from "../../src/yaml/parse";
import { projectionOf } from "../../src/yaml/projection";
import { toValue } from "../../src/yaml/to-value";
import { fixtureNames, inputOf } from "../support/fixture";
import { withoutPrototypes } from "../support/load";
import { property } from "../support/property";
import { asWritten, atItsWorst, resourceList } from "../support/resource-list-arbitrary";
import { visible, yamlText } from "../support/yaml-arbitrary";

/*
 * Texts that are only looked at are read without the parser. What is read must be what the parser reads, in the same
 * order; whatever is not plainly right is left to it.
 */

/** Fails where a text is read otherwise than by the parser, or read although the parser refuses it. */
function mustAgree(text: string): void {
  const value = readPlain(text);
  if (value === undefined) return;
  const node = parse(text);
  assert.notEqual(node, undefined);
  if (node !== undefined) assert.equal(JSON.stringify(value), JSON.stringify(toValue(node)), visible(text));
}

const read: Readonly<Record<string, readonly [text: string, value: unknown]>> = {
  "mappings and lists, at their key's column and further in": [
    "a:\n- b: 1\n  c:\n    - d\n    - - e\nf:\n  g: h\n",
    { a: [{ b: 1, c: ["d", ["e"]] }], f: { g: "h" } },
  ],
  "what is empty": ["a:\nb: {}\nc: []\nd: ''\ne:\n-\n- f:\n", { a: null, b: {}, c: [], d: "", e: [null, { f: null }] }],
  "scalars by the core schema": [
    'a: 0o17\nb: yes\nc: "1"\nd: 1.5\ne: ~\nf: 9007199254740993\n',
    { a: 15, b: "yes", c: "1", d: 1.5, e: null, f: "9007199254740993" },
  ],
  "quotes, and the escapes that JSON has": [
    `a: 'it''s'\n"b": "\\"c\\" \\n"\n'd e': f # "g"\n`,
    { a: "it's", b: '"c" \n', "d e": "f" },
  ],
  "backslashes between single quotes": ["a: '\\d'\nb: 'c:\\'\n", { a: "\\d", b: "c:\\" }],
  "colons and hashes within words": [
    "a: b:c #d\ne: f#g\n--listen=:8080: -h\ni# j :k: l# m :n\n",
    { a: "b:c", e: "f#g", "--listen=:8080": "-h", "i# j :k": "l# m :n" },
  ],
  literals: [
    "a: |\n  b\n\n    c # d\n\n# e\nf: |-\n\n  g: h\ni:\n- |\n  j\n",
    { a: "b\n\n  c # d\n", f: "\ng: h", i: ["j\n"] },
  ],
  "a literal with white space at its lines' ends": ["a: |\n  b \n  c  \n", { a: "b \nc  \n" }],
  "lists of words between brackets": ['a: [b, "c d", 1.5,e]\n', { a: ["b", "c d", 1.5, "e"] }],
  "a list between brackets far down": [`${"#\n".repeat(5000)}a: [b]\n`, { a: ["b"] }],
  "comments and blank lines anywhere": ["# a\n\nb: # c\n      # d\n  e: f\n   \n# g\n", { b: { e: "f" } }],
  "the marker of a document": ["# a\n---\nb: c\n", { b: "c" }],
  "the last of several values of a key": ["a: 1\nb: 2\na: 3\n", { a: 3, b: 2 }],
  "a key that every object inherits": [
    "__proto__: a\nconstructor:\n  b: c\n",
    JSON.parse('{"__proto__": "a", "constructor": {"b": "c"}}'),
  ],
};

describe("read without the parser:", () => {
  for (const [what, [text, value]] of Object.entries(read)) {
    test(what, () => {
      assert.deepEqual(withoutPrototypes(readPlain(text)), withoutPrototypes(value));
      mustAgree(text);
    });
  }

  test("the items that kpt sends, for all but a few fixtures", () => {
    const items = fixtureNames.flatMap((name) => itemsOf(inputOf(name)));
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
  "a literal with its indentation given": "a: |2\n  b\n",
  "a literal with a line of white space": "a: |\n  b\n     \n  c\n",
  "a literal without lines": "a:\n  b: |\n  c: d\n",
  "a comment between a literal's indentation and its key's": "a: |\n    b\n  # c\n",
  "a scalar of two lines": "a: b\n  c\n",
  "a scalar below its key": "a:\n  b\n",
  "quotes over two lines": 'a: "b\n  c"\n',
  "an escape that JSON has not": 'a: "\\x41"\n',
  "an escape in a key that JSON has not": 'a: b\n"\\x63": d\n',
  "a mapping between braces": "a: {b: c}\n",
  "words between brackets that want quotes": "a: [b c, d]\n",
  "a list between brackets that is too long": `-\n- [${"a, ".repeat(4000)}a]\n`,
  "an explicit key": "? a\n: b\n",
  "white space in front of a colon": "a : b\n",
  tabs: "a:\tb\n",
  "a tab, with a key's colon at the text's second place": "a:\n  b\tc: d\n",
  "carriage returns": "a: b\r\nc: d\r\n",
  "a byte order mark": "\ufeffa: b\n",
  "characters of two units": "a: \u{1f600}\n",
  "a second document": "a: b\n---\nc: d\n",
  "a document that is empty": "---\n---\na: b\n",
  "the end of a document": "a: b\n...\n",
  "the end of a document in front": "...\na: b\n",
  "the end of a document in front of a key": "... a: b\n",
  "a directive": "%YAML 1.2\n---\na: b\n",
  "a text without its last line break": "a: b",
  "a scalar alone": "a\n",
  "nothing at all": "\n",
  "a nesting that is deeper than any object's": `${"- ".repeat(150)}a\n`,
  "a key that is too long": `${"a".repeat(1200)}: b\n`,
};

describe("a text of many characters", () => {
  // The array that units are read from starts with room for 16,384, and grows.
  for (const length of [16_383, 16_384, 16_385, 50_000]) {
    test(`such as ${length}`, () => {
      const value = "a".repeat(length - 14);
      assert.deepEqual({ ...(readPlain(`key: b\nlast: ${value}\n`) as object) }, { key: "b", last: value });
    });
  }
});

describe("left to the parser:", () => {
  for (const [what, text] of Object.entries(left)) test(what, () => assert.equal(readPlain(text), undefined));
});

const broken: Readonly<Record<string, string>> = {
  "a mapping behind a document's marker": "--- a: b\n",
  "a key that is indented too far": "a: b\n   c: d\n",
  "a key that is indented too little": "  a: b\n c: d\n",
  "an element beside keys": "a: b\n- c\n",
  "a key beside elements that stand further in than their key": "a:\n  - b\n  c: d\n",
  "a key beside elements": "- a\nb: c\n",
  "a mapping behind a value": "a: b: c\n",
  "a colon at the end of a value": "a: b:\n",
  "something behind quotes": 'a: "b" c\n',
  "a comment that touches quotes": 'a: "b"# c\n',
  "quotes that do not end": "a: 'b\n",
  "quotes of a key that do not end": 'a: b\n"c\n',
  "another quote that touches quotes": `a: "b"'c"\n`,
  "an element behind a key": "a: - b\n",
  "a bracket that does not close": "a: [b\n",
  "a brace that does not close": "a: {b\n",
  "a bracket that does not close, below an element without a value": "-\n- [b\n",
  "a control character between quotes": 'a: "b\u0001"\n',
  "a control character between single quotes": "a: 'b\u0001'\n",
  "a literal that starts with a deeper blank line": "a: |\n     \n  b\n",
};

describe("never read, for it is no YAML:", () => {
  for (const [what, text] of Object.entries(broken)) {
    test(what, () => {
      assert.equal(readPlain(text), undefined);
      assert.throws(() => parse(text));
    });
  }
});

describe("of a shape", () => {
  const text = "a:\n  b: 1\n  c: [d]\ne:\n- f: |\n    g\n  h: {}\n- i\nj: k\n";

  test("only its keys are kept, in lists too", () => {
    const shape = projectionOf({ a: { b: "entire" }, e: { f: "entire" } });
    assert.deepEqual(
      withoutPrototypes(readPlain(text, 0, text.length, shape)),
      withoutPrototypes({
        a: { b: 1 },
        e: [{ f: "g\n" }, "i"],
      }),
    );
  });

  test("what is not kept is checked", () => {
    const wrong = `${text}l: [m\n`;
    assert.equal(readPlain(wrong, 0, wrong.length, projectionOf({ j: "entire" })), undefined);
  });

  test("a part of a text is read by itself", () => {
    const whole = `x: y\n${text}z: *a\n`;
    assert.deepEqual(
      withoutPrototypes(readPlain(whole, 5, 5 + text.length, projectionOf({ j: "entire" }))),
      withoutPrototypes({ j: "k" }),
    );
  });
});

property("every text is read as the parser reads it, or left to it", yamlText(), ({ text }) => mustAgree(text));

property("every item of a list too", fc.oneof(resourceList(asWritten), resourceList(atItsWorst)), ({ items }) =>
  items.forEach(mustAgree),
);

/** Characters that mean something somewhere. */
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

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** A change of a text: a mark put in, some characters taken out, or some of them put elsewhere too. */
const change = fc.record({
  at: place,
  mark: fc.constantFrom(...marks),
  length: fc.nat(8),
  from: place,
  kind: fc.constantFrom("put", "take", "copy"),
});

property(
  "so is a text that was changed here and there, and one that the parser refuses is never read",
  fc.tuple(fc.constantFrom(...fixtureNames), place, fc.array(change, { minLength: 1, maxLength: 4 })),
  ([name, which, changes]) => {
    const items = itemsOf(inputOf(name));
    const item = items[Math.floor(which * items.length)];
    if (item === undefined) return;
    const text = changes.reduce((before, { at, mark, length, from, kind }) => {
      const offset = Math.floor(at * before.length);
      const copied = Math.floor(from * before.length);
      const added = kind === "put" ? mark : kind === "copy" ? before.slice(copied, copied + length * 3) : "";
      return before.slice(0, offset) + added + before.slice(offset + (kind === "take" ? length : 0));
    }, item);
    mustAgree(text);
  },
);

function itemsOf(text: string): string[] {
  try {
    return readResourceList(text).items.map((item) => item.text);
  } catch {
    // What is no list has no items.
    return [];
  }
}
