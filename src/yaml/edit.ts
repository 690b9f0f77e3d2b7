/** A change of a text as data: `length` code units from `offset` become `text`. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/**
 * Applies edits to a text. At the same offset insertions come first, in the order given.
 *
 * @throws RangeError where two edits overlap or one lies outside the text: a defect of the caller, never the user's.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return editedPieces(text, edits).join("");
}

/** As `applyEdits`, but in pieces that follow each other, for a text that is not needed in one. */
export function editedPieces(text: string, edits: readonly Edit[]): string[] {
  const sorted = [...edits].sort(
    (one, other) => one.offset - other.offset || Number(one.length > 0) - Number(other.length > 0),
  );
  const pieces: string[] = [];
  let from = 0;
  for (const { offset, length, text: replacement } of sorted) {
    if (offset < from || length < 0 || offset + length > text.length) throw new RangeError("edits overlap");
    pieces.push(text.slice(from, offset), replacement);
    from = offset + length;
  }
  pieces.push(text.slice(from));
  return pieces;
}
