import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromShown, lineEndingOf, toShown, toShownResult } from "../../site/playground/line-endings";
import { property } from "../support/property";

const text = fc.array(fc.constantFrom("a", "b: c", "\n", "\r\n", "\r", "\ufeff", " ")).map((parts) => parts.join(""));

property("a file's text is the same after an editor has shown it", text, (original) => {
  const lineEnding = lineEndingOf(original);
  assert.equal(fromShown(toShown(original, lineEnding), lineEnding), original);
});

test("the line ending is CRLF only if every line ends with it", () => {
  assert.equal(lineEndingOf("a\r\nb\r\n"), "\r\n");
  for (const lf of ["", "a", "a\nb"]) assert.equal(lineEndingOf(lf), "\n");
  for (const mixed of ["a\r\nb\n", "a\r\nb\rc\r\n", "\n\r\n", "a\rb"]) assert.equal(lineEndingOf(mixed), "mixed");
});

test("the changes of a CRLF file are at the same text in what is shown", () => {
  const [before, after] = ["a\r\nb\r\nc\r\n", "a\r\nb\r\nx\r\ny\r\nc\r\n"];
  const changes = [{ fromBefore: 6, toBefore: 6, fromAfter: 6, toAfter: 12 }];
  assert.deepEqual(toShownResult({ path: "a.yaml", before, after, changes }), {
    path: "a.yaml",
    lineEnding: "\r\n",
    before: "a\nb\nc\n",
    after: "a\nb\nx\ny\nc\n",
    changes: [{ fromBefore: 4, toBefore: 4, fromAfter: 4, toAfter: 8 }],
  });
});

test("a result with several line endings is shown as it is", () => {
  const file = { path: "a.yaml", before: "a\r\n", after: "a\r\nb\n", changes: [] };
  assert.deepEqual(toShownResult(file), { ...file, lineEnding: "mixed" });
});
