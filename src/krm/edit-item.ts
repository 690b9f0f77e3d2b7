import { requireBlockScalarsUnchanged } from "../yaml/check-block-scalars";
import { applyEdits, type Edit } from "../yaml/edit";
import { UnknownAliasError, YamlError } from "../yaml/yaml-error";
import { InputError, type Item, type ItemText } from "./item";

/** Parses an item, or the text that it has after edits. */
export type Parse = (item: ItemText) => Item;

/**
 * Applies edits to an item and parses the result.
 *
 * @param edits offsets are within the item's text.
 * @throws YamlError if the result isn't valid YAML, or if the value of a block scalar outside the edits changes.
 */
export function applyItemEdits(item: Item, edits: readonly Edit[], parse: Parse): Item {
  const after = parseEdited(edits, () => parse({ ...item, text: applyEdits(item.text, edits) }));
  requireBlockScalarsUnchanged(item, edits, after);
  return after;
}

/**
 * Parses the text that results from edits. The edits can make it invalid YAML, because a blank line can end up after a
 * block scalar without text.
 *
 * @param read parses the edited text.
 * @throws YamlError with the offset where the last edit ends, instead of an error with an offset in the edited text. An
 *   UnknownAliasError is rethrown.
 */
export function parseEdited<T>(edits: readonly Edit[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isInvalid = error instanceof InputError || error instanceof YamlError;
    if (!isInvalid || error instanceof UnknownAliasError) throw error;
    const end = edits.reduce((most, { offset, length }) => Math.max(most, offset + length), 0);
    throw new YamlError("generated lines can't be removed: the text after them would no longer be valid YAML", end);
  }
}
