import type { Value } from "../yaml/value";
import { formatPath, type Path } from "./json-path";
import type { Problem } from "./problem";

/**
 * Normalizes data in place. Mappings lose their inherited keys, as `Value` promises, and their keys are sorted, so that
 * the output doesn't depend on the order in the configuration. Only the keys of `tags` keep their order, which is also
 * their order in the agent's argument.
 *
 * @param sorted if false, the keys of `value` itself keep their order.
 * @param seen the objects that are already normalized.
 */
export function normalize(value: unknown, sorted = true, seen = new Set<object>()): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value)) {
    for (const element of value) normalize(element, true, seen);
    return;
  }
  Object.setPrototypeOf(value, null);
  const mapping = value as Record<string, unknown>;
  for (const key of sorted ? Object.keys(mapping).sort() : Object.keys(mapping)) {
    const entry = mapping[key];
    normalize(entry, key !== "tags", seen);
    delete mapping[key];
    mapping[key] = entry;
  }
}

/** Returns a problem for each string with a lone surrogate, which no encoding of the output can represent. */
export function illFormedStrings(value: Value, path: Path = []): Problem[] {
  if (typeof value === "string") {
    if (value.isWellFormed()) return [];
    return [{ path: formatPath(path), message: "must be valid Unicode, but contains an unpaired surrogate" }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    illFormedStrings(entry, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}
