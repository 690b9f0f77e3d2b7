import type { Edit } from "./edit";
import { insertEntries, removeEntries, replaceValue } from "./edit-nodes";
import { keyOf, type MappingNode } from "./node";
import type { Style } from "./style";
import { toValue } from "./to-value";
import { isMapping, type Mapping, sameValue, type Value } from "./value";

/**
 * The edits that make a mapping hold exactly `wanted`: what is the same stays byte for byte, comments included; a new
 * key goes behind the one that is before it in `wanted`.
 */
export function reconcile(text: string, node: MappingNode, wanted: Mapping, style: Style): Edit[] {
  const edits: Edit[] = [];
  const indexes = new Map(node.entries.map((entry, index) => [keyOf(entry) ?? "", index]));
  const surplus = new Set(node.entries.flatMap((entry, index) => (isWanted(wanted, keyOf(entry)) ? [] : [index])));
  edits.push(...removeEntries(text, node, surplus));
  const missing = new Map<number, { [key: string]: Value }>();
  let place = 0;
  for (const [key, value] of Object.entries(wanted)) {
    const index = indexes.get(key);
    const entry = index === undefined ? undefined : node.entries[index];
    if (index === undefined || entry === undefined) {
      const together = missing.get(place) ?? Object.create(null);
      together[key] = value;
      missing.set(place, together);
      continue;
    }
    place = index + 1;
    if (sameValue(toValue(entry.value), value)) continue;
    if (isMapping(value) && entry.value.kind === "mapping" && sharesKey(entry.value, value)) {
      edits.push(...reconcile(text, entry.value, value, style));
    } else {
      edits.push(replaceValue(text, node, entry, value, style));
    }
  }
  for (const [index, values] of missing) edits.push(insertEntries(text, node, index, values, style));
  return edits;
}

function isWanted(wanted: Mapping, key: string | undefined): boolean {
  return key !== undefined && Object.hasOwn(wanted, key);
}

function sharesKey(node: MappingNode, wanted: Mapping): boolean {
  return node.entries.some((entry) => isWanted(wanted, keyOf(entry)));
}
