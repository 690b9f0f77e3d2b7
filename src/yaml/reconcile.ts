import type { Edit } from "./edit";
import { insertEntries, removeEntries, replaceValue } from "./edit-nodes";
import { getOrInsert } from "./maps";
import { keyOf, type MappingNode } from "./node";
import type { StyledText } from "./style";
import { toValue } from "./to-value";
import { isMapping, type Mapping, newMapping, sameValue, type Value } from "./value";

/**
 * Returns the edits that make the value of a mapping equal to `desired`. Values that are equal keep their bytes and
 * their comments. A new key is inserted after the key that precedes it in `desired`.
 *
 * @throws YamlError if a part that must change can't be edited.
 */
export function reconcile(target: StyledText, node: MappingNode, desired: Mapping): Edit[] {
  const { text } = target;
  const edits: Edit[] = [];
  const indexes = new Map(node.entries.map((entry, index) => [keyOf(entry) ?? "", index]));
  const surplus = new Set(node.entries.flatMap((entry, index) => (isDesired(desired, keyOf(entry)) ? [] : [index])));
  edits.push(...removeEntries(text, node, surplus));
  const missing = new Map<number, { [key: string]: Value }>();
  let insertAt = 0;
  for (const [key, value] of Object.entries(desired)) {
    const index = indexes.get(key);
    const entry = index === undefined ? undefined : node.entries[index];
    if (index === undefined || entry === undefined) {
      getOrInsert(missing, insertAt, newMapping)[key] = value;
      continue;
    }
    insertAt = index + 1;
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

function isDesired(desired: Mapping, key: string | undefined): boolean {
  return key !== undefined && Object.hasOwn(desired, key);
}

function sharesKey(node: MappingNode, desired: Mapping): boolean {
  return node.entries.some((entry) => isDesired(desired, keyOf(entry)));
}
