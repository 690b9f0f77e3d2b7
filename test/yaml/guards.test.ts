import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requireBoundedSize, requireNoBareCr, requireUniqueKeys } from "../../src/yaml/guards";
import type { Node } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { YamlError } from "../../src/yaml/yaml-error";

const small = (text: string) => requireBoundedSize(parse(text) as Node, text);
const tooMany = { name: "YamlError", message: "must hold at most 100000 nodes with its aliases expanded", offset: 0 };

describe("a tree is refused that is too large with its aliases expanded", () => {
  /** A list of so many elements, written out: the list itself is a node too. */
  const list = (count: number) => `[${new Array(count).fill("a").join(", ")}]\n`;
  const mapping = (count: number) => `{${Array.from({ length: count }, (_, i) => `${i}: a`).join(", ")}}\n`;

  test("at more than 100,000 nodes, counted with what holds them", () => {
    small(list(99_999));
    assert.throws(() => small(list(100_000)), tooMany);
    small(mapping(99_999));
    assert.throws(() => small(mapping(100_000)), tooMany);
  });

  test("where few characters stand for many nodes", () => {
    const bomb = (lines: number) => {
      const levels = Array.from(
        { length: lines },
        (_, i) => `  - &a${i + 1} [${new Array(10).fill(`*a${i}`).join(", ")}]`,
      );
      return `- &a0 x\n-\n${levels.join("\n")}\n`;
    };
    small(bomb(4));
    assert.throws(() => small(bomb(5)), tooMany);
    assert.throws(() => small(bomb(40)), tooMany, "without counting them one by one");
  });

  test("where each alias of a mapping stands for all of it", () => {
    const text = (count: number) => `a: &a ${mapping(999).trimEnd()}\nb: [${new Array(count).fill("*a").join(", ")}]\n`;
    small(text(98));
    assert.throws(() => small(text(99)), tooMany);
  });

  test("at its own place", () => {
    const text = `# comment\n${list(100_000)}`;
    assert.throws(() => small(text), { ...tooMany, offset: 10 });
  });
});

describe("a key that stands twice in one mapping is refused", () => {
  const unique = (text: string) => requireUniqueKeys(parse(text) as Node);
  const twice = (offset: number) => new YamlError('the key "a" must stand once', offset);

  test("at the second one, wherever the mapping is", () => {
    assert.throws(() => unique("a: b\nc: d\na: e\n"), twice(10));
    assert.throws(() => unique("{a: b, a: b}\n"), twice(7));
    assert.throws(() => unique("x:\n- - y: {a: b, 'a': c}\n"), twice(17));
  });

  test("but not in different mappings", () => {
    unique("a: {a: b}\nb: {a: b}\nc:\n- a: b\n- a: b\n");
    unique("a\n");
    unique("[a, a]\n");
  });

  test("and keys that are no scalars are no matter", () => {
    unique("? [a]\n: b\n? [a]\n: c\n? {a: b}\n: d\n");
  });

  test("behind an alias it is told where it is written", () => {
    unique("x: &x {a: b}\ny: *x\nz: *x\n");
  });
});

test("a line that ends with CR alone is refused, at the first one", () => {
  requireNoBareCr("a: b\n");
  requireNoBareCr("a: b\r\nc: d\r\n");
  const message = "cannot be edited: a line must end with LF or CRLF, not with CR alone";
  assert.throws(() => requireNoBareCr("a: b\r\nc: d\re: f\rg: h"), new YamlError(message, 10));
  assert.throws(() => requireNoBareCr("a: b\r"), new YamlError(message, 4));
  assert.throws(() => requireNoBareCr("\ra: b\n"), new YamlError(message, 0));
});
