import { printPath } from "../kube/field-path";
import { recordAnnotation } from "../kube/own-annotations";
import { stableHash } from "../kube/stable-hash";
import type { Addition } from "../plan/addition";
import { get, getString, isMapping, isStringList, type Value } from "../yaml/value";

/**
 * What a configuration added to a workload, so that it can be removed exactly. Paths are within the object, such as
 * `spec.template.spec.containers[web].env`.
 */
export interface InjectionRecord {
  /** The configuration's `metadata.name`. */
  readonly owner: string;
  /** The names of the elements, or the keys, that were added to a list or mapping, by its path. */
  readonly added: { readonly [path: string]: readonly string[] };
  /** Paths of the lists and mappings that were created. They are removed when they are empty again. */
  readonly created: readonly string[];
  /** The text of each list or mapping that was empty, by its path: `[]`, `null`, or nothing. */
  readonly formerlyEmpty: { readonly [path: string]: string };
}

/**
 * Prints a record as the annotation's value: compact JSON with a checksum. A record permits deletion. Other JSON of the
 * same form, or a damaged record, must not.
 */
export function printRecord({ owner, added, created, formerlyEmpty }: InjectionRecord): string {
  const body = {
    by: owner,
    added,
    ...(created.length > 0 ? { made: created } : {}),
    ...(Object.keys(formerlyEmpty).length > 0 ? { empty: formerlyEmpty } : {}),
  };
  const text = JSON.stringify(body);
  return `${text.slice(0, -1)},"sum":"${stableHash(text)}"}`;
}

/** Reads the annotation's value. Returns undefined if it isn't exactly what `printRecord` prints. */
export function readRecord(text: string): InjectionRecord | undefined {
  let value: Value;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const owner = getString(value, "by");
  const added = stringLists(get(value, "added"));
  const created = get(value, "made") ?? [];
  const formerlyEmpty = get(value, "empty") ?? {};
  if (owner === undefined || added === undefined || !isStringList(created) || !isMapping(formerlyEmpty))
    return undefined;
  if (!isStringList(Object.values(formerlyEmpty))) return undefined;
  const record = { owner, added, created, formerlyEmpty: formerlyEmpty as InjectionRecord["formerlyEmpty"] };
  return printRecord(record) === text ? record : undefined;
}

function stringLists(value: Value | undefined): InjectionRecord["added"] | undefined {
  return isMapping(value) && Object.values(value).every(isStringList) ? (value as InjectionRecord["added"]) : undefined;
}

/**
 * Returns the names that additions add, by the path of their collection, and the name of the record's own annotation.
 */
export function namesAdded(additions: readonly Addition[]): InjectionRecord["added"] {
  const added: { [path: string]: readonly string[] } = { "metadata.annotations": [recordAnnotation] };
  for (const addition of additions) {
    const names =
      "entries" in addition ? Object.keys(addition.entries) : addition.elements.map(({ name }) => String(name));
    const path = printPath(addition.path);
    added[path] = [...(added[path] ?? []), ...names];
  }
  return added;
}
