import { InputError } from "./item";

/** A text contains conflict markers of a merge. Unlike other files that aren't YAML, it is never skipped. */
export class ConflictMarkersError extends InputError {}

/** Returns the error for a text with conflict markers, as Git and other tools write them; undefined if it has none. */
export function conflictMarkersError(path: string, text: string): ConflictMarkersError | undefined {
  const first = /^(?:<{7}|>{7}) /m.exec(text);
  if (first === null) return undefined;
  return new ConflictMarkersError("unresolved merge conflict. Resolve it and run again", { path, text }, first.index);
}
