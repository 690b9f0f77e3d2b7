import { isMapping, type Mapping } from "../../yaml/value";

/** JSON Merge Patch (RFC 7396) of two mappings: null removes a key, a mapping is merged, all else replaces. */
export function mergePatch(target: Mapping, patch: Mapping): Mapping {
  const changes = Object.entries(patch);
  if (changes.length === 0) return target;
  const merged = new Map(Object.entries(target));
  for (const [key, value] of changes) {
    if (value === null) {
      merged.delete(key);
    } else if (isMapping(value)) {
      const current = merged.get(key);
      merged.set(key, mergePatch(isMapping(current) ? current : {}, value));
    } else {
      merged.set(key, value);
    }
  }
  return Object.fromEntries(merged);
}
