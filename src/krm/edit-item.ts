import { requireBlockScalarsUnchanged } from "../yaml/check-block-scalars";
import { applyEdits, type Edit } from "../yaml/edit";
import { UnknownAliasError, YamlError } from "../yaml/yaml-error";
import { InputError, type Item, type ItemText } from "./item";

/** Parses an item, or a text that it has become. */
export type Parse = (item: ItemText) => Item;

/**
 * An item with edits made.
 *
 * @throws YamlError where a block scalar that the edits leave would say something else.
 */
export function applyItemEdits(item: Item, edits: readonly Edit[], parse: Parse): Item {
  const after = parseEdited(edits, () => parse({ ...item, text: applyEdits(item.text, edits) }));
  requireBlockScalarsUnchanged(item, edits, after);
  return after;
}

/**
 * What a text is once edits are made: a blank line that comes to stand behind a block scalar without text can make it no
 * YAML.
 *
 * @throws YamlError in place of what says so about the text afterwards.
 */
export function parseEdited<T>(edits: readonly Edit[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isUnreadable = error instanceof InputError || error instanceof YamlError;
    if (!isUnreadable || error instanceof UnknownAliasError) throw error;
    const end = edits.reduce((most, { offset, length }) => Math.max(most, offset + length), 0);
    throw new YamlError("cannot be taken out: what stands behind it would not be YAML any more", end);
  }
}
