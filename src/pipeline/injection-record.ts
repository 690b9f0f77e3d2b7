import { printPath } from "../kube/field-path";
import { recordAnnotation } from "../kube/own-annotations";
import { stableHash } from "../kube/stable-hash";
import type { Addition } from "../plan/addition";
import { get, getList, getString, isMapping, isStringList, type Value } from "../yaml/value";

/** What was added to an object. Paths are within the object, such as `spec.template.spec.containers[web].env`. */
export interface RecordedAdditions {
  /** The names of the elements, or the keys, that were added to a list or mapping, by its path. */
  readonly added: { readonly [path: string]: readonly string[] };
  /** Paths of the lists and mappings that were created. They are removed when they are empty again. */
  readonly created: readonly string[];
  /** The text of each list or mapping that was empty, by its path: `[]`, `null`, or nothing. */
  readonly formerlyEmpty: { readonly [path: string]: string };
}

/** What a configuration added to a workload, so that it can be removed exactly, apart from the record itself. */
export interface InjectionRecord extends RecordedAdditions {
  /** The configuration's `metadata.name`. */
  readonly owner: string;
  /** Paths of the lists in which the added elements had to be the first. */
  readonly first: readonly string[];
}

/** The mapping that contains the record. It is always treated as created, and removed only if it is empty again. */
const ownPath = "metadata.annotations";

/** Returns everything that may be removed because of a record: the additions that it lists, and its own annotation. */
export function recordedAdditions({ added, created, formerlyEmpty }: InjectionRecord): RecordedAdditions {
  return {
    added: { ...added, [ownPath]: [...(added[ownPath] ?? []), recordAnnotation] },
    created: [...created, ownPath],
    formerlyEmpty,
  };
}

/**
 * Prints a record as the annotation's value: compact JSON. A record authorizes deletion, so it has a checksum: JSON that
 * merely looks like a record, or a damaged record, must not authorize anything.
 *
 * The value is short, and the same for the same additions: paths are sorted, and relative to the pod's spec if they are
 * within it. It doesn't mention the annotation itself, because under a host a workload has annotations that its file
 * doesn't have.
 *
 * @param podSpecPath the path of the pod's spec in the object, such as `spec.template.spec`.
 */
export function printRecord(
  { owner, added, created, formerlyEmpty, first }: InjectionRecord,
  podSpecPath: string,
): string {
  const createdPaths = created.filter((path) => path !== ownPath);
  const names = (paths: readonly string[]) => paths.map((path) => [path, added[path] ?? []] as const);
  const existingPaths = Object.keys(added).filter((path) => !createdPaths.includes(path));
  const group = (key: string, entries: readonly (readonly [path: string, value: unknown])[]) => {
    const relative = entries.map(([path, value]) => [toRelative(path, podSpecPath), value] as const);
    return entries.length === 0 ? {} : { [key]: Object.fromEntries(relative.sort(([a], [b]) => (a < b ? -1 : 1))) };
  };
  const text = JSON.stringify({
    owner,
    ...group("added", names(existingPaths)),
    ...group("created", names(createdPaths)),
    ...group("empty", Object.entries(formerlyEmpty)),
    ...(first.length === 0 ? {} : { first: first.map((path) => toRelative(path, podSpecPath)) }),
  });
  return `${text.slice(0, -1)},"sum":"${stableHash(text)}"}`;
}

/**
 * Reads the annotation's value. Returns undefined if it isn't exactly what `printRecord` prints.
 *
 * @param podSpecPath as for `printRecord`.
 */
export function readRecord(text: string, podSpecPath: string): InjectionRecord | undefined {
  const value = parseJson(text);
  const existing = entriesOf(get(value, "added"), isStringList, podSpecPath);
  const created = entriesOf(get(value, "created"), isStringList, podSpecPath);
  // What doesn't belong in a record is left out here, so the printed record differs.
  const record = {
    owner: getString(value, "owner") ?? "",
    first: getList(value, "first")
      .filter(isText)
      .map((path) => toFull(path, podSpecPath)),
    added: { ...existing, ...created },
    created: Object.keys(created),
    formerlyEmpty: entriesOf(get(value, "empty"), isText, podSpecPath),
  };
  return printRecord(record, podSpecPath) === text ? record : undefined;
}

/** Returns the owner that a record names, even if the record is damaged. Undefined if it can't be read. */
export function ownerInRecord(text: string): string | undefined {
  return getString(parseJson(text), "owner");
}

function parseJson(text: string): Value | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the entries of a group of a record that have the right type, by their full paths. */
function entriesOf<T extends Value>(
  group: Value | undefined,
  hasType: (value: Value) => value is T,
  podSpecPath: string,
): { readonly [path: string]: T } {
  const entries: [path: string, value: T][] = [];
  if (!isMapping(group)) return {};
  for (const [path, value] of Object.entries(group))
    if (hasType(value)) entries.push([toFull(path, podSpecPath), value]);
  return Object.fromEntries(entries);
}

function isText(value: Value): value is string {
  return typeof value === "string";
}

function toRelative(path: string, podSpecPath: string): string {
  return path.startsWith(`${podSpecPath}.`) ? path.slice(podSpecPath.length + 1) : path;
}

/** A path that starts with one of an object's own fields is a full path: the spec of a pod has none of these names. */
function toFull(path: string, podSpecPath: string): string {
  return /^(?:metadata|spec)\./.test(path) ? path : `${podSpecPath}.${path}`;
}

/** Returns the paths of the lists in which additions must be the first elements. */
export function listsWithFirst(additions: readonly Addition[]): string[] {
  return additions.flatMap((addition) =>
    "elements" in addition && addition.position === "first" ? [printPath(addition.path)] : [],
  );
}

/** Returns the names that additions add, by the path of their collection. */
export function namesAdded(additions: readonly Addition[]): RecordedAdditions["added"] {
  const added: { [path: string]: readonly string[] } = {};
  for (const addition of additions) {
    const names =
      "entries" in addition ? Object.keys(addition.entries) : addition.elements.map(({ name }) => String(name));
    const path = printPath(addition.path);
    added[path] = [...(added[path] ?? []), ...names];
  }
  return added;
}
