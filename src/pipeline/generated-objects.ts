import type { NewObject } from "../krm/write-resource-list";
import { fileKey, hostAnnotationsAt, isHostAnnotation } from "../kube/host-annotations";
import { type Identity, type KrmObject, toObject } from "../kube/object";
import { addedAnnotation, forAnnotation, ownerAnnotation } from "../kube/own-annotations";
import { objectGenerators } from "../plan/objects/index";
import { privateCaOwnership } from "../plan/objects/metadata";
import type { ObjectKind } from "../plan/objects/object-generator";
import { privateCaKinds } from "../plan/objects/private-ca";
import { get, getString, isList, isMapping, type Mapping, type Value } from "../yaml/value";

/** An object of the input, and the index of its item. */
export interface LocatedObject {
  readonly index: number;
  readonly object: KrmObject;
}

/**
 * Reports whether a configuration generated an object of the input. It checks the object's annotations and not its
 * name, because a name prefix can change the name.
 */
export type IsGenerated = (object: KrmObject) => boolean;

/** Returns a function that recognizes the objects that a TracingSidecar with this name generated. */
export function generatedForWorkloads(owner: string): IsGenerated {
  return (object) =>
    isOwned(object, owner, objectGenerators) &&
    object.annotations[forAnnotation] !== undefined &&
    object.annotations[forAnnotation] !== privateCaOwnership(owner)[forAnnotation];
}

/** Returns a function that recognizes the objects that a PrivateCA with this name generated. */
export function generatedForPrivateCa(owner: string): IsGenerated {
  return (object) =>
    isOwned(object, owner, privateCaKinds) &&
    object.annotations[forAnnotation] === privateCaOwnership(owner)[forAnnotation];
}

function isOwned({ group, kind, annotations }: KrmObject, owner: string, kinds: readonly ObjectKind[]): boolean {
  return annotations[ownerAnnotation] === owner && kinds.some((one) => one.group === group && one.kind === kind);
}

/** What objects are generated for: a workload, or the configuration itself if it is a PrivateCA. */
export interface GenerationSource {
  /** New objects go to the file of this one. */
  readonly object: Identity;
  /** New objects go after this item; -1 if the list has no items. */
  readonly index: number;
  readonly plan: { readonly objects: readonly Mapping[] };
}

/** An object that a source should have. */
export interface DesiredObject {
  /** The index of its source among the sources. */
  readonly source: number;
  readonly object: Mapping;
}

/** A desired object that doesn't exist yet. */
export interface ObjectToCreate extends DesiredObject, NewObject {
  /** The index of the item that it goes after; -1 if the list has no items. */
  readonly afterIndex: number;
}

/** A desired object, and the object of the input that it replaces. */
export interface ObjectToUpdate extends DesiredObject {
  readonly existing: LocatedObject;
}

/** What to do with generated objects. */
export interface ObjectActions {
  readonly create: readonly ObjectToCreate[];
  /** Some of them may already be up to date. */
  readonly update: readonly ObjectToUpdate[];
  readonly prune: readonly LocatedObject[];
}

/**
 * Matches the objects that sources should have with those that exist. New objects go to their source's file, at the
 * lowest indexes above the source's own that no item of another owner uses.
 *
 * @param existing what the configuration generated before.
 * @param others every other item.
 */
export function matchGenerated(
  sources: readonly GenerationSource[],
  existing: readonly LocatedObject[],
  others: readonly Identity[],
): ObjectActions {
  const matches = existing.length === 0 ? new Map<Mapping, LocatedObject>() : matchObjects(sources, existing);
  const matched = new Set(matches.values());
  const movedAway = sources.flatMap(({ object: source, plan }) =>
    plan.objects.flatMap((object) => {
      const match = matches.get(object);
      return match === undefined || inSameFile(match.object, source) ? [] : [match.object];
    }),
  );
  const indexes = new FreeFileIndexes([...others, ...movedAway]);
  const actions = sources.map((source, i) => actionsOf(source, i, matches, indexes));
  return {
    create: actions.flatMap(({ create }) => create),
    update: actions.flatMap(({ update }) => update),
    prune: existing.filter((located) => !matched.has(located)),
  };
}

/**
 * Finds the existing object for each desired one: it has the same kind and was generated for the same source. If a
 * source has several objects of a kind, those with the same name are matched first.
 */
function matchObjects(
  sources: readonly GenerationSource[],
  existing: readonly LocatedObject[],
): ReadonlyMap<Mapping, LocatedObject> {
  const byKey = new Map<string, LocatedObject[]>();
  for (const located of existing) {
    const key = matchKey(located.object);
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [located]);
    else same.push(located);
  }
  const matches = new Map<Mapping, LocatedObject>();
  const matched = new Set<LocatedObject>();
  for (const { plan } of sources) {
    const desired = plan.objects.map((object) => ({ object, identity: toObject(object) }));
    for (const { object, identity } of desired) {
      const free = (byKey.get(matchKey(identity)) ?? []).filter((located) => !matched.has(located));
      const isOfAnother = ({ object: { kind, name } }: LocatedObject) =>
        desired.some((other) => other.identity.kind === kind && other.identity.name === name);
      const match =
        free.find((located) => located.object.name === identity.name) ?? free.find((located) => !isOfAnother(located));
      if (match === undefined) continue;
      matched.add(match);
      matches.set(object, match);
    }
  }
  return matches;
}

/** Returns what to do with the objects of one source. `i` is its index among the sources. */
function actionsOf(
  { object: source, index, plan }: GenerationSource,
  i: number,
  matches: ReadonlyMap<Mapping, LocatedObject>,
  indexes: FreeFileIndexes,
): Omit<ObjectActions, "prune"> {
  const create: ObjectToCreate[] = [];
  const update: ObjectToUpdate[] = [];
  let afterIndex = index;
  for (const object of plan.objects) {
    const existing = matches.get(object);
    if (existing === undefined) {
      create.push({ afterIndex, source: i, object, sameFileAs: source, index: indexes.next(source) });
    } else if (inSameFile(existing.object, source)) {
      update.push({ source: i, existing, object: mergeForeignMetadata(object, existing.object, indexes.next(source)) });
      afterIndex = existing.index;
    } else {
      // The user moved it to another file, where it stays.
      update.push({ source: i, existing, object: mergeForeignMetadata(object, existing.object, undefined) });
    }
  }
  return { create, update };
}

function matchKey({ kind, namespace, annotations }: Identity): string {
  return `${kind}|${namespace ?? ""}|${annotations[forAnnotation]}`;
}

function inSameFile(one: Identity, other: Identity): boolean {
  return fileKey(one) === fileKey(other);
}

/** Finds the indexes of each file that no item uses. */
class FreeFileIndexes {
  /** By file, for each taken index: a later index such that all indexes between the two are taken. */
  readonly #taken = new Map<string, Map<number, number>>();

  constructor(objects: readonly Identity[]) {
    for (const object of objects) {
      const index = object.file?.index;
      if (index !== undefined) this.#of(object).set(index, index + 1);
    }
  }

  /** Reserves and returns the lowest free index above an object's own. */
  next(source: Identity): number {
    const taken = this.#of(source);
    const first = (source.file?.index ?? 0) + 1;
    let free = first;
    for (let next = taken.get(free); next !== undefined; next = taken.get(free)) free = next;
    taken.set(free, free + 1);
    // Shortens the search of the next call: walking a large file for each object would take quadratic time.
    for (let index = first; index < free; ) {
      const next = taken.get(index) as number;
      taken.set(index, free + 1);
      index = next;
    }
    return free;
  }

  #of(object: Identity): Map<number, number> {
    const key = fileKey(object) ?? "";
    const found = this.#taken.get(key) ?? new Map<number, number>();
    this.#taken.set(key, found);
    return found;
  }
}

/**
 * Returns the desired object with what others added to the existing one: labels, annotations, and top-level fields that
 * the function doesn't write, such as `status`. The function owns the whole `spec`.
 *
 * @param fileIndex the object's new index in its file; undefined if it stays where it is.
 */
function mergeForeignMetadata(object: Mapping, existing: KrmObject, fileIndex: number | undefined): Mapping {
  const metadata = object.metadata as Mapping;
  const before = namesAdded(existing.annotations[addedAnnotation]);
  const labels = foreign(existing.labels, before.labels);
  const annotations = foreign(existing.annotations, [...before.annotations, addedAnnotation]);
  return {
    ...object,
    ...without(existing.value as Mapping, object),
    metadata: {
      ...metadata,
      ...without(get(existing.value, "metadata") as Mapping, { ...metadata, namespace: null }),
      labels: { ...(metadata.labels as Mapping), ...without(labels, metadata.labels as Mapping) },
      annotations: {
        ...(metadata.annotations as Mapping),
        ...hostAnnotationsAt(existing, fileIndex),
        ...without(annotations, metadata.annotations as Mapping),
      },
    },
  };
}

function foreign(present: Readonly<Record<string, string>>, own: readonly string[]): Mapping {
  return Object.fromEntries(Object.entries(present).filter(([name]) => !own.includes(name) && !isHostAnnotation(name)));
}

function without(values: Mapping, names: Mapping): Mapping {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(names, name)));
}

/** Reads the names of the labels and annotations that an earlier configuration gave a generated object. */
function namesAdded(text: string | undefined): { labels: readonly string[]; annotations: readonly string[] } {
  let value: Value = null;
  try {
    value = text === undefined ? null : JSON.parse(text);
  } catch {
    // The function didn't write this value, so it names nothing.
  }
  const strings = (list: Value | undefined) => (isList(list) ? list.filter((name) => typeof name === "string") : []);
  return isMapping(value)
    ? { labels: strings(value.labels), annotations: strings(value.annotations) }
    : { labels: [], annotations: [] };
}

/** Returns the kind and name of a generated object for messages: `Certificate web-jaeger-agent`. */
export function nameOf(object: Mapping): string {
  return `${getString(object, "kind")} ${getString(object, "metadata", "name")}`;
}
