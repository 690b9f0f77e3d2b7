/**
 * Returns the candidate that the user most likely meant, ignoring case, or undefined if none is similar enough.
 *
 * @param limit the highest number of letters that can differ. A word of a few letters is within two of many others.
 */
export function nearest(
  text: string,
  candidates: readonly string[],
  limit = text.length < 4 ? 1 : 2,
): string | undefined {
  const near = candidates
    .filter((candidate) => Math.abs(candidate.length - text.length) <= limit)
    .map((candidate) => ({ candidate, distance: distance(text.toLowerCase(), candidate.toLowerCase()) }))
    .filter((entry) => entry.distance <= limit)
    .sort((one, other) => one.distance - other.distance);
  return near[0]?.candidate;
}

/**
 * Returns the message for a value that is probably a typo of one of the allowed values, such as
 * `unknown kind "Deploymnt"; did you mean "Deployment"?`. Undefined if none is similar enough.
 *
 * @param noun what the value is.
 */
export function unknownValue(noun: string, value: string, allowed: readonly string[]): string | undefined {
  const suggestion = nearest(value, allowed);
  return suggestion === undefined
    ? undefined
    : `unknown ${noun} ${JSON.stringify(value)}; did you mean "${suggestion}"?`;
}

/** Returns the number of letters to add, remove, change or swap with the next one to turn one word into the other. */
function distance(one: string, other: string): number {
  let secondLast: number[] = [];
  let last: number[] = Array.from({ length: other.length + 1 }, (_, j) => j);
  const at = (row: readonly number[], j: number): number => row[j] ?? 0;
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (same ? 0 : 1),
        ...(swapped ? [at(secondLast, j - 2) + 1] : []),
      );
    }
    secondLast = last;
    last = row;
  }
  return at(last, other.length);
}
