import type { ItemText } from "../krm/item";
import { type ItemChange, withLocationAnnotations } from "../krm/write-resource-list";
import type { Finding } from "../kube/finding";
import type { Identity } from "../kube/object";
import type { NamespacePlan } from "../plan/plan-namespaces";
import { generatedObjectsOf } from "../plan/plan-types";
import type { Mapping } from "../yaml/value";
import type { ClassifiedItems } from "./classify-items";
import { describeDeleted, describeObjects, describeWorkloads } from "./describe-changes";
import { type GenerationSource, matchGenerated, withoutPruning } from "./generated-objects";
import type { InjectionResult } from "./inject";
import { managedPrivateCa, managedWorkloads } from "./managed";
import { applyObjectActions, type ReplacedObject, replacedObjects } from "./place-objects";
import { accepted, isForNamespace, type Refused } from "./refused-items";

/** The result of a run. */
export interface Changes {
  /** What changes, by the index of the item. */
  readonly items: ReadonlyMap<number, ItemChange>;
  /** New objects, if the list has no items. */
  readonly appended?: readonly Mapping[];
  /**
   * The state: what the configuration manages now, and everything that was skipped, noticed or is wrong. A second run
   * finds the same, so that a host can keep its results in Git.
   */
  readonly findings: readonly Finding[];
  /** Generated objects that were deleted or updated. Omitted if an error prevented every change. */
  readonly replaced?: readonly ReplacedObject[];
  /** Returns what only this run can know, for a person who watches it: what it changes, and what it found only once. */
  readonly describe: () => readonly Finding[];
  /** True if an error prevented every change. */
  readonly isRefused?: true;
}

/** The plans of a TracingSidecar: for each workload, and for each namespace with injected workloads. */
export interface SidecarPlans {
  readonly workloads: readonly InjectionResult[];
  readonly namespaces: readonly NamespacePlan[];
}

/**
 * Collects the changes of a TracingSidecar: the workloads' edits and the actions on generated objects. Workloads that
 * are refused don't change, and nothing that they may need is deleted. If `prune` is false, nothing is deleted at all.
 */
export function sidecarChanges(
  items: readonly ItemText[],
  classified: ClassifiedItems,
  plans: SidecarPlans,
  { refused, prune: isPruned }: { readonly refused: Refused; readonly prune: boolean },
): Changes {
  const { others, parse } = classified;
  const { namespaces } = plans;
  const { workloads, generated, kept, isNeeded } = accepted(plans.workloads, classified, refused);
  const changes = new Map<number, ItemChange>();
  for (const { located, change } of workloads)
    if ("edits" in change) changes.set(located.index, { length: change.length, edits: change.edits });
  const shared = new Map(namespaces.map((plan) => [plan.source, plan]));
  const subjects = new Map(namespaces.flatMap(({ objects, subject }) => objects.map((object) => [object, subject])));
  const isAccepted = new Set(workloads.map(({ object }) => object));
  const sources = plans.workloads.flatMap(({ object, located, plan }): GenerationSource[] => {
    const own = isAccepted.has(object) ? generatedObjectsOf(plan) : [];
    const objects = [...own, ...(shared.get(object)?.objects ?? [])];
    return objects.length === 0 ? [] : [{ object, after: located, objects, subjects }];
  });
  const unmanaged = [...others, ...[...plans.workloads, ...kept].map(({ object }) => object)];
  const actions = matchGenerated(sources, generated, unmanaged);
  const unneeded = { ...actions, prune: actions.prune.filter(({ object }) => !isNeeded(object)) };
  const placed = applyObjectActions(isPruned ? unneeded : withoutPruning(unneeded), { items, parse, changes });
  const injected = workloads.filter(({ plan }) => plan.outcome === "injected").map(({ object }) => object);
  return {
    items: changes,
    findings: [
      ...managedWorkloads(
        injected,
        sources.flatMap(({ objects }) => objects),
      ),
      ...placed.errors,
    ],
    replaced: replacedObjects(placed),
    describe: () => [...describeWorkloads(workloads, placed, parse), ...describeDeleted(placed, pruneReason)],
  };
}

function pruneReason(object: Identity): string {
  return isForNamespace(object)
    ? "no workload of its namespace needs it"
    : "its workload no longer exists or no longer needs it";
}

/** What generates the objects of a PrivateCA, and the other items. */
export interface PrivateCaSource {
  readonly source: GenerationSource;
  readonly others: readonly Identity[];
  /** What is reported about the objects. */
  readonly privateCa: Identity;
  readonly prune: boolean;
  readonly pruneReason: string;
}

/** Collects the changes of a PrivateCA. */
export function privateCaChanges(
  items: readonly ItemText[],
  { generated, parse }: ClassifiedItems,
  { source, others, privateCa, prune, pruneReason }: PrivateCaSource,
): Changes {
  const changes = new Map<number, ItemChange>();
  const actions = matchGenerated([source], generated, others);
  const placed = applyObjectActions(prune ? actions : withoutPruning(actions), { items, parse, changes });
  const appended = placed.created.filter(({ after }) => after === undefined);
  const code = generated.length === 0 ? "generated" : "updated";
  return {
    items: changes,
    appended: appended.map(withLocationAnnotations),
    findings: [...managedPrivateCa(privateCa, source.objects), ...placed.errors],
    replaced: replacedObjects(placed),
    describe: () => [
      ...describeObjects({ code, about: privateCa, source: source.object }, placed, parse),
      ...describeDeleted(placed, () => pruneReason),
    ],
  };
}
