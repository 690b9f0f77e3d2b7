import assert from "node:assert/strict";
import { test } from "node:test";
import { stableHash } from "../../src/kube/stable-hash";

test("hashes a text with FNV-1a", () => {
  assert.equal(stableHash(""), "811c9dc5");
  assert.equal(stableHash("a"), "e40c292c");
  assert.equal(stableHash("foobar"), "bf9cf968");
  assert.equal(stableHash("Zürich \u{1f600}"), "29d7084d");
});
