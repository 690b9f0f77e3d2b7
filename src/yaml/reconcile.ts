import type { Edit } from "./edit";
import { insertEntries, removeEntries, replaceValue } from "./edit-nodes";
import { keyOf, type MappingNode } from "./node";
import type { StyledText } from "./style";
import { toValue } from "./to-value";
import { isMapping, type Mapping, sameValue, type Value } from "./value";

/**
 * The edits that make a mapping hold exactly `wanted`: what is the same stays byte for byte, comments included; a new
 * key goes behind the one that is before it in `wanted`.
 */
export function reconcile(target: StyledText, node: MappingNode, wanted: Mapping): Edit[] {
  const { text } = target;
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
      edits.push(...reconcile(target, entry.value, value));
    } else {
      edits.push(replaceValue(target, node, entry, value));
    }
  }
  for (const [index, values] of missing) edits.push(insertEntries(target, node, index, values));
  return edits;
}

function isWanted(wanted: Mapping, key: string | undefined): boolean {
  return key !== undefined && Object.hasOwn(wanted, key);
}

function sharesKey(node: MappingNode, wanted: Mapping): boolean {
  return node.entries.some((entry) => isWanted(wanted, keyOf(entry)));
}
