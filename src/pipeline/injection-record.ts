import { stableHash } from "../kube/stable-hash";
import { get, getString, isList, isMapping, type Value } from "../yaml/value";

/**
 * What a configuration added to a workload, so that it can be taken back exactly. Paths are within the object, such as
 * `spec.template.spec.containers[web].env`.
 */
export interface InjectionRecord {
  /** The configuration's `metadata.name`. */
  readonly owner: string;
  /** By the path of a list or mapping: the names of the elements, or the keys, that were added to it. */
  readonly added: { readonly [path: string]: readonly string[] };
  /** The lists and mappings that were made for what was added: they go when they are empty again. */
  readonly created: readonly string[];
  /** The text that stood for a list or mapping that was empty: `[]`, `null`, or nothing. */
  readonly formerlyEmpty: { readonly [path: string]: string };
}

/** The record as the annotation's value: compact JSON, with a checksum so that no other JSON is taken for a record. */
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

/** Reads the annotation's value; undefined where it is not what `printRecord` writes. */
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
  if (owner === undefined || added === undefined || !isStrings(created) || !isMapping(formerlyEmpty)) return undefined;
  if (!isStrings(Object.values(formerlyEmpty))) return undefined;
  const record = { owner, added, created, formerlyEmpty: formerlyEmpty as InjectionRecord["formerlyEmpty"] };
  return printRecord(record) === text ? record : undefined;
}

function stringLists(value: Value | undefined): InjectionRecord["added"] | undefined {
  return isMapping(value) && Object.values(value).every(isStrings) ? (value as InjectionRecord["added"]) : undefined;
}

function isStrings(value: Value | undefined): value is readonly string[] {
  return isList(value) && value.every((entry) => typeof entry === "string");
}
