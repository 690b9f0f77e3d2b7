import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Anchors, anchorsForReparse } from "../../src/yaml/anchors";
import type { MappingNode, Node, ScalarNode, SequenceNode } from "../../src/yaml/node";
import { dashes, flowChildren, parse, skipToContent } from "../../src/yaml/parse";
import { toValue } from "../../src/yaml/to-value";
import { UnknownAliasError } from "../../src/yaml/yaml-error";
import { coreValue, withoutPrototypes } from "../support/load";
import { childrenOf } from "../support/node-checks";

/*
 * The ranges of nodes: js-yaml's events contain no end of a collection, and no position of an empty value.
 */

const root = (text: string) => parse(text) ?? assert.fail("there must be a document");
const ofText = (text: string, { start, end }: { start: number; end: number }) => text.slice(start, end);

/** The source of each scalar. For an empty one, the whole text with `¦` at its position. */
function scalarsOf(text: string): string[] {
  const visit = (node: Node): string[] => {
    if (node.kind !== "scalar") return childrenOf(node).flatMap(visit);
    if (!node.absent) return [ofText(text, node)];
    assert.equal(node.end, node.start);
    return [`${text.slice(0, node.start)}¦${text.slice(node.end)}`];
  };
  return visit(root(text));
}

describe("a node's range includes", () => {
  test("a scalar with its quotes", () => {
    assert.deepEqual(scalarsOf("a: b # c\n'd': \"e\"\n"), ["a", "b", "'d'", '"e"']);
  });

  test("the lines of a block scalar, without its header", () => {
    assert.deepEqual(scalarsOf("a: | # b\n  c\n  d\n"), ["a", "  c\n  d\n"]);
  });

  test("the brackets of a flow collection, with any content", () => {
    const texts = [
      "[]",
      "[ # ]\n]",
      "[a, b,]",
      "[a , b , ]",
      "[\"]\", ']']",
      "[[a], {b: c}]",
      "{}",
      "{ }",
      "{a: b}",
      "{a: b,}",
      "{a: [b], c: {d: e} # }\n }",
      "{a, b}",
      "{? a : b}",
      "{'a':b}",
      "{a: }",
      "{: a}",
      "{[a]: b}",
      "{{a: b}: c}",
    ];
    for (const text of texts) assert.equal(ofText(`${text} # c`, root(`${text} # c`)), text);
  });

  test("a pair in brackets without braces", () => {
    for (const pair of ["a: b", "a: {b: c}", "? a : b", "{a: b}: c", "[a]: b", "a: "]) {
      const text = `[x, ${pair}]`;
      const node = (root(text) as SequenceNode).elements[1] as MappingNode;
      assert.equal(node.kind, "mapping");
      assert.equal(ofText(text, node), pair.trimEnd().replace(/^\? /, ""), pair);
    }
  });

  test("a block collection from its first key or dash to the end of its last value", () => {
    const text = "# c\na:\n  - b: c # d\n\n    e: f\n\ng:\n";
    const node = root(text) as MappingNode;
    assert.equal(ofText(text, node), "a:\n  - b: c # d\n\n    e: f\n\ng:");
    const list = node.entries[0]?.value as SequenceNode;
    assert.equal(ofText(text, list), "- b: c # d\n\n    e: f");
    assert.equal(ofText(text, list.elements[0] as Node), "b: c # d\n\n    e: f");
  });

  test("the asterisk of an alias", () => {
    const text = "a: &x b\nc: *x # d\n";
    assert.equal(ofText(text, (root(text) as MappingNode).entries[1]?.value as Node), "*x");
  });
});

describe("an empty value is", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["after its colon", "a:\n", ["a", "a:¦\n"]],
    ["after its colon, at the end of the text", "a:", ["a", "a:¦"]],
    ["after its colon, before a comment", "a: # c\n", ["a", "a:¦ # c\n"]],
    ["after a colon that is not at its key", "a :\n", ["a", "a :¦\n"]],
    ["after the colon on a line of its own", "? a\n:\n", ["a", "? a\n:¦\n"]],
    ["after a key without a colon", "? a\n", ["a", "? a¦\n"]],
    [
      "after a key without a colon, before a key that starts with a colon",
      "? a\n:b: c\n",
      ["a", "? a¦\n:b: c\n", ":b", "c"],
    ],
    ["after a key without a colon, in braces", "{a, b: c}\n", ["a", "{a¦, b: c}\n", "b", "c"]],
    ["after its colon in braces", "{a:, b: c}\n", ["a", "{a:¦, b: c}\n", "b", "c"]],
    ["after its anchor", "a: &x\nb: c\n", ["a", "a: &x¦\nb: c\n", "b", "c"]],
    ["after its tag", "a: !!null\nb: c\n", ["a", "a: !!null¦\nb: c\n", "b", "c"]],
    [
      "after its anchor and tag, in any order",
      "a: &x !!null\nb: !!null &y\n",
      ["a", "a: &x !!null¦\nb: !!null &y\n", "b", "a: &x !!null\nb: !!null &y¦\n"],
    ],
    ["after its dash", "-\n- a\n", ["-¦\n- a\n", "a"]],
    ["after its dash, for the second element", "- a\n-\n", ["a", "- a\n-¦\n"]],
    ["after its dash, before a comment", "- # c\n-\n", ["-¦ # c\n-\n", "- # c\n-¦\n"]],
    ["before its colon", ": a\n", ["¦: a\n", "a"]],
    ["before its colon, for the second key", "a: b\n: c\n", ["a", "b", "a: b\n¦: c\n", "c"]],
    ["before its colon in braces", "{: a}\n", ["{¦: a}\n", "a"]],
    ["before its colon in braces, for the second key", "{a: b, : c}\n", ["a", "b", "{a: b, ¦: c}\n", "c"]],
    ["after its question mark", "?\n: a\n", ["?¦\n: a\n", "a"]],
  ];
  for (const [name, text, scalars] of cases)
    test(`${name}: ${JSON.stringify(text)}`, () => assert.deepEqual(scalarsOf(text), scalars));
});

describe("a scalar's style", () => {
  const styles = (text: string) => (root(text) as SequenceNode).elements.map((node) => (node as ScalarNode).style);

  test("is detected", () => {
    assert.deepEqual(styles("- a\n- 'a'\n- \"a\"\n-\n"), ["plain", "quoted", "quoted", "plain"]);
    assert.deepEqual(styles("- |\n  a\n- >\n  a\n- |-\n  a\n- >-\n  a\n"), ["block", "block", "block", "block"]);
    assert.deepEqual(styles("- |+\n  a\n- >+\n  a\n"), ["block-keep", "block-keep"]);
  });
});

describe("a long scalar", () => {
  const long = "long text ".repeat(1000).trimEnd();
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    plain: [long, "plain"],
    "in double quotes": [`"${long}"`, "quoted"],
    "in single quotes": [`'${long}'`, "quoted"],
    tagged: [long, "plain"],
  };
  for (const [name, [written, style]] of Object.entries(cases)) {
    test(`is read like any other: ${name}`, () => {
      const properties = name === "tagged" ? "&x !!str " : "";
      const text = `a: ${properties}${written} # c\nb: c\n`;
      const value = (root(text) as MappingNode).entries[0]?.value as ScalarNode;
      assert.equal(ofText(text, value), written);
      assert.equal(value.text, long);
      assert.equal(value.kind, "scalar");
      assert.equal(value.style, style);
      assert.equal(value.absent, false);
      assert.equal(value.aliased, false);
      assert.equal(value.anchor, name === "tagged" ? "x" : undefined);
      assert.equal(value.tag, name === "tagged" ? "!!str" : undefined);
    });
  }

  test("is read like any other: block", () => {
    const text = `- |\n  ${long}\n- b\n`;
    const value = (root(text) as SequenceNode).elements[0] as ScalarNode;
    assert.equal(value.text, `${long}\n`);
    assert.equal(value.style, "block");
  });
});

describe("anchors and aliases", () => {
  test("are recorded in the node, with its tag", () => {
    const { entries } = root("a: &x !t b\nc: *x\nd: &y e\nf: g\n") as MappingNode;
    const values = entries.map(({ value }) => [value.tag, value.anchor, value.aliased]);
    assert.deepEqual(values, [
      ["!t", "x", true],
      [undefined, undefined, false],
      [undefined, "y", false],
      [undefined, undefined, false],
    ]);
  });

  test("of one text can be referred to in the next one", () => {
    const anchors = new Anchors();
    const first = parse("a: &x b\n", anchors) as MappingNode;
    assert.equal(first.entries[0]?.value.aliased, false);
    const second = parse("c: *x\n", anchors) as MappingNode;
    const alias = second.entries[0]?.value;
    assert.equal(alias?.kind === "alias" && alias.target, first.entries[0]?.value);
    assert.equal(first.entries[0]?.value.aliased, true);
  });

  test("of a text that is parsed again have the same aliased nodes: the last one with each name", () => {
    const anchors = new Anchors();
    const text = "a: &x b\nc: &x [d]\ne: &y f\n";
    const first = parse(text, anchors) as MappingNode;
    parse("c: *x\n", anchors);
    const again = parse(text, anchorsForReparse(text, first)) as MappingNode;
    for (const { entries } of [first, again])
      assert.deepEqual(
        entries.map(({ value }) => value.aliased),
        [false, true, false],
      );
  });

  test("of collections are recorded in the same way", () => {
    const { entries } = root("a: &x [b]\nc: &y\n  d: e\nf: [*x, *y]\ng: {h: i}\n") as MappingNode;
    assert.deepEqual(
      entries.map(({ value: { anchor, aliased, tag } }) => [anchor, aliased, tag]),
      [
        ["x", true, undefined],
        ["y", true, undefined],
        [undefined, false, undefined],
        [undefined, false, undefined],
      ],
    );
  });

  test("resolve to the last definition before the alias", () => {
    const { entries } = root("a: &x b\nc: &x d\ne: *x\n") as MappingNode;
    const alias = entries[2]?.value;
    assert.equal(alias?.kind === "alias" && alias.target, entries[1]?.value);
  });
});

describe("lines of flow collections and quoted scalars can have any indentation, as in libyaml", () => {
  const forms: Readonly<Record<string, readonly [text: string, value: unknown]>> = {
    "a list that is closed at its key": ["a:\n  b: [\n    c,\n  ]\n  d: e\n", { a: { b: ["c"], d: "e" } }],
    "a mapping that is closed at its key": ["a:\n  b: {\n    c: d\n  }\n  e: f\n", { a: { b: { c: "d" }, e: "f" } }],
    "a list whose lines start at the margin": [
      "a:\n  b: [\nc,\n# comment\nd\n]\n  e: f\n",
      { a: { b: ["c", "d"], e: "f" } },
    ],
    "nested collections": ["a:\n- b: {\nc: [\nd\n]}\n- e\n", { a: [{ b: { c: ["d"] } }, "e"] }],
    "a plain scalar in a list": ["a:\n  b: [c\nd]\n", { a: { b: ["c d"] } }],
    "an entry over several lines": ['a:\n  b: {"c"\n:\nd}\n', { a: { b: { c: "d" } } }],
    "a text in single quotes": ["a:\n  b: 'c\n  d'\n  e: f\n", { a: { b: "c d", e: "f" } }],
    "a text in single quotes that continues at the margin": ["a:\n  b: 'c\n- d: e'\n", { a: { b: "c - d: e" } }],
    "a text in double quotes": ['a:\n  b: "c\\\n d\n\ne"\n  f: g\n', { a: { b: "cd\ne", f: "g" } }],
    "lines that start with a tab": ["a:\n  b: [\n\tc\n\t]\n", { a: { b: ["c"] } }],
    "an element in quotes": ['a:\n  - "c\nd"\n  - e\n', { a: ["c d", "e"] }],
  };
  for (const [name, [text, value]] of Object.entries(forms)) {
    test(name, () => assert.deepEqual(coreValue(text), withoutPrototypes(value)));
  }

  test("but nothing can follow them on their line", () => {
    for (const text of [
      "a: 'b\nc' d: e\n",
      "a: [b\n] d: e\n",
      "a:\n  b: 'c\nd' e: f\n",
      "- 'a\nb' - c\n",
      "a:\n- [b\n] c: d\n",
    ])
      assert.throws(() => parse(text), { name: "YamlError" }, text);
  });
});

describe("refuses a text", () => {
  const assertRefused = (text: string, message: string | RegExp, offset: number) =>
    assert.throws(() => parse(text), { name: "YamlError", message, offset });

  test("with a key on the line of a list element, which js-yaml accepts", () => {
    const message = "a key must start on its own line";
    assertRefused("a:\n- {} b: c\n", message, 8);
    assertRefused('a:\n- "x"b: c\nd: e\n', message, 8);
    assertRefused("x: &x y\na:\n- - *x b: c\n", message, 18);
    for (const element of ["[]", '"x" # y', "|\n  x", "|\n", "b: |+\n   x\n", "", "- - x", "&x x"]) {
      for (const key of ["b", "&c b", "? b\n", "'b'", "!!str b", ""]) parse(`a:\n- ${element}\n${key}: d\n`);
    }
    parse("a:\n- x\rb: c\n");
  });

  test("with an unknown alias, at its asterisk", () => {
    assertRefused("a: *x\n", "an alias refers to an anchor that doesn't exist", 3);
    assert.throws(() => parse("a: *x\n"), UnknownAliasError);
  });

  test("with an alias within its own target", () => {
    assertRefused("a: &x [*x]\n", "an alias refers to a node that contains it", 7);
    assertRefused("&x\na:\n  b: *x\n", "an alias refers to a node that contains it", 11);
    assert.ok(parse("a: &x b\n? &y\n: *x\n") !== undefined);
  });

  test("with a second document, and returns undefined for none", () => {
    assertRefused("a\n---\nb\n", "must be a single YAML document, but contains a second one", 8);
    assert.equal(parse("# nothing\n"), undefined);
    assert.equal(parse(""), undefined);
  });

  test("with more than 500 levels", () => {
    assert.ok(parse("[".repeat(499) + "]".repeat(499)) !== undefined);
    assert.throws(() => parse("[".repeat(501) + "]".repeat(501)), { name: "YamlError" });
  });

  test("without quoting it in the message", () => {
    assertRefused("a: !secret!x b\n", "a tag (!) has a prefix that no %TAG directive declares", 12);
  });

  test("that is not valid YAML, with an offset and without quoting it", () => {
    for (const text of [
      "a: b\n\tc: d\n",
      'a: "secret\n',
      "a: [secret\n",
      "a: %secret\n",
      "%secret\n---\na: secret: b\n",
      "!h!secret a\n",
    ]) {
      assert.throws(
        () => parse(text),
        ({ name, message, offset }: Error & { offset: number }) => {
          assert.equal(name, "YamlError");
          assert.ok(offset > 0 || text.startsWith("!") || text.startsWith("%"), text);
          assert.doesNotMatch(message, /secret|\n/);
          return true;
        },
      );
    }
  });
});

test("dashes finds the dash before each kind of element", () => {
  const text = "# c\n- a # - b\n-\n  - c\n  # - d\n- # e\n  f\n- |\n  - g\n- - h\n";
  const offsets = dashes(text, root(text) as SequenceNode).map(({ offset }) => offset);
  assert.deepEqual(
    offsets.map((at) => text[at]),
    ["-", "-", "-", "-", "-"],
  );
  assert.deepEqual(
    offsets.map((at) => text.slice(0, at).split("\n").length),
    [2, 3, 6, 8, 10],
  );
});

test("flowChildren includes anchors, tags and question marks before a child", () => {
  const childrenIn = (text: string) =>
    flowChildren(text, root(text) as MappingNode | SequenceNode).map((range) => ofText(text, range));
  assert.deepEqual(childrenIn("[ &x a, !!str b , [c, d] # e,\n, {f: g},]"), ["&x a", "!!str b", "[c, d]", "{f: g}"]);
  assert.deepEqual(childrenIn('{ &x a: b, ? c : d, e, "f":g }'), ["&x a: b", "? c : d", "e", '"f":g']);
  assert.deepEqual(childrenIn("[]"), []);
});

test("skipToContent skips white space and comments", () => {
  const rest = (text: string, from = 0) => text.slice(skipToContent(text, from));
  assert.equal(rest("  \t\n\r\n a"), "a");
  assert.equal(rest("# b\n# c\r\n  a # d"), "a # d");
  assert.equal(rest("# b\ra"), "a");
  assert.equal(rest("a#b c", 1), "#b c", "a hash directly after a character does not start a comment");
  assert.equal(rest("a #b", 1), "");
  assert.equal(rest("a\t# b\n", 1), "");
  assert.equal(rest("a", 1), "");
  assert.equal(skipToContent("# b", 0), 3, "at the end of the text");
});

test("anchorsForReparse returns the anchors that aliases refer to, even if a later text redefines them", () => {
  const anchors = new Anchors();
  parse("a: &x 1\nb: &y 2\n", anchors);
  const text = "c: a-x\nd: [*x, *y]\ne: &x 3\nf: *x\n";
  const node = parse(text, anchors) as Node;
  parse("h: &y 4\n", anchors);
  const own = anchorsForReparse(text, node);
  assert.deepEqual(
    [...own.nodes].map(([name, target]) => [name, toValue(target)]),
    [
      ["x", 1],
      ["y", 2],
    ],
  );
  assert.deepEqual([...own.aliasedNames], ["x"]);
  assert.deepEqual(
    withoutPrototypes(toValue(parse(text, own) as Node)),
    withoutPrototypes({ c: "a-x", d: [1, 2], e: 3, f: 3 }),
  );
});

test("anchorsForReparse ignores scalars that end with the name of an anchor", () => {
  const anchors = new Anchors();
  parse("a: &x 1\n", anchors);
  const text = "b: -x\nc: *x\n";
  const own = anchorsForReparse(text, parse(text, anchors) as Node);
  assert.deepEqual([...own.nodes.keys()], ["x"]);
  assert.deepEqual(withoutPrototypes(toValue(parse(text, own) as Node)), withoutPrototypes({ b: "-x", c: 1 }));
});
