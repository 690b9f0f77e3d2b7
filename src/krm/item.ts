import { parse } from "../yaml/parse";
import type { Item, ResourceList } from "./resource-list";

/** Reads an item's text again after edits. The text was valid YAML before them, and its aliases had their anchors. */
export function reparse(list: ResourceList, item: Item, text: string): Item {
  const root = parse(text, list.anchors);
  const node = list.layout.flow || root?.kind !== "sequence" ? root : root.elements[0];
  if (node === undefined) throw new Error("an edit left nothing of an item");
  return { ...item, text, node };
}
