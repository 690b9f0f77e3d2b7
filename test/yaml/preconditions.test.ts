import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Node } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { requireBoundedSize, requireNoBareCr, requireUniqueKeys } from "../../src/yaml/preconditions";
import { YamlError } from "../../src/yaml/yaml-error";

const checkSize = (text: string) => requireBoundedSize(parse(text) as Node, text);
const tooMany = {
  name: "YamlError",
  message: "is too large: it has more than 100,000 values after its YAML aliases are expanded",
  offset: 0,
};

describe("refuses a tree that is too large with its aliases expanded", () => {
  /** A list of `count` elements, without aliases. The list itself is also a node. */
  const list = (count: number) => `[${new Array(count).fill("a").join(", ")}]\n`;
  const mapping = (count: number) => `{${Array.from({ length: count }, (_, i) => `${i}: a`).join(", ")}}\n`;

  test("with more than 100,000 nodes, including collections", () => {
    checkSize(list(99_999));
    assert.throws(() => checkSize(list(100_000)), tooMany);
    checkSize(mapping(99_999));
    assert.throws(() => checkSize(mapping(100_000)), tooMany);
  });

  test("with few characters that expand to many nodes", () => {
    const bomb = (lines: number) => {
      const levels = Array.from(
        { length: lines },
        (_, i) => `  - &a${i + 1} [${new Array(10).fill(`*a${i}`).join(", ")}]`,
      );
      return `- &a0 x\n-\n${levels.join("\n")}\n`;
    };
    checkSize(bomb(4));
    assert.throws(() => checkSize(bomb(5)), tooMany);
    assert.throws(() => checkSize(bomb(40)), tooMany, "without counting them one by one");
  });

  test("and counts all nodes of a mapping for each of its aliases", () => {
    const text = (count: number) => `a: &a ${mapping(999).trimEnd()}\nb: [${new Array(count).fill("*a").join(", ")}]\n`;
    checkSize(text(98));
    assert.throws(() => checkSize(text(99)), tooMany);
  });

  test("at the offset of its root", () => {
    const text = `# comment\n${list(100_000)}`;
    assert.throws(() => checkSize(text), { ...tooMany, offset: 10 });
  });
});

describe("refuses a duplicate key", () => {
  const unique = (text: string) => requireUniqueKeys(parse(text) as Node);
  const duplicateAt = (offset: number) => new YamlError('the key "a" is duplicated; remove one of the two', offset);

  test("at its second occurrence, in any mapping", () => {
    assert.throws(() => unique("a: b\nc: d\na: e\n"), duplicateAt(10));
    assert.throws(() => unique("{a: b, a: b}\n"), duplicateAt(7));
    assert.throws(() => unique("x:\n- - y: {a: b, 'a': c}\n"), duplicateAt(17));
  });

  test("but not the same key in different mappings", () => {
    unique("a: {a: b}\nb: {a: b}\nc:\n- a: b\n- a: b\n");
    unique("a\n");
    unique("[a, a]\n");
  });

  test("but ignores keys that are not scalars", () => {
    unique("? [a]\n: b\n? [a]\n: c\n? {a: b}\n: d\n");
  });

  test("but not for each alias of a mapping", () => {
    unique("x: &x {a: b}\ny: *x\nz: *x\n");
  });
});

test("refuses a line that ends with CR alone, at the first one", () => {
  requireNoBareCr("a: b\n");
  requireNoBareCr("a: b\r\nc: d\r\n");
  const message = "can't be edited: lines must end with LF or CRLF, not with CR alone";
  assert.throws(() => requireNoBareCr("a: b\r\nc: d\re: f\rg: h"), new YamlError(message, 10));
  assert.throws(() => requireNoBareCr("a: b\r"), new YamlError(message, 4));
  assert.throws(() => requireNoBareCr("\ra: b\n"), new YamlError(message, 0));
});
