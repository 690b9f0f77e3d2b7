import type { NewObject } from "../krm/write-resource-list";
import { fileKey, hostAnnotationsAt, isHostAnnotation } from "../kube/host-annotations";
import { type Identity, type KrmObject, toObject } from "../kube/object";
import { addedAnnotation, forAnnotation, ownerAnnotation } from "../kube/own-annotations";
import { privateCaOwnership } from "../plan/objects/metadata";
import { get, getString, isList, isMapping, type Mapping, type Value } from "../yaml/value";

/** An object of the input and its place in the list. */
export interface LocatedObject {
  readonly index: number;
  readonly object: KrmObject;
}

/** Tells which objects of the input a configuration generated: by their record, since a prefix may have renamed them. */
export type IsGenerated = (object: KrmObject) => boolean;

/** What a TracingSidecar of this name generated. */
export function generatedForWorkloads(owner: string): IsGenerated {
  return (object) =>
    isOf(object, owner, ["cert-manager.io/Certificate", "monitoring.coreos.com/PodMonitor"]) &&
    object.annotations[forAnnotation] !== undefined &&
    object.annotations[forAnnotation] !== privateCaOwnership(owner)[forAnnotation];
}

/** What a PrivateCA of this name generated. */
export function generatedForPrivateCa(owner: string): IsGenerated {
  return (object) =>
    isOf(object, owner, ["cert-manager.io/Certificate", "cert-manager.io/ClusterIssuer"]) &&
    object.annotations[forAnnotation] === privateCaOwnership(owner)[forAnnotation];
}

function isOf({ group, kind, annotations }: KrmObject, owner: string, kinds: readonly string[]): boolean {
  return kinds.includes(`${group}/${kind}`) && annotations[ownerAnnotation] === owner;
}

/** What objects are wanted for, and where they go: a workload, or a configuration that generates objects of its own. */
export interface GenerationSource {
  /** Its file is that of the objects. */
  readonly object: Identity;
  /** New objects go behind this item of the list; -1: there is none. */
  readonly index: number;
  readonly plan: { readonly objects: readonly Mapping[] };
}

/** An object that one of the sources should have beside it. */
export interface DesiredObject {
  /** By its place among the sources. */
  readonly source: number;
  readonly object: Mapping;
}

/** What becomes of the generated objects. */
export interface ObjectActions {
  /** New objects, behind the item of the index `insertAfter`. */
  readonly create: readonly (DesiredObject & NewObject & { readonly behind: number })[];
  /** Objects that are there, and what they must be. */
  readonly update: readonly (DesiredObject & { readonly there: LocatedObject })[];
  readonly prune: readonly LocatedObject[];
}

/**
 * Brings the wanted objects together with those that are there: the same kind, for the same source, and where there
 * are several of it the one of the same name. New ones get a place in their source's file: the lowest indexes above
 * its own that no item but ours holds.
 *
 * @param others every item but `existing`.
 */
export function matchGenerated(
  sources: readonly GenerationSource[],
  existing: readonly LocatedObject[],
  others: readonly Identity[],
): ObjectActions {
  const there = new Map<string, LocatedObject[]>();
  for (const placed of existing) {
    const key = matchKey(placed.object);
    const same = there.get(key);
    if (same === undefined) there.set(key, [placed]);
    else same.push(placed);
  }
  const matched = new Set<LocatedObject>();
  const matches = new Map<Mapping, LocatedObject>();
  const elsewhere: Identity[] = [];
  for (const { object: source, plan } of there.size === 0 ? [] : sources) {
    const wanted = plan.objects.map((object) => ({ object, identity: toObject(object) }));
    for (const { object, identity } of wanted) {
      const free = (there.get(matchKey(identity)) ?? []).filter((one) => !matched.has(one));
      const isOfAnother = ({ object: { kind, name } }: LocatedObject) =>
        wanted.some((other) => other.identity.kind === kind && other.identity.name === name);
      const found = free.find((one) => one.object.name === identity.name) ?? free.find((one) => !isOfAnother(one));
      if (found === undefined) continue;
      matched.add(found);
      matches.set(object, found);
      if (!inSameFile(found.object, source)) elsewhere.push(found.object);
    }
  }
  const indexes = new FreeFileIndexes([...others, ...elsewhere]);
  const create: (DesiredObject & NewObject & { behind: number })[] = [];
  const update: (DesiredObject & { there: LocatedObject })[] = [];
  sources.forEach(({ object: source, index: place, plan }, i) => {
    let behind = place;
    for (const object of plan.objects) {
      const found = matches.get(object);
      if (found !== undefined && !inSameFile(found.object, source)) {
        // The user moved it: it stays where it is.
        update.push({
          there: found,
          source: i,
          object: mergeForeignMetadata(object, found.object, hostAnnotationsAt(found.object, undefined)),
        });
        continue;
      }
      const index = indexes.next(source);
      if (found === undefined) {
        create.push({ behind, source: i, object, sameFileAs: source, index });
      } else {
        update.push({
          there: found,
          source: i,
          object: mergeForeignMetadata(object, found.object, hostAnnotationsAt(found.object, index)),
        });
        behind = found.index;
      }
    }
  });
  return { create, update, prune: existing.filter((placed) => !matched.has(placed)) };
}

function matchKey({ kind, namespace, annotations }: Identity): string {
  return `${kind}|${namespace ?? ""}|${annotations[forAnnotation]}`;
}

function inSameFile(one: Identity, other: Identity): boolean {
  return fileKey(one) === fileKey(other);
}

/** The free indexes of each file. */
class FreeFileIndexes {
  /** By file: for an index that is taken, a later one up to which all are. */
  readonly #taken = new Map<string, Map<number, number>>();

  constructor(objects: readonly Identity[]) {
    for (const object of objects) {
      const index = object.file?.index;
      if (index !== undefined) this.#of(object).set(index, index + 1);
    }
  }

  /** The lowest free index above an object's own, which is then taken. */
  next(source: Identity): number {
    const taken = this.#of(source);
    const first = (source.file?.index ?? 0) + 1;
    let free = first;
    for (let next = taken.get(free); next !== undefined; next = taken.get(free)) free = next;
    taken.set(free, free + 1);
    // A shorter way for the next: to walk all of a large file for each object would take the square of its length.
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

/** The wanted object with what others gave the one that is there, and the host's annotations; `spec` is ours whole. */
function mergeForeignMetadata(object: Mapping, there: KrmObject, host: Mapping): Mapping {
  const metadata = object.metadata as Mapping;
  const before = namesAdded(there.annotations[addedAnnotation]);
  const labels = foreign(there.labels, before.labels);
  const annotations = foreign(there.annotations, [...before.annotations, addedAnnotation]);
  return {
    ...object,
    ...without(there.value as Mapping, object),
    metadata: {
      ...metadata,
      ...without(get(there.value, "metadata") as Mapping, { ...metadata, namespace: null }),
      labels: { ...(metadata.labels as Mapping), ...without(labels, metadata.labels as Mapping) },
      annotations: {
        ...(metadata.annotations as Mapping),
        ...host,
        ...without(annotations, metadata.annotations as Mapping),
      },
    },
  };
}

function foreign(there: Readonly<Record<string, string>>, ours: readonly string[]): Mapping {
  return Object.fromEntries(Object.entries(there).filter(([name]) => !ours.includes(name) && !isHostAnnotation(name)));
}

function without(values: Mapping, names: Mapping): Mapping {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(names, name)));
}

/** The names of the labels and annotations that an earlier configuration gave a generated object. */
function namesAdded(text: string | undefined): { labels: readonly string[]; annotations: readonly string[] } {
  let value: Value = null;
  try {
    value = text === undefined ? null : JSON.parse(text);
  } catch {
    // What is not our record names nothing.
  }
  const strings = (list: Value | undefined) => (isList(list) ? list.filter((name) => typeof name === "string") : []);
  return isMapping(value)
    ? { labels: strings(value.labels), annotations: strings(value.annotations) }
    : { labels: [], annotations: [] };
}

/** The name of an object that is to be. */
export function nameOf(object: Mapping): string {
  return `${getString(object, "kind")} ${getString(object, "metadata", "name")}`;
}
