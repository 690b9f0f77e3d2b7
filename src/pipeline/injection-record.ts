import { stableHash } from "../kube/stable-hash";
import { get, getString, isList, isMapping, type Value } from "../yaml/value";

/**
 * What a configuration added to a workload, so that it can be taken back exactly. Paths are within the object, such as
 * `spec.template.spec.containers[web].env`.
 */
export interface Record {
  /** The configuration's `metadata.name`. */
  readonly by: string;
  /** By the path of a list or mapping: the names of the elements, or the keys, that were added to it. */
  readonly added: { readonly [path: string]: readonly string[] };
  /** The lists and mappings that were made for what was added: they go when they are empty again. */
  readonly made: readonly string[];
  /** The text that stood for a list or mapping that was empty: `[]`, `null`, or nothing. */
  readonly empty: { readonly [path: string]: string };
}

/** The record as the annotation's value: compact JSON, with a checksum so that no other JSON is taken for a record. */
export function printRecord({ by, added, made, empty }: Record): string {
  const body = { by, added, ...(made.length > 0 ? { made } : {}), ...(Object.keys(empty).length > 0 ? { empty } : {}) };
  const text = JSON.stringify(body);
  return `${text.slice(0, -1)},"sum":"${stableHash(text)}"}`;
}

/** Reads the annotation's value; undefined where it is not what `printRecord` writes. */
export function readRecord(text: string): Record | undefined {
  let value: Value;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const by = getString(value, "by");
  const added = stringLists(get(value, "added"));
  const made = get(value, "made") ?? [];
  const empty = get(value, "empty") ?? {};
  if (by === undefined || added === undefined || !isStrings(made) || !isMapping(empty)) return undefined;
  if (!isStrings(Object.values(empty))) return undefined;
  const record = { by, added, made, empty: empty as Record["empty"] };
  return printRecord(record) === text ? record : undefined;
}

function stringLists(value: Value | undefined): Record["added"] | undefined {
  return isMapping(value) && Object.values(value).every(isStrings) ? (value as Record["added"]) : undefined;
}

function isStrings(value: Value | undefined): value is readonly string[] {
  return isList(value) && value.every((entry) => typeof entry === "string");
}
