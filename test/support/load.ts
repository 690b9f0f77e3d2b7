import {
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  floatCoreTag,
  intCoreTag,
  load,
  mergeTag,
  type ScalarTagDefinition,
} from "js-yaml";
import type { Node } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { toValue } from "../../src/yaml/to-value";
import type { Value } from "../../src/yaml/value";

/** A number's tag by which an integer that a JavaScript number cannot hold is its text. */
function safe(tag: ScalarTagDefinition<number>): ScalarTagDefinition<number | string> {
  return defineScalarTag<number | string>(tag.tagName, {
    implicit: true,
    implicitFirstChars: tag.implicitFirstChars,
    identify: () => false,
    resolve: (source, isExplicit, tagName) => {
      const value = tag.resolve(source, isExplicit, tagName);
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? source : value;
    },
  });
}

const schema = CORE_SCHEMA.withTags(
  mergeTag,
  safe(intCoreTag),
  safe(floatCoreTag),
  defineScalarTag("!", { matchByTagPrefix: true, identify: () => false, resolve: (source) => source }),
  defineSequenceTag<unknown[]>("!", {
    matchByTagPrefix: true,
    identify: () => false,
    create: () => [],
    addItem: (list, element) => {
      list.push(element);
    },
  }),
  defineMappingTag<Map<unknown, unknown>>("!", {
    matchByTagPrefix: true,
    identify: () => false,
    create: () => new Map(),
    addPair: (map, key, value) => {
      map.set(key, value);
      return "";
    },
    has: (map, key) => map.has(key),
    keys: (map) => map.keys(),
    get: (map, key) => map.get(key),
  }),
);

/** A text's value as js-yaml alone reads it, in the form that the function promises: the second opinion of all properties. */
export function loadYaml(text: string): Value {
  return withoutPrototypes(load(text, { schema, json: true }));
}

/** A text's value as the function reads it. */
export function coreValue(text: string): Value {
  return withoutPrototypes(toValue(parse(text) as Node));
}

/** The same data, its mappings without prototypes, so that two readings can be compared strictly. */
export function withoutPrototypes(value: unknown): Value {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (typeof value !== "object" || value === null) return value as Value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const mapping: { [key: string]: Value } = Object.create(null);
  for (const [key, entry] of entries) mapping[String(key)] = withoutPrototypes(entry);
  return mapping;
}
