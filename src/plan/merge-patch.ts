import { isMapping, type Mapping } from "../yaml/value";

/**
 * Applies a JSON Merge Patch (RFC 7396) to a mapping: null removes a key, a mapping is merged, and any other value
 * replaces the target's. Returns `target` itself if the patch is empty.
 */
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
