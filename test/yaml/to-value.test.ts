import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Node, SequenceNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { toValue } from "../../src/yaml/to-value";
import { get, isMapping, type Mapping, type Value } from "../../src/yaml/value";
import { coreValue, withoutPrototypes } from "../support/load";

/*
 * The value of a text by the YAML 1.2 core schema, with merge keys as kustomize and kubectl read them.
 */

describe("a plain scalar", () => {
  const cases: readonly (readonly [string, Value])[] = [
    ["", null],
    ["~", null],
    ["null", null],
    ["Null", null],
    ["NULL", null],
    ["nul", "nul"],
    ["true", true],
    ["False", false],
    ["yes", "yes"],
    ["off", "off"],
    ["0", 0],
    ["-5", -5],
    ["+5", 5],
    ["0o17", 15],
    ["0x1f", 31],
    ["0b11", "0b11"],
    ["-0x1f", "-0x1f"],
    ["017", 17],
    ["1_000", "1_000"],
    ["1.5", 1.5],
    [".5", 0.5],
    ["1e3", 1000],
    [".inf", Number.POSITIVE_INFINITY],
    ["-.INF", Number.NEGATIVE_INFINITY],
    [".nan", Number.NaN],
    ["12:30", "12:30"],
    ["2001-01-01", "2001-01-01"],
    ["50m", "50m"],
    [".a", ".a"],
    ["é", "é"],
    // An integer that a JavaScript number can't represent is read as its text, so that it is printed unchanged.
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", "9007199254740992"],
    ["-9007199254740993", "-9007199254740993"],
    ["1e300", "1e300"],
  ];
  for (const [text, value] of cases) {
    test(`${text || "(empty)"} is ${typeof value === "string" ? "a string" : String(value)}`, () => {
      assert.deepEqual(toValue((parse(`- ${text}\n`) as SequenceNode).elements[0] as Node), value);
    });
  }
});

test("a scalar that is quoted, in block style or tagged as a string is a string", () => {
  for (const text of ['"5"', "'5'", "! 5", "!!str 5", "!<tag:yaml.org,2002:str> 5"]) {
    assert.deepEqual(coreValue(`- ${text}\n`), ["5"]);
  }
  assert.deepEqual(coreValue("- |-\n  5\n- >-\n  true\n"), ["5", "true"]);
});

test("any other tag doesn't change the type of a scalar", () => {
  assert.deepEqual(coreValue("- !!int 5\n- !custom 5\n- !custom text\n"), [5, 5, "text"]);
});

describe("a merge key", () => {
  const anchors = "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\n";
  const merged = (lines: string) => withoutPrototypes(get(coreValue(`${anchors}x:\n${lines}`), "x"));

  test("adds what the mapping itself doesn't have, before or after it", () => {
    assert.deepEqual(merged("  <<: *one\n  b: 3\n"), withoutPrototypes({ b: 3, a: 1 }));
    assert.deepEqual(merged("  b: 3\n  <<: *one\n"), withoutPrototypes({ b: 3, a: 1 }));
  });

  test("adds the value of the first of several mappings", () => {
    assert.deepEqual(merged("  <<: [*two, *one]\n"), withoutPrototypes({ b: 2, c: 2, a: 1 }));
    assert.deepEqual(merged("  <<: *one\n  <<: *two\n"), withoutPrototypes({ a: 1, b: 1, c: 2 }));
  });

  test("adds the entries of a mapping that is written in place", () => {
    assert.deepEqual(merged("  <<: {d: 4}\n"), withoutPrototypes({ d: 4 }));
  });

  test("adds nothing if its value is not a mapping", () => {
    for (const source of ["text", "5", "~", "[a, ~]", "[[{d: 4}]]"]) {
      assert.deepEqual(merged(`  <<: ${source}\n  d: 4\n`), withoutPrototypes({ d: 4 }));
    }
  });

  test("in quotes or tagged as a string is a key like any other", () => {
    assert.deepEqual(merged('  "<<": *one\n'), withoutPrototypes({ "<<": { a: 1, b: 1 } }));
    assert.deepEqual(merged("  !!str <<: *one\n"), withoutPrototypes({ "<<": { a: 1, b: 1 } }));
    for (const tag of ["!!merge", "!<tag:yaml.org,2002:merge>"]) {
      assert.deepEqual(merged(`  ${tag} <<: *one\n`), withoutPrototypes({ a: 1, b: 1 }));
    }
  });
});

describe("a mapping", () => {
  test("with a duplicate key has the last value", () => {
    assert.deepEqual(coreValue("a: 1\nb: 2\na: 3\n"), withoutPrototypes({ a: 3, b: 2 }));
  });

  test("ignores keys that are not scalars", () => {
    assert.deepEqual(coreValue("? [a]\n: b\nc: d\n"), withoutPrototypes({ c: "d" }));
  });

  test("is read only for the requested keys", () => {
    const root = parse("a: &x {k: 1}\nb: [2]\nc: *x\n<<: {d: 4}\n") as Node;
    assert.deepEqual(Object.keys(toValue(root, new Set(["b", "c"])) as Mapping), ["b", "c", "d"]);
  });

  test("that was read in part is read completely the next time", () => {
    const node = parse("&x {a: 1, b: 2}\n") as Node;
    assert.deepEqual(withoutPrototypes(toValue(node, new Set(["a"]))), withoutPrototypes({ a: 1 }));
    assert.deepEqual(withoutPrototypes(toValue(node)), withoutPrototypes({ a: 1, b: 2 }));
    assert.deepEqual(withoutPrototypes(toValue(node, new Set(["a"]))), withoutPrototypes({ a: 1 }));
  });
});

test("aliases share the value of their target, so that an alias bomb stays small", () => {
  const lines = ["a0: &a0 {k: v}", "l0: &l0 [x]"];
  for (let i = 1; i <= 40; i++) lines.push(`a${i}: &a${i} {k: *a${i - 1}, l: *a${i - 1}}`);
  for (let i = 1; i <= 40; i++) lines.push(`l${i}: &l${i} [*l${i - 1}, *l${i - 1}]`);
  const value = toValue(parse(`${lines.join("\n")}\n`) as Node);
  assert.ok(isMapping(value));
  assert.equal(get(value, "a40", "k"), get(value, "a40", "l"));
  const list = value["l40"] as readonly Value[];
  assert.equal(list[0], list[1]);
});
