/** Plain data as YAML reads it. Mappings have no prototype, so that a key such as `__proto__` is a key like any other. */
export type Value = null | boolean | number | string | readonly Value[] | Mapping;

/** A mapping of plain data: string keys, in the order of the document. */
export interface Mapping {
  readonly [key: string]: Value;
}

/**
 * A new mapping without inherited keys. Unlike `Object.create(null)`, which V8 keeps as a slow dictionary, it is an
 * ordinary object behind an empty prototype.
 */
export function newMapping(): { [key: string]: Value } {
  return new (Bare as unknown as new () => { [key: string]: Value })();
}

function Bare(): void {}
Bare.prototype = Object.create(null);

/** True for a mapping (not for null, and not for a list). */
export function isMapping(value: Value | undefined): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a list. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Returns true for a list of strings, which may be empty. */
export function isStringList(value: Value | undefined): value is readonly string[] {
  return isList(value) && value.every((entry) => typeof entry === "string");
}

/** The value of an own key, or undefined when `value` is no mapping or has no such key. */
export function get(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let current = value;
  for (const key of path) {
    if (!isMapping(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** The string at a path, or undefined when there is none or it is of another type. */
export function getString(value: Value | undefined, ...path: readonly string[]): string | undefined {
  const found = get(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** The list at a path; an absent one, or another type, is an empty list. */
export function getList(value: Value | undefined, ...path: readonly string[]): readonly Value[] {
  const found = get(value, ...path);
  return isList(found) ? found : [];
}

/** The mapping's string values at a path (labels, annotations); entries of other types are left out. */
export function getStrings(value: Value | undefined, ...path: readonly string[]): Readonly<Record<string, string>> {
  const found = get(value, ...path);
  if (!isMapping(found)) return emptyStrings;
  for (const key in found) if (typeof found[key] !== "string") return onlyStrings(found);
  return found as Readonly<Record<string, string>>;
}

const emptyStrings: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

function onlyStrings(mapping: Mapping): Readonly<Record<string, string>> {
  const strings: Record<string, string> = Object.create(null);
  for (const [key, entry] of Object.entries(mapping)) if (typeof entry === "string") strings[key] = entry;
  return strings;
}

/** Whether two values are the same data. The order of a mapping's keys does not matter; that of a list does. */
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
