import assert from "node:assert/strict";

/** Fails with the lines that differ: `-` is only in what is expected, `+` only in what came; a carriage return is `␍`. */
export function sameText(actual: string | undefined, expected: string | undefined, what: string): void {
  if (actual === expected) return;
  if (actual === undefined) assert.fail(`${what} must not be there`);
  if (expected === undefined) assert.fail(`${what} is not there; this came:\n${actual}`);
  assert.fail(`${what} differs:\n${difference(expected.split("\n"), actual.split("\n")).join("\n")}`);
}

/** The lines that differ, with two around each stretch of them. */
function difference(one: readonly string[], other: readonly string[]): string[] {
  const lengths = commonLengths(one, other);
  const lines: { readonly text: string; readonly same: boolean }[] = [];
  const add = (mark: string, line: string | undefined) =>
    lines.push({ text: `${mark} ${line?.replaceAll("\r", "␍")}`, same: mark === " " });
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    if (i < one.length && one[i] === other[j]) {
      add(" ", one[i++]);
      j++;
    } else if (j === other.length || (i < one.length && at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      add("-", one[i++]);
    } else {
      add("+", other[j++]);
    }
  }
  const isNear = lines.map((_, at) => lines.slice(Math.max(at - 2, 0), at + 3).some(({ same }) => !same));
  return lines.flatMap(({ text }, at) => (isNear[at] ? text : isNear[at - 1] ? "  ..." : []));
}

/** For each pair of places, how many lines both texts have in common behind them. */
function commonLengths(one: readonly string[], other: readonly string[]): number[][] {
  const lengths: number[][] = Array.from({ length: one.length + 1 }, () => new Array(other.length + 1).fill(0));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      const same = one[i] === other[j];
      (lengths[i] as number[])[j] = same
        ? at(lengths, i + 1, j + 1) + 1
        : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly (readonly number[])[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
