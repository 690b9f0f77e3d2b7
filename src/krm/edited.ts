import { mustKeepBlockScalars } from "../yaml/block-scalars";
import { applyEdits, type Edit } from "../yaml/edit";
import type { Item, ItemText } from "./item";

/** Parses an item, or a text that it has become. */
export type Parse = (item: ItemText) => Item;

/**
 * An item with edits made.
 *
 * @throws YamlError where a block scalar that the edits leave would say something else.
 */
export function edited(item: Item, edits: readonly Edit[], parse: Parse): Item {
  const after = parse({ ...item, text: applyEdits(item.text, edits) });
  mustKeepBlockScalars(item, edits, after);
  return after;
}
