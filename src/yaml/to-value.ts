import { boolCoreTag, floatCoreTag, intCoreTag, NOT_RESOLVED, nullCoreTag, type ScalarTagDefinition } from "js-yaml";
import { isMerge, isTagged, keyOf, type MappingNode, type Node, resolve, type ScalarNode } from "./node";
import { isMapping, type Mapping, newMapping, type Value } from "./value";

const known = new WeakMap<Node, Value>();

/**
 * A node's value by the YAML 1.2 core schema, with merge keys as kustomize and kubectl read them. Aliases share their
 * target's value, so that an alias bomb stays small. An integer beyond 2^53 becomes its text. Where a key stands twice
 * the last one counts.
 *
 * @param only of a mapping, the keys to read; the rest is not looked at.
 */
export function toValue(node: Node, only?: ReadonlySet<string>): Value {
  const target = resolve(node);
  if (target.kind === "scalar") return scalarValue(target);
  const before = target.anchor !== undefined && only === undefined ? known.get(target) : undefined;
  if (before !== undefined) return before;
  if (target.kind === "sequence") {
    const list: Value[] = [];
    if (target.anchor !== undefined) known.set(target, list);
    for (const element of target.elements) list.push(toValue(element));
    return list;
  }
  const mapping = newMapping();
  if (target.anchor !== undefined && only === undefined) known.set(target, mapping);
  for (const entry of target.entries) {
    const key = keyOf(entry);
    if (key !== undefined && (only === undefined || only.has(key)) && !isMerge(entry))
      mapping[key] = toValue(entry.value);
  }
  if (target.entries.some(isMerge)) {
    for (const [key, value] of Object.entries(merged(target))) if (!Object.hasOwn(mapping, key)) mapping[key] = value;
  }
  return mapping;
}

/** What a mapping's merge keys bring; the first source that has a key wins. */
export function merged(mapping: MappingNode): Mapping {
  const values = newMapping();
  for (const entry of mapping.entries) {
    if (!isMerge(entry)) continue;
    const value = toValue(entry.value);
    for (const source of Array.isArray(value) ? value : [value]) {
      if (!isMapping(source)) continue;
      for (const key of Object.keys(source)) if (!Object.hasOwn(values, key)) values[key] = source[key] as Value;
    }
  }
  return values;
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

/** The value of a scalar that is written without quotes and without a tag. */
export function plainScalar(text: string): Value {
  for (const tag of resolvers[text.charAt(0)] ?? []) {
    const value = tag.resolve(text, false, tag.tagName);
    if (value === NOT_RESOLVED) continue;
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : (value as Value);
  }
  return text;
}
