/** Plain data as read from YAML. Mappings inherit nothing, so a key such as `__proto__` is like any other. */
export type Value = null | boolean | number | string | readonly Value[] | Mapping;

/** A mapping of plain data: string keys, in the order of the document. */
export interface Mapping {
  readonly [key: string]: Value;
}

/**
 * Returns a new mapping without inherited keys. V8 stores the result of `Object.create(null)` as a slow dictionary;
 * this is an ordinary object whose prototype is empty.
 */
export function newMapping(): { [key: string]: Value } {
  return new (Bare as unknown as new () => { [key: string]: Value })();
}

function Bare(): void {}
Bare.prototype = Object.create(null);

/** Reports whether a value is a mapping: not null, and not a list. */
export function isMapping(value: Value | undefined): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reports whether a value is a list. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Returns true for a list of strings, which may be empty. */
export function isStringList(value: Value | undefined): value is readonly string[] {
  return isList(value) && value.every((entry) => typeof entry === "string");
}

/** Returns true for a mapping whose values are strings, which may be empty. */
export function isStringMapping(value: Value | undefined): value is Readonly<Record<string, string>> {
  if (!isMapping(value)) return false;
  for (const key in value) if (typeof value[key] !== "string") return false;
  return true;
}

/** Returns the value at a path of keys. Undefined if a key doesn't exist or is looked up in anything but a mapping. */
export function get(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let current = value;
  for (const key of path) {
    if (!isMapping(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** Returns the string at a path. Undefined if there is no value or it has another type. */
export function getString(value: Value | undefined, ...path: readonly string[]): string | undefined {
  const found = get(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** Returns the list at a path. Empty if there is no value or it has another type. */
export function getList(value: Value | undefined, ...path: readonly string[]): readonly Value[] {
  const found = get(value, ...path);
  return isList(found) ? found : [];
}

/** Returns the mapping at a path. Empty if there is no value or it has another type. */
export function getMapping(value: Value | undefined, ...path: readonly string[]): Mapping {
  const found = get(value, ...path);
  return isMapping(found) ? found : {};
}

/** Returns the string entries of the mapping at a path, such as labels. Entries of other types are left out. */
export function getStrings(value: Value | undefined, ...path: readonly string[]): Readonly<Record<string, string>> {
  const found = get(value, ...path);
  if (isStringMapping(found)) return found;
  return isMapping(found) ? onlyStrings(found) : emptyStrings;
}

const emptyStrings: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

function onlyStrings(mapping: Mapping): Readonly<Record<string, string>> {
  const strings: Record<string, string> = Object.create(null);
  for (const [key, entry] of Object.entries(mapping)) if (typeof entry === "string") strings[key] = entry;
  return strings;
}

/** Reports whether two values are deeply equal. The order of a list matters, that of a mapping's keys doesn't. */
export function sameValue(one: Value | undefined, other: Value | undefined): boolean {
  if (Object.is(one, other)) return true;
  if (isList(one)) {
    return isList(other) && one.length === other.length && one.every((entry, i) => sameValue(entry, other[i]));
  }
  if (!isMapping(one) || !isMapping(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameValue(one[key], other[key]))
  );
}
