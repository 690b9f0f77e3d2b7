import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { parse } from "../../src/yaml/parse";
import { messageFor } from "../../src/yaml/syntax-problem";
import { positionAt, YamlError } from "../../src/yaml/yaml-error";

/** Returns the message and position of the error in a text. */
function problemIn(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { line, column } = positionAt(text, error.offset);
    return `${line}:${column} ${error.message}`;
  }
  return "none";
}

describe("a syntax error reports what is wrong, and where", () => {
  const indentation =
    "a line isn't indented like the other keys of its mapping, or the key above it already has a value";
  const colon = "a colon is missing after a key";
  const cases: readonly (readonly [text: string, problem: string])[] = [
    ["data:\n  a: b\n  c\n", `3:4 ${colon}`],
    ["a: b\nc\n", `2:2 ${colon}`],
    ["a: b\nc\n# d\n\n  # e\nf: g\n", `2:2 ${colon}`],
    ["a: b\nc", `2:2 ${colon}`],
    ["a: b\r\nc\r\nd: e\r\n", `2:2 ${colon}`],
    ["a: b: c\n", "1:5 a value contains a colon followed by a space; put the value in quotes, or start a new line"],
    ["a: b\n  c: d\n", `2:4 ${indentation}`],
    ["a: |\n  x\n y\n", `3:2 ${indentation}`],
    ["a: @x\n", "1:4 a value can't start with @; put it in quotes"],
    ["a: - b\n", "1:4 a list must start on the line after its key"],
    ["a: }\n", "1:4 a closing bracket or brace has no opening one"],
    ["a: 'b' c\n", "1:8 text follows a closing quote"],
    ["a:\n\tb: c\n", "2:1 a line is indented with a tab; use spaces"],
    ["a: *\n", "1:5 an alias (*) has no name; put text that starts with * in quotes"],
  ];
  for (const [text, problem] of cases) test(JSON.stringify(text), () => assert.equal(problemIn(text), problem));
});

test("every reason of js-yaml's parser has a message", () => {
  const source = readFileSync(require.resolve("js-yaml"), "utf8");
  const reasons = [...source.matchAll(/throwError\(state, (["`])(.*?)\1\)/g)].map(([, , reason = ""]) => reason);
  assert.ok(reasons.length > 50, "the parser is found");
  for (const reason of reasons) {
    const message = messageFor(reason);
    assert.ok(message !== undefined, reason);
    assert.doesNotMatch(message, /flow|scalar|node/);
  }
});
