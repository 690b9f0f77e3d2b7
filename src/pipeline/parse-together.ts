import type { Parse } from "../krm/edit-item";
import { type Item, type ItemSource, type ItemText, parseItem } from "../krm/item";
import { Anchors, anchorsForReparse } from "../yaml/anchors";

/** A workload by its text turned out to be none; or an item refers to another one's anchor. */
export class NeedsJointParseError extends Error {}

/** Parses items in their order: an alias can refer to an anchor of an earlier item of the same text. */
export function parseInOrder(items: readonly ItemText[]): Item[] {
  const anchors = new Map<ItemSource, Anchors>();
  return items.map((item) => {
    const known = anchors.get(item.source) ?? new Anchors();
    anchors.set(item.source, known);
    return parseItem(item, known);
  });
}

/** Parses items that refer to each other's anchors: an item's text that was edited, as at the item's own place. */
export function parserOf(items: readonly ItemText[]): Parse {
  const places = new Map<ItemSource, Map<number, Item>>();
  for (const item of parseInOrder(items)) {
    const parsed = places.get(item.source) ?? new Map<number, Item>();
    places.set(item.source, parsed.set(item.offset, item));
  }
  return (item) => {
    const original = places.get(item.source)?.get(item.offset) as Item;
    if (item.text === original.text) return original;
    return parseItem(item, anchorsForReparse(original.text, original.node));
  };
}
