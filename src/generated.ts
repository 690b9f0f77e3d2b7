import { addedAnnotation, forAnnotation, ownerAnnotation } from "./generate/record";
import { fileKey, isHostAnnotation, movedTo, placeBeside } from "./krm/hosts";
import { type Identity, type KrmObject, toObject } from "./krm/object";
import type { Planned } from "./plan";
import { get, getString, isList, isMapping, type Mapping, type Value } from "./yaml/value";

/** An object of the input and its place in the list. */
export interface Placed {
  readonly index: number;
  readonly object: KrmObject;
}

const generatedKinds = ["cert-manager.io/Certificate", "monitoring.coreos.com/PodMonitor"];

/** Whether a configuration of this name generated the object: by its record, since a prefix may have renamed it. */
export function isGeneratedBy(object: KrmObject, owner: string): boolean {
  return (
    generatedKinds.includes(`${object.group}/${object.kind}`) &&
    object.annotations[ownerAnnotation] === owner &&
    object.annotations[forAnnotation] !== undefined
  );
}

/** An object that one of the workloads should have beside it. */
export interface Wanted {
  /** The workload, by its place among the planned ones. */
  readonly workload: number;
  readonly object: Mapping;
}

/** What becomes of the generated objects. */
export interface Generation {
  /** New objects, behind the item of this index. */
  readonly added: readonly (Wanted & { readonly behind: number })[];
  /** Objects that are there, and what they must be. */
  readonly kept: readonly (Wanted & { readonly there: Placed })[];
  readonly pruned: readonly Placed[];
}

/**
 * Brings the wanted objects together with those that are there: the same kind, for the same workload. New ones get a
 * place in their workload's file: the lowest indexes above its own that no item but ours holds.
 *
 * @param others every item but `existing`.
 */
export function generation(
  planned: readonly (Planned & { readonly index: number })[],
  existing: readonly Placed[],
  others: readonly Identity[],
): Generation {
  const there = new Map<string, Placed[]>();
  for (const placed of existing) {
    const { kind, namespace, annotations } = placed.object;
    const key = `${kind}|${namespace ?? ""}|${annotations[forAnnotation]}`;
    const same = there.get(key);
    if (same === undefined) there.set(key, [placed]);
    else same.push(placed);
  }
  const matched = new Set<Placed>();
  const elsewhere: Identity[] = [];
  const matches = planned.map(({ object: source, plan }) =>
    plan.objects.map((object) => {
      const { kind, namespace, annotations } = toObject(object);
      const found = there
        .get(`${kind}|${namespace ?? ""}|${annotations[forAnnotation]}`)
        ?.find((one) => !matched.has(one));
      if (found !== undefined) matched.add(found);
      if (found !== undefined && !inSameFile(found.object, source)) elsewhere.push(found.object);
      return { object, found };
    }),
  );
  const indexes = new Indexes([...others, ...elsewhere]);
  const added: (Wanted & { behind: number })[] = [];
  const kept: (Wanted & { there: Placed })[] = [];
  planned.forEach(({ object: source, index: place }, workload) => {
    let behind = place;
    for (const { object, found } of matches[workload] ?? []) {
      if (found !== undefined && !inSameFile(found.object, source)) {
        // The user moved it: it stays where it is.
        kept.push({
          there: found,
          workload,
          object: withForeign(object, found.object, movedTo(found.object, undefined)),
        });
        continue;
      }
      const index = indexes.next(source);
      if (found === undefined) {
        added.push({ behind, workload, object: withAnnotations(object, placeBeside(source, index)) });
      } else {
        kept.push({ there: found, workload, object: withForeign(object, found.object, movedTo(found.object, index)) });
        behind = found.index;
      }
    }
  });
  return { added, kept, pruned: existing.filter((placed) => !matched.has(placed)) };
}

function inSameFile(one: Identity, other: Identity): boolean {
  return fileKey(one) === fileKey(other);
}

/** The free indexes of each file. */
class Indexes {
  readonly #taken = new Map<string, Set<number>>();

  constructor(objects: readonly Identity[]) {
    for (const object of objects) if (object.file?.index !== undefined) this.#of(object).add(object.file.index);
  }

  /** The lowest free index above an object's own, which is then taken. */
  next(source: Identity): number {
    const taken = this.#of(source);
    let index = (source.file?.index ?? 0) + 1;
    while (taken.has(index)) index++;
    taken.add(index);
    return index;
  }

  #of(object: Identity): Set<number> {
    const key = fileKey(object) ?? "";
    const found = this.#taken.get(key) ?? new Set();
    this.#taken.set(key, found);
    return found;
  }
}

function withAnnotations(object: Mapping, annotations: Mapping): Mapping {
  const metadata = object.metadata as Mapping;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...(metadata.annotations as Mapping), ...annotations } },
  };
}

/** The wanted object with what others gave the one that is there, and the host's annotations; `spec` is ours whole. */
function withForeign(object: Mapping, there: KrmObject, host: Mapping): Mapping {
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
