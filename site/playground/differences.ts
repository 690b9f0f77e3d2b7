import { Change, diff } from "@codemirror/merge";
import type { TextChange } from "./protocol";

/**
 * Returns the differences of two texts, in the library's form. Only the text of each edit is compared: comparing whole files
 * takes too long if they are large.
 */
export function differences(before: string, after: string, edits: readonly TextChange[]): Change[] {
  const changes = edits.flatMap(({ fromBefore, toBefore, fromAfter, toAfter }) => {
    if (fromBefore === toBefore || fromAfter === toAfter) return new Change(fromBefore, toBefore, fromAfter, toAfter);
    const parts = diff(before.slice(fromBefore, toBefore), after.slice(fromAfter, toAfter), { scanLimit: 500 });
    return parts.map(
      ({ fromA, toA, fromB, toB }) =>
        new Change(fromA + fromBefore, toA + fromBefore, fromB + fromAfter, toB + fromAfter),
    );
  });
  return joinClose(changes);
}

/** Changes that are closer to each other than this are shown as one, as the library does. */
const minGap = 3;

/** Joins changes that are close to each other. The library would too, but in a time that is quadratic in their number. */
function joinClose(changes: readonly Change[]): Change[] {
  const joined: Change[] = [];
  for (const change of changes) {
    const last = joined.at(-1);
    if (last !== undefined && change.fromA - last.toA < minGap && change.fromB - last.toB < minGap)
      joined[joined.length - 1] = new Change(last.fromA, change.toA, last.fromB, change.toB);
    else joined.push(change);
  }
  return joined;
}
