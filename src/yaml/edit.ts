/** A change of a text as data: `length` code units from `offset` become `text`. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** An edit whose text may be made when it is written: many together can be far longer than what they are made from. */
export interface LazyEdit extends Omit<Edit, "text"> {
  readonly text: string | (() => Iterable<string>);
}

/**
 * Applies edits to a text. At the same offset insertions come first, in the order given.
 *
 * @throws RangeError where two edits overlap or one lies outside the text: a defect of the caller, never the user's.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...editedPieces(text, edits)].join("");
}

/** As `applyEdits`, but in pieces that follow each other, for a text that is not needed in one. */
export function editedPieces(text: string, edits: readonly LazyEdit[]): Iterable<string> {
  const sorted = [...edits].sort(
    (one, other) => one.offset - other.offset || Number(one.length > 0) - Number(other.length > 0),
  );
  let from = 0;
  for (const { offset, length } of sorted) {
    if (offset < from || length < 0 || offset + length > text.length) throw new RangeError("edits overlap");
    from = offset + length;
  }
  return pieces(text, sorted);
}

function* pieces(text: string, sorted: readonly LazyEdit[]): Iterable<string> {
  let from = 0;
  for (const { offset, length, text: replacement } of sorted) {
    yield text.slice(from, offset);
    if (typeof replacement === "string") yield replacement;
    else yield* replacement();
    from = offset + length;
  }
  yield text.slice(from);
}

/** Edits of a part as edits of the whole. */
export function shiftEdits(offset: number, edits: readonly Edit[]): Edit[] {
  return edits.map((edit) => ({ ...edit, offset: edit.offset + offset }));
}
