import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { positionAt, UnknownAliasError, YamlError } from "../../src/yaml/yaml-error";

describe("a position in a text", () => {
  test("is counted from line 1 and column 1", () => {
    assert.deepEqual(positionAt("abc", 0), { line: 1, column: 1 });
    assert.deepEqual(positionAt("abc", 2), { line: 1, column: 3 });
    assert.deepEqual(positionAt("", 0), { line: 1, column: 1 });
  });

  for (const [name, lineBreak] of Object.entries({ LF: "\n", CRLF: "\r\n", CR: "\r" })) {
    test(`counts lines that end with ${name}`, () => {
      const text = ["a", "bc", "", "d"].join(lineBreak);
      assert.deepEqual(positionAt(text, text.indexOf("b")), { line: 2, column: 1 });
      assert.deepEqual(positionAt(text, text.indexOf("c")), { line: 2, column: 2 });
      assert.deepEqual(positionAt(text, text.indexOf("d")), { line: 4, column: 1 });
      assert.deepEqual(positionAt(text, text.length), { line: 4, column: 2 });
    });
  }

  test("doesn't count a byte order mark", () => {
    assert.deepEqual(positionAt("\ufeffab\nc", 0), { line: 1, column: 1 });
    assert.deepEqual(positionAt("\ufeffab\nc", 2), { line: 1, column: 2 });
    assert.deepEqual(positionAt("\ufeffab\nc", 4), { line: 2, column: 1 });
  });

  test("at a line break is on the line that it ends", () => {
    assert.deepEqual(positionAt("a\nb", 1), { line: 1, column: 2 });
    assert.deepEqual(positionAt("a\r\nb", 2), { line: 1, column: 3 });
  });
});

test("a YamlError has a name, a message and an offset", () => {
  for (const error of [new YamlError("must be a list", 5), new UnknownAliasError("must be a list", 5)]) {
    assert.ok(error instanceof YamlError);
    assert.equal(String(error), "YamlError: must be a list");
    assert.equal(error.offset, 5);
  }
});
