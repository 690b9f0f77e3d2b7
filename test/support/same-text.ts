import assert from "node:assert/strict";

/**
 * Fails if the two texts differ, and shows their differing lines: `-` for expected lines, `+` for actual ones. A carriage
 * return is shown as `␍`. `undefined` means that the text doesn't exist.
 *
 * @param what The name of the text, for the message.
 */
export function sameText(actual: string | undefined, expected: string | undefined, what: string): void {
  if (actual === expected) return;
  if (actual === undefined) assert.fail(`${what} must not exist`);
  if (expected === undefined) assert.fail(`${what} is missing; the actual text is:\n${actual}`);
  assert.fail(`${what} differs:\n${difference(expected.split("\n"), actual.split("\n")).join("\n")}`);
}

/** Returns the lines that differ, with two lines of context around each group. */
function difference(before: readonly string[], after: readonly string[]): string[] {
  const lengths = commonLengths(before, after);
  const lines: { readonly text: string; readonly same: boolean }[] = [];
  const add = (mark: string, line: string | undefined) =>
    lines.push({ text: `${mark} ${line?.replaceAll("\r", "␍")}`, same: mark === " " });
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) {
      add(" ", before[i++]);
      j++;
    } else if (j === after.length || (i < before.length && at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      add("-", before[i++]);
    } else {
      add("+", after[j++]);
    }
  }
  const isNear = lines.map((_, at) => lines.slice(Math.max(at - 2, 0), at + 3).some(({ same }) => !same));
  return lines.flatMap(({ text }, at) => (isNear[at] ? text : isNear[at - 1] ? "  ..." : []));
}

/** Returns, for each pair of positions, the length of the longest common subsequence of the lines after them. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const lengths: number[][] = Array.from({ length: before.length + 1 }, () => new Array(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const same = before[i] === after[j];
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
