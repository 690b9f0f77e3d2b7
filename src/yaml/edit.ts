/** A change to a text, as data: `length` UTF-16 code units from `offset` are replaced with `text`. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** An edit whose text can be generated as it is written. All texts together can be far longer than their sources. */
export interface LazyEdit extends Omit<Edit, "text"> {
  readonly text: string | (() => Iterable<string>);
}

/**
 * Applies edits to a text. At the same offset, insertions come first, in their order in `edits`.
 *
 * @throws RangeError if two edits overlap or one is outside the text: a bug in the caller, never a user's mistake.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...editedPieces(text, edits)].join("");
}

/**
 * Like `applyEdits`, but returns consecutive pieces, for a text that isn't needed as one string.
 *
 * @throws RangeError like `applyEdits`, before the first piece.
 */
export function editedPieces(text: string, edits: readonly LazyEdit[]): Iterable<string> {
  const sorted = sortEdits(edits);
  let from = 0;
  for (const { offset, length } of sorted) {
    if (offset < from || length < 0 || offset + length > text.length) throw new RangeError("edits overlap");
    from = offset + length;
  }
  return pieces(text, sorted);
}

/** Returns edits in the order of their text. At the same offset, an insertion comes before a replacement. */
export function sortEdits<T extends Pick<Edit, "offset" | "length">>(edits: readonly T[]): T[] {
  return [...edits].sort((a, b) => a.offset - b.offset || Number(a.length > 0) - Number(b.length > 0));
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

/** Converts edits of a part of a text to edits of the whole. `offset` is the start of the part. */
export function shiftEdits(offset: number, edits: readonly Edit[]): Edit[] {
  return edits.map((edit) => ({ ...edit, offset: edit.offset + offset }));
}
