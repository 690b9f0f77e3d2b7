import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nearest } from "../../src/config/did-you-mean";

describe("nearest()", () => {
  const words = ["image", "name", "env", "args", "tags", "mountPath"];
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["imgae", "image"],
    ["Image", "image"],
    ["mountpath", "mountPath"],
    ["mountPaths", "mountPath"],
    ["envs", "env"],
    ["ars", "args"],
    ["tag", "tags"],
    ["native", undefined],
    ["x", undefined],
    ["", undefined],
  ];
  for (const [text, expected] of cases) {
    it(`${text} → ${expected}`, () => assert.equal(nearest(text, words), expected));
  }

  it("allows as many differences as its limit", () => {
    assert.equal(nearest("imga", words, 1), undefined);
    assert.equal(nearest("imga", words, 2), "image");
    assert.equal(nearest("NAMES", words, 1), "name");
  });
});
