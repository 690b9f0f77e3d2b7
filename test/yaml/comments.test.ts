import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hasComments } from "../../src/yaml/comments";
import type { MappingNode, SequenceNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";

describe("a list has comments", () => {
  const cases: [name: string, text: string, expected: boolean][] = [
    ["after a value", "a:\n- b # c\n", true],
    ["after a key", "a:\n- b: # c\n    d\n", true],
    ["between elements", "a:\n- b\n# c\n- d\n", true],
    ["before the first element", "a:\n\n# c\n- b\n", true],
    ["at the end of the last element", "a:\n- b: c\n  # d\ne: f\n", true],
    ["after the header of a block scalar", "a:\n- | # c\n  b\n", true],
    ["after a block scalar", "a:\n- |\n  b\n # c\n- d\n", true],
    ["after quotes", 'a:\n- "b" # c\n- d\n', true],
    ["in brackets", "a: [b, # c\n  d]\n", true],
    ["before the closing bracket", "a: [b # c\n  ]\n", true],
    ["not after its key", "a: # c\n- b\n", false],
    ["not before the next key", "a:\n- b\n# c\nd: e\n", false],
    ["not before its key", "# c\na:\n- b\n", false],
    ["not after its closing bracket", "a: [b] # c\n", false],
    ["not in a block scalar", "a:\n- |\n  #!/bin/sh\n  # b\n- c\n", false],
    ["not in quotes", "a:\n- 'b #c'\n- \"# d\"\n", false],
    ["not in a plain text", "a:\n- b#c\n- d: e#f\n", false],
    ["not in a block scalar at the end", "a:\n- |\n  # b\n", false],
  ];
  for (const [name, text, expected] of cases) {
    test(name, () => {
      const list = (parse(text) as MappingNode).entries[0]?.value;
      assert.equal(hasComments(text, list as SequenceNode), expected);
    });
  }
});
