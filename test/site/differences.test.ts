import assert from "node:assert/strict";
import { test } from "node:test";
import { differences } from "../../site/playground/differences";

test("an edit that changes a few characters is shown as this change", () => {
  const edit = { fromBefore: 0, toBefore: 12, fromAfter: 0, toAfter: 12 };
  assert.deepEqual(
    differences("image: a:1.0\n", "image: a:2.0\n", [edit]).map(({ fromA, toA, fromB, toB }) => [
      fromA,
      toA,
      fromB,
      toB,
    ]),
    [[9, 10, 9, 10]],
  );
});

test("changes that are close to each other are one, so that the library doesn't join them slowly", () => {
  const at = (fromBefore: number, fromAfter: number) => ({
    fromBefore,
    toBefore: fromBefore,
    fromAfter,
    toAfter: fromAfter + 1,
  });
  const edits = [at(0, 0), at(2, 3), at(5, 7)];
  assert.deepEqual(
    differences("abcdefg", "+ab+cde+fg", edits).map(({ fromA, toA, fromB, toB }) => [fromA, toA, fromB, toB]),
    [
      [0, 2, 0, 4],
      [5, 5, 7, 8],
    ],
  );
});
