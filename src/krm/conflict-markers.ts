import type { DocumentRange } from "../yaml/documents";
import { InputError } from "./item";

/** A text contains conflict markers of a merge. Unlike other files that aren't YAML, it is never skipped. */
export class ConflictMarkersError extends InputError {}

/**
 * Returns the error for a text with conflict markers, as Git and other tools write them; undefined if it has none.
 *
 * @param range the part of the text to search. By default, all of it.
 */
export function conflictMarkersError(
  path: string,
  text: string,
  { from, to }: Pick<DocumentRange, "from" | "to"> = { from: 0, to: text.length },
): ConflictMarkersError | undefined {
  const first = /^(?:<{7}|>{7}) /m.exec(text.slice(from, to));
  if (first === null) return undefined;
  const source = { path, text };
  return new ConflictMarkersError("unresolved merge conflict. Resolve it and run again", source, from + first.index);
}
