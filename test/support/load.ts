import assert from "node:assert/strict";
import {
  CORE_SCHEMA,
  constructFromEvents,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  floatCoreTag,
  intCoreTag,
  mergeTag,
  type ScalarTagDefinition,
} from "js-yaml";
import { parseEvents } from "../../src/yaml/generated/parse-events";
import type { Node } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { toValue } from "../../src/yaml/to-value";
import type { Value } from "../../src/yaml/value";

/** Returns a number's tag that reads an integer outside JavaScript's safe range as a string, its own text. */
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

/**
 * Returns the value of a text's only document as js-yaml reads it, in the form that the function promises. The properties
 * compare it with the function's own reading. Throws js-yaml's error if the text is invalid.
 */
export function loadYaml(text: string): Value {
  const documents = loadAllYaml(text);
  assert.equal(documents.length, 1, "must be one document");
  return documents[0] as Value;
}

/** Returns the values of a text's documents, like `loadYaml`. */
export function loadAllYaml(text: string): Value[] {
  // js-yaml's `load` has its own parser, without the patches.
  return constructFromEvents(parseEvents(text, {}), { schema, json: true, source: text }).map(withoutPrototypes);
}

/** Returns a text's value as the function's YAML core reads it. */
export function coreValue(text: string): Value {
  return withoutPrototypes(toValue(parse(text) as Node));
}

/** Returns a copy of the data whose mappings have no prototypes, so that two readings can be compared strictly. */
export function withoutPrototypes(value: unknown): Value {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (typeof value !== "object" || value === null) return value as Value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const mapping: { [key: string]: Value } = Object.create(null);
  for (const [key, entry] of entries) mapping[String(key)] = withoutPrototypes(entry);
  return mapping;
}
