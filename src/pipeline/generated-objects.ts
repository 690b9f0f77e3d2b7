import type { NewObject } from "../krm/write-resource-list";
import { fileKey, hostAnnotationsOf, isHostAnnotation } from "../kube/host-annotations";
import { type Identity, type KrmObject, toObject } from "../kube/object";
import { addedAnnotation, forAnnotation, ownerAnnotation } from "../kube/own-annotations";
import { objectGenerators } from "../plan/objects/index";
import { privateCaOwnership } from "../plan/objects/metadata";
import type { ObjectKind } from "../plan/objects/object-generator";
import { privateCaKinds } from "../plan/objects/private-ca";
import { getOrInsert, groupBy } from "../yaml/maps";
import { getMapping, getString, isList, isMapping, type Mapping, type Value } from "../yaml/value";
import type { IsGenerated, LocatedItem, LocatedObject } from "./classify-items";

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
  /** New objects go to the file of this one. It also identifies the source. */
  readonly object: Identity;
  /** New objects go after this item. Undefined if the list has no items. */
  readonly after?: LocatedItem;
  /** The objects that the source should have. */
  readonly objects: readonly Mapping[];
  /** Objects whose message isn't about the source, but about another object. */
  readonly subjects?: ReadonlyMap<Mapping, Identity>;
}

/** An object that a source should have. */
export interface DesiredObject {
  /** The object that the message is about: its source, or another one that the source names for it. */
  readonly subject: Identity;
  readonly object: Mapping;
}

/** A desired object that doesn't exist yet. */
export interface ObjectToCreate extends DesiredObject, NewObject {
  /** The item that it goes after. Undefined if the list has no items. */
  readonly after?: LocatedItem;
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
 * Matches the objects that sources should have with those that exist. Existing objects stay where they are: a user, or
 * a host that sorts objects, decides that. New objects go to their source's file, at the lowest free indexes above the
 * source's own.
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
  const indexes = new FreeFileIndexes([...others, ...[...matched].map(({ object }) => object)]);
  const actions = sources.map((source) => actionsOf(source, matches, indexes));
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
  const byKey = groupBy(existing, ({ object }) => matchKey(object));
  const matches = new Map<Mapping, LocatedObject>();
  const matched = new Set<LocatedObject>();
  for (const { objects } of sources) {
    const desired = objects.map((object) => ({ object, identity: toObject(object) }));
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

/**
 * Returns the actions that delete no object. Only an object with the name of a new or updated one is still deleted: the
 * other replaces it.
 */
export function withoutPruning({ create, update, prune }: ObjectActions): ObjectActions {
  const names = new Set([...create, ...update].map(({ object }) => nameKey(toObject(object))));
  return { create, update, prune: prune.filter(({ object }) => names.has(nameKey(object))) };
}

function nameKey({ kind, namespace, name }: Identity): string {
  return `${kind}|${namespace ?? ""}|${name}`;
}

/** Returns what to do with the objects of one source. */
function actionsOf(
  { object: source, after: first, objects, subjects }: GenerationSource,
  matches: ReadonlyMap<Mapping, LocatedObject>,
  indexes: FreeFileIndexes,
): Omit<ObjectActions, "prune"> {
  const create: ObjectToCreate[] = [];
  const update: ObjectToUpdate[] = [];
  let after = first;
  for (const object of objects) {
    const existing = matches.get(object);
    const subject = subjects?.get(object) ?? source;
    if (existing === undefined) {
      const index = indexes.next(source);
      create.push({ ...(after === undefined ? {} : { after }), subject, object, sameFileAs: source, index });
    } else {
      update.push({ subject, existing, object: mergeForeignMetadata(object, existing.object) });
      if (fileKey(existing.object) === fileKey(source)) after = existing;
    }
  }
  return { create, update };
}

function matchKey({ kind, namespace, annotations }: Identity): string {
  return `${kind}|${namespace ?? ""}|${annotations[forAnnotation]}`;
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
    for (let index: number | undefined = first; index !== undefined && index < free; ) {
      const next = taken.get(index);
      taken.set(index, free + 1);
      index = next;
    }
    return free;
  }

  #of(object: Identity): Map<number, number> {
    return getOrInsert(this.#taken, fileKey(object) ?? "", () => new Map());
  }
}

/**
 * Returns the desired object with what others added to the existing one: labels, annotations, and top-level fields that
 * the function doesn't write, such as `status`. The function owns the whole `spec`.
 */
function mergeForeignMetadata(object: Mapping, existing: KrmObject): Mapping {
  const metadata = getMapping(object, "metadata");
  const [labels, annotations] = [getMapping(metadata, "labels"), getMapping(metadata, "annotations")];
  const before = namesAdded(existing.annotations[addedAnnotation]);
  const foreignLabels = foreign(existing.labels, before.labels);
  const foreignAnnotations = foreign(existing.annotations, [...before.annotations, addedAnnotation]);
  return {
    ...object,
    ...without(getMapping(existing.value), object),
    metadata: {
      ...metadata,
      ...without(getMapping(existing.value, "metadata"), { ...metadata, namespace: null }),
      labels: { ...labels, ...without(foreignLabels, labels) },
      annotations: { ...annotations, ...hostAnnotationsOf(existing), ...without(foreignAnnotations, annotations) },
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
