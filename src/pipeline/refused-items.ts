import type { ItemText } from "../krm/item";
import type { Finding } from "../kube/finding";
import type { FilePosition, Identity } from "../kube/object";
import { forAnnotation } from "../kube/own-annotations";
import type { ClassifiedItems, LocatedObject } from "./classify-items";
import type { InjectionResult } from "./inject";

/** What errors prevent: the change of some items, or every change of the run. */
export interface Refused {
  /** True if an error prevents every change: it isn't about an item, or the run doesn't keep going. */
  readonly everything: boolean;
  /** The indexes of the items that errors are about. */
  readonly items: ReadonlySet<number>;
}

/**
 * Returns what errors prevent.
 *
 * @param errors an error is about the item at its position, and the items at the positions in `alsoAbout`.
 * @param keepGoing if false, an error prevents every change.
 */
export function refusedBy(errors: readonly Finding[], items: readonly ItemText[], keepGoing: boolean): Refused {
  const indexes = new Map<string, number>();
  if (errors.length > 0) {
    for (const [i, { source, index }] of items.entries())
      if (source.path !== undefined && index !== undefined) indexes.set(keyOf({ path: source.path, index }), i);
  }
  const found = errors.map(({ file, alsoAbout = [] }) =>
    (file === undefined ? [] : [file, ...alsoAbout]).map((position) => indexes.get(keyOf(position))),
  );
  const isComplete = found.every((about) => about.length > 0 && about.every((index) => index !== undefined));
  return {
    everything: errors.length > 0 && (!keepGoing || !isComplete),
    items: new Set(found.flat().filter((index) => index !== undefined)),
  };
}

function keyOf({ path, index }: FilePosition): string {
  return `${index}|${path}`;
}

/** What a run still changes, and the generated objects that must stay as they are. */
export interface Accepted {
  readonly workloads: readonly InjectionResult[];
  readonly generated: readonly LocatedObject[];
  /** Generated objects of refused workloads, and refused generated objects. */
  readonly kept: readonly LocatedObject[];
  /** Reports whether refused workloads may still need an object that was generated for their namespace. */
  readonly isNeeded: (object: Identity) => boolean;
}

/** Reports whether an object that was generated for a namespace is refused: it isn't about a single workload. */
export function isNamespaceRefused({ generated }: Pick<ClassifiedItems, "generated">, { items }: Refused): boolean {
  return generated.some(({ index, object }) => items.has(index) && isForNamespace(object));
}

/** Reports whether an object was generated for all workloads of a namespace. */
export function isForNamespace({ annotations }: Identity): boolean {
  return annotations[forAnnotation]?.startsWith("TracingSidecar/") === true;
}

/** Leaves out refused items. A workload and the objects that were generated for it are refused together. */
export function accepted(
  workloads: readonly InjectionResult[],
  { generated }: Pick<ClassifiedItems, "generated">,
  { items }: Refused,
): Accepted {
  if (items.size === 0) return { workloads, generated, kept: [], isNeeded: () => false };
  const sources = new Set<string>();
  for (const { located, object } of workloads) if (items.has(located.index)) sources.add(sourceOf(object));
  for (const { index, object } of generated) if (items.has(index)) sources.add(generatedFor(object));
  const isRefused = ({ object }: InjectionResult) => sources.has(sourceOf(object));
  // A later step can set a namespace that is omitted here.
  const namespaces = new Set(workloads.filter(isRefused).map(({ object }) => object.namespace));
  const isKept = ({ index, object }: LocatedObject) => items.has(index) || sources.has(generatedFor(object));
  return {
    workloads: workloads.filter((workload) => !isRefused(workload)),
    generated: generated.filter((located) => !isKept(located)),
    kept: generated.filter(isKept),
    isNeeded: (object) =>
      isForNamespace(object) &&
      namespaces.size > 0 &&
      (object.namespace === undefined || namespaces.has(undefined) || namespaces.has(object.namespace)),
  };
}

/** Identifies a workload as the annotation of its generated objects does. */
function sourceOf({ kind, name, namespace }: Identity): string {
  return `${namespace ?? ""}|${kind}/${name}`;
}

function generatedFor({ annotations, namespace }: Identity): string {
  return `${namespace ?? ""}|${annotations[forAnnotation]}`;
}
