import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { decodePermalink, encodePermalink, maxFragmentLength, maxTextLength } from "../../site/playground/permalink";
import { runs, seed } from "../support/property";

const file = fc.record(
  { path: fc.string({ minLength: 1, unit: "grapheme" }), text: fc.string({ unit: "grapheme" }) },
  { noNullPrototype: true },
);
const input = fc.record(
  { files: fc.array(file, { minLength: 1, maxLength: 4 }), configuration: fc.string({ unit: "grapheme" }) },
  { noNullPrototype: true },
);

test("a link has the same input as before", async () => {
  await fc.assert(
    fc.asyncProperty(input, async (original) => {
      const fragment = (await encodePermalink(original)) ?? "";
      assert.match(fragment, /^#v1=[\w-]*$/);
      assert.deepEqual(await decodePermalink(fragment), original);
    }),
    { seed, numRuns: runs },
  );
});

/** Returns a fragment with any content. */
function fragmentOf(content: string | Buffer): string {
  return `#v1=${deflateRawSync(content).toString("base64url")}`;
}

test("a damaged link has no input", async () => {
  const fragment = (await encodePermalink({ files: [{ path: "a.yaml", text: "kind: A" }], configuration: "" })) ?? "";
  const damaged = [
    "",
    "#main",
    "#v1=",
    "#v1=%20",
    fragment.slice(0, -4),
    fragment.replace("#v1=", "#v1=AAAA"),
    fragmentOf("no JSON"),
    fragmentOf(Buffer.from([0xff, 0xfe])),
    ...["null", "[]", "{}", '{"files": [], "configuration": ""}'].map(fragmentOf),
    ...[
      '{"files": [["a"]], "configuration": ""}',
      '{"files": [["a", "b"]]}',
      '{"files": [["", "b"]], "configuration": ""}',
      '{"files": [["a\\u0000b", ""]], "configuration": ""}',
    ].map(fragmentOf),
  ];
  for (const one of damaged) assert.equal(await decodePermalink(one), undefined, one);
});

test("there is a link only to an input that a link can contain", async () => {
  const inputOf = (text: string) => ({ files: [{ path: "a.yaml", text }], configuration: "" });
  // The text compresses well, so only its own length makes it too long.
  const long = inputOf("a".repeat(maxTextLength - 100));
  assert.deepEqual(await decodePermalink((await encodePermalink(long)) ?? ""), long);
  assert.equal(await encodePermalink(inputOf("a".repeat(maxTextLength))), undefined);
  const noise = Array.from({ length: 10_000 }, (_, index) => Math.imul(index, 0x9e3779b1).toString(36)).join("");
  assert.equal(await encodePermalink(inputOf(noise)), undefined);
});

test("a link that is long, or has a long input, has no input", async () => {
  assert.equal(await decodePermalink(`#v1=${"A".repeat(maxFragmentLength)}`), undefined);
  const bomb = fragmentOf(JSON.stringify({ files: [["a.yaml", "a".repeat(10_000_000)]], configuration: "" }));
  assert.ok(bomb.length < maxFragmentLength, String(bomb.length));
  assert.equal(await decodePermalink(bomb), undefined);
});
