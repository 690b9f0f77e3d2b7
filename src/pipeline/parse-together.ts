import type { Parse } from "../krm/edit-item";
import { type Item, type ItemSource, type ItemText, parseItem } from "../krm/item";
import { Anchors, anchorsForReparse } from "../yaml/anchors";
import { getOrInsert } from "../yaml/maps";

/** Thrown if items can't be read one by one: the text of an item looks like a workload, but the item isn't one. */
export class NeedsJointParseError extends Error {}

/** Parses items in their order, because an alias can refer to an anchor of an earlier item of the same text. */
export function parseInOrder(items: readonly ItemText[]): Item[] {
  const anchors = new Map<ItemSource, Anchors>();
  return items.map((item) =>
    parseItem(
      item,
      getOrInsert(anchors, item.source, () => new Anchors()),
    ),
  );
}

/**
 * Returns a parser for items that refer to each other's anchors. It also parses the edited text of an item, as if it
 * were in the item's place.
 */
export function parserOf(items: readonly ItemText[]): Parse {
  const byOffset = new Map<ItemSource, Map<number, Item>>();
  for (const item of parseInOrder(items)) {
    getOrInsert(byOffset, item.source, () => new Map()).set(item.offset, item);
  }
  return (item) => {
    const original = byOffset.get(item.source)?.get(item.offset);
    if (original === undefined) throw new Error("the item must be one of those that were parsed together");
    if (item.text === original.text) return original;
    return parseItem(item, anchorsForReparse(original.text, original.node));
  };
}
