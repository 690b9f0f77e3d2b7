import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyEdits, type Edit } from "../../src/yaml/edit";
import {
  fillEmpty,
  hasPlainKeys,
  insertElements,
  insertEntries,
  removeElements,
  removeEntries,
  replaceValue,
  requireEditable,
  restoreEmpty,
} from "../../src/yaml/edit-nodes";
import { type Entry, findEntry, type MappingNode, type Node, type SequenceNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { detectStyle, type Style } from "../../src/yaml/style";
import type { Value } from "../../src/yaml/value";

/*
 * Each kind of edit to a node, in each style of text.
 */

const mappingOf = (text: string) => parse(text) as MappingNode;
const listOf = (text: string) => parse(text) as SequenceNode;
const styleOf = (text: string) => detectStyle(text, parse(text) as Node);

/** The entry `a` of a text's mapping. */
function entryOf(text: string): Entry {
  return findEntry(mappingOf(text), "a") ?? assert.fail("there must be a key a");
}

/** Asserts that a change is refused with a message, at the offset that `¦` marks. */
function assertRefused(marked: string, change: (text: string) => unknown, message: string, advice?: string): void {
  const text = marked.replace("¦", "");
  assert.throws(() => change(text), { name: "YamlError", message, offset: marked.indexOf("¦"), advice });
}

describe("requireEditable", () => {
  const editable = (text: string) => requireEditable(entryOf(text).value);

  test("accepts a node that nothing else depends on", () => {
    for (const value of ["b", "[b]", "\n  b: c", "&x b", "", "|\n  b"]) editable(`a: ${value}\n`);
  });

  test("refuses an alias, a node that an alias refers to, and a node with a tag", () => {
    for (const [marked, message, advice] of [
      ["x: &x b\na: ¦*x\n", "it is a YAML alias", "Replace the alias with its value"],
      ["a: &x ¦[b]\nx: *x\n", "a YAML alias elsewhere refers to it", "Replace that alias with a copy of the value"],
      ["a: !!seq ¦[b]\n", "it has an explicit tag", "Remove the tag"],
    ] as const)
      assertRefused(marked, editable, `can't be edited: ${message}`, advice);
  });
});

describe("replaceValue replaces the value of a key", () => {
  const replaced = (text: string, value: Value, style: Partial<Style> = {}) =>
    applyEdits(text, [
      replaceValue({ text, style: { ...styleOf(text), ...style } }, mappingOf(text), entryOf(text), value),
    ]);

  test("on its line, and keeps the comment after it", () => {
    assert.equal(replaced("a: b # c\nd: e\n", "f"), "a: f # c\nd: e\n");
    assert.equal(replaced("a: 'b'\n", 5), "a: 5\n");
    assert.equal(replaced("a:\nd: e\n", "f"), "a: f\nd: e\n");
    assert.equal(replaced("a :  b\n", "f"), "a : f\n");
  });

  test("with all of its lines", () => {
    assert.equal(replaced("a: |\n  b\n  c\n\nd: e\n", "f"), "a: f\n\nd: e\n");
    assert.equal(replaced("a:\n  b: c\n  d: e\nf: g\n", "h"), "a: h\nf: g\n");
    assert.equal(replaced("a: &x\n  b: c\nf: g\n", "h"), "a: h\nf: g\n");
  });

  test("in block style if the mapping is in block style", () => {
    assert.equal(replaced("a: b\n", { c: ["d"] }), "a:\n  c:\n  - d\n");
    assert.equal(replaced("x:\n    y: z\na: b\n", { c: "d" }), "x:\n    y: z\na:\n    c: d\n");
    assert.equal(replaced("a: b\n", ["c"], { sequenceIndent: 2, dashWidth: 4 }), "a:\n  -   c\n");
    assert.equal(replaced("a: b\r\n", { c: "d" }), "a:\r\n  c: d\r\n");
  });

  test("on one line if the mapping is in braces", () => {
    assert.equal(replaced("{a: b, c: d}\n", { e: ["f"] }), "{a: {e: [f]}, c: d}\n");
    assert.equal(replaced('{"a": 1}\n', { e: ["f"] }), '{"a": {"e": ["f"]}}\n');
  });

  test("unless the key is not written plainly, or has no colon", () => {
    const replace = (text: string) => replaced(text, "f");
    const plainly = "can't be edited: its keys must be written as `key: value`, without `?`, an anchor, or a tag";
    assertRefused("¦? a\n: b\n", replace, plainly);
    assertRefused("¦&x a: b\n", replace, plainly);
    assertRefused("{¦a}\n", replace, "can't be edited: the key has no colon");
    assertRefused("{¦a, b: c}\n", replace, "can't be edited: the key has no colon");
  });
});

describe("fillEmpty sets an empty value", () => {
  const filled = (text: string, value: Value = { b: ["c"] }) =>
    applyEdits(text, [fillEmpty({ text, style: styleOf(text) }, mappingOf(text), entryOf(text), value)]);

  test("without moving any line", () => {
    assert.equal(filled("a: {} # d\ne: f\n"), "a: {b: [c]} # d\ne: f\n");
    assert.equal(filled("a: null\n"), "a: {b: [c]}\n");
    assert.equal(filled("a:\n"), "a: {b: [c]}\n");
    assert.equal(filled("a: # d\n"), "a: {b: [c]} # d\n");
    assert.equal(filled("a: []\n", ["b", 1]), "a: [b, 1]\n");
  });

  test("as JSON in JSON", () => {
    assert.equal(filled('{"a": {}}\n'), '{"a": {"b": ["c"]}}\n');
    assert.equal(filled('{"a": null}\n', ["b"]), '{"a": ["b"]}\n');
  });

  test("unless it is after a tab, which js-yaml accepts only in flow collections", () => {
    const message = "can't be edited: a space must be before the value, not a tab";
    assertRefused("a:\t¦~\n", (text) => filled(text), message);
    assertRefused("a: \t ¦null\n", (text) => filled(text), message);
    assert.equal(filled("{a:\t~}\n"), "{a:\t{b: [c]}}\n");
    assert.equal(filled("a:\t\n  ~\n"), "a:\t\n  {b: [c]}\n");
    assert.equal(filled("a:\t\n"), "a: {b: [c]}\t\n");
  });

  test("unless there is no colon", () => {
    assertRefused("{¦a}\n", (text) => filled(text), "can't be edited: the key has no colon");
    assertRefused("{¦a, :b}\n", (text) => filled(text), "can't be edited: the key has no colon");
  });
});

describe("restoreEmpty replaces a value", () => {
  const emptied = (text: string, original: string) => applyEdits(text, restoreEmpty(text, entryOf(text), original));

  test("with what was there before fillEmpty", () => {
    for (const before of ["a: {} # d\n", "a: []\ne: f\n", "a: null\n", "a: ~\n", "a:\n", "a: # d\n"]) {
      const entry = entryOf(before);
      const text = applyEdits(before, [
        fillEmpty({ text: before, style: styleOf(before) }, mappingOf(before), entry, { b: "c" }),
      ]);
      assert.equal(emptied(text, before.slice(entry.value.start, entry.value.end)), before);
    }
  });

  test("with nothing, and removes one space before it", () => {
    assert.equal(emptied("a: {b: c}\n", ""), "a:\n");
    assert.equal(emptied("a:  {b: c}\n", ""), "a: \n");
    assert.equal(emptied('{"a":{"b": "c"}}\n', ""), '{"a":}\n');
  });

  test("after its key if it is a block collection", () => {
    assert.equal(emptied("a:\n  b: c\nd: e\n", "{}"), "a: {}\nd: e\n");
    assert.equal(emptied("a:\n- b # c\nd: e\n", "[]"), "a: []\nd: e\n");
    assert.equal(emptied("a:\n-\n- b\nd: e\n", "[]"), "a: []\nd: e\n");
    assert.equal(emptied("a:\n  b: c\nd: e\n", ""), "a:\nd: e\n");
    assert.equal(emptied("a:\r\n  b: c\r\nd: e\r\n", "~"), "a: ~\r\nd: e\r\n");
    assert.equal(emptied("a:\n  b: c", "{}"), "a: {}");
    assert.equal(emptied("a: # d\n  # e\n  b: c\n", "{}"), "a: {} # d\n  # e\n");
    assert.equal(emptied("a: &x # d\n  b: c\n", "{}"), "a: &x {} # d\n");
    assert.equal(emptied("a:  &xyz\n  b: c\n", "{}"), "a:  &xyz {}\n");
    assert.equal(emptied("a:\n  &x\n  b: c\n", "{}").startsWith("a: {}"), true);
    assert.equal(emptied("a:\n  b: |\n    c\n\nd: e\n", "{}"), "a: {}\n\nd: e\n");
  });
});

describe("hasPlainKeys", () => {
  const isPlain = (text: string) => hasPlainKeys(text, mappingOf(text));

  test("accepts keys that start at the mapping's column", () => {
    for (const text of ["a: b\n'c': d\n", "{a: b}\n", "{? a : b}\n", "{}\n"]) assert.ok(isPlain(text), text);
  });

  test("rejects keys after a question mark, an anchor or a tag", () => {
    for (const text of ["? a\n: b\n", "a: b\n? c\n: d\n", "&x a: b\n", "c: d\n&x a: b\n", "!!str a: b\n"]) {
      assert.ok(!isPlain(text), text);
    }
    for (const text of ["? |\n  a\n: b\n", "a: b\n? >-\n  c\n: d\n"]) assert.ok(!isPlain(text), text);
    const [pair] = listOf("[a: b]\n").elements;
    assert.ok(!hasPlainKeys("[a: b]\n", pair as MappingNode));
  });
});

describe("insertion and removal", () => {
  const withElements = (text: string, index: number, values: readonly Value[]) =>
    applyEdits(text, [insertElements({ text, style: styleOf(text) }, listOf(text), index, values)]);

  test("give a new element the dash width of its list", () => {
    assert.equal(withElements("-   a: b\n", 1, [{ c: "d", e: "f" }]), "-   a: b\n-   c: d\n    e: f\n");
    assert.equal(withElements("- a\n", 0, ["b", "c"]), "- b\n- c\n- a\n");
  });

  test("give a new element the dash width of other lists if its list doesn't show one", () => {
    const text = "a:\n-   b\nc:\n-\n    d: e\n";
    const list = findEntry(mappingOf(text), "c")?.value as SequenceNode;
    const edit = insertElements({ text, style: styleOf(text) }, list, 1, [{ f: 1, g: 2 }]);
    assert.equal(applyEdits(text, [edit]), `${text}-   f: 1\n    g: 2\n`);
  });

  test("are refused if the keys are not written plainly", () => {
    const changes: Readonly<Record<string, (text: string) => Edit | Edit[]>> = {
      inserted: (text) => insertEntries({ text, style: styleOf(text) }, mappingOf(text), 0, { b: "c" }),
      removed: (text) => removeEntries(text, mappingOf(text), new Set([0])),
    };
    for (const edit of Object.values(changes)) {
      assertRefused(
        "¦? a\n: b\nc: d\n",
        edit,
        "can't be edited: its keys must be written as `key: value`, without `?`, an anchor, or a tag",
      );
    }
  });

  test("work in block and flow collections", () => {
    const without = (text: string) => applyEdits(text, removeEntries(text, mappingOf(text), new Set([0])));
    assert.equal(without("a: b\nc: d\n"), "c: d\n");
    assert.equal(without("{a: b, c: d}\n"), "{c: d}\n");
    const list = (text: string) => applyEdits(text, removeElements(text, listOf(text), new Set([1])));
    assert.equal(list("- a\n- b\n"), "- a\n");
    assert.equal(list("[a, b]\n"), "[a]\n");
  });
});
