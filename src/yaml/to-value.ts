import { boolCoreTag, floatCoreTag, intCoreTag, NOT_RESOLVED, nullCoreTag, type ScalarTagDefinition } from "js-yaml";
import { isMerge, isTagged, keyOf, type MappingNode, type Node, resolve, type ScalarNode } from "./node";
import { isMapping, type Mapping, newMapping, type Value } from "./value";

/** The values of collections with an anchor, so that all aliases of a collection share one value. */
const anchored = new WeakMap<Node, Value>();

/**
 * Returns a node's value by the YAML 1.2 core schema, with merge keys as kustomize and kubectl read them.
 *
 * Aliases share their target's value, so that an alias bomb stays small. An integer beyond 2^53 becomes its text. If a
 * key is duplicated, the last one counts.
 *
 * @param only the keys to read if the node is a mapping; the other entries are skipped. If omitted, all are read.
 */
export function toValue(node: Node, only?: ReadonlySet<string>): Value {
  const target = resolve(node);
  if (target.kind === "scalar") return scalarValue(target);
  const known = only === undefined ? recall(target) : undefined;
  if (known !== undefined) return known;
  if (target.kind === "sequence") {
    const list: Value[] = [];
    remember(target, list);
    for (const element of target.elements) list.push(toValue(element));
    return list;
  }
  const mapping = newMapping();
  if (only === undefined) remember(target, mapping);
  let hasMergeKey = false;
  for (const entry of target.entries) {
    if (isMerge(entry)) {
      hasMergeKey = true;
      continue;
    }
    const key = keyOf(entry);
    if (key !== undefined && (only === undefined || only.has(key))) mapping[key] = toValue(entry.value);
  }
  if (hasMergeKey) addMissing(mapping, merged(target));
  return mapping;
}

function recall(node: Node): Value | undefined {
  return node.anchor === undefined ? undefined : anchored.get(node);
}

function remember(node: Node, value: Value): void {
  if (node.anchor !== undefined) anchored.set(node, value);
}

/** Returns the entries that a mapping's merge keys add. If several sources have a key, the first one wins. */
export function merged(mapping: MappingNode): Mapping {
  const values = newMapping();
  for (const entry of mapping.entries) {
    if (!isMerge(entry)) continue;
    const value = toValue(entry.value);
    for (const source of Array.isArray(value) ? value : [value]) addMissing(values, source);
  }
  return values;
}

/** Copies the entries of `source` whose keys `mapping` doesn't have. A source that isn't a mapping adds nothing. */
function addMissing(mapping: { [key: string]: Value }, source: Value): void {
  if (!isMapping(source)) return;
  for (const [key, value] of Object.entries(source)) if (!Object.hasOwn(mapping, key)) mapping[key] = value;
}

/** The core schema's types by the first character that a plain scalar of the type can have. */
const resolvers: Readonly<Record<string, readonly ScalarTagDefinition[]>> = (() => {
  const table: Record<string, ScalarTagDefinition[]> = Object.create(null);
  for (const tag of [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag]) {
    for (const char of tag.implicitFirstChars ?? []) table[char] = [...(table[char] ?? []), tag];
  }
  return table;
})();

function scalarValue(node: ScalarNode): Value {
  return node.style !== "plain" || node.tag === "!" || isTagged(node, "str") ? node.text : plainScalar(node.text);
}

/** Returns the value of a scalar without quotes and without a tag, by the YAML 1.2 core schema. */
export function plainScalar(text: string): Value {
  for (const tag of resolvers[text.charAt(0)] ?? []) {
    const value = tag.resolve(text, false, tag.tagName);
    if (value === NOT_RESOLVED) continue;
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : (value as Value);
  }
  return text;
}
