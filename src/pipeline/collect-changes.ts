import type { ItemText } from "../krm/item";
import { type ItemChange, withLocationAnnotations } from "../krm/write-resource-list";
import { type Finding, objectAndFile } from "../kube/finding";
import { capitalize } from "../kube/message-text";
import type { Identity } from "../kube/object";
import type { NamespacePlan } from "../plan/plan-namespaces";
import { generatedObjectsOf } from "../plan/plan-types";
import type { Mapping } from "../yaml/value";
import type { ClassifiedItems } from "./classify-items";
import { type GenerationSource, matchGenerated } from "./generated-objects";
import type { InjectionResult } from "./inject";
import { applyObjectActions, type PlacedObjects, type ReplacedObject } from "./place-objects";
import { accepted, isForNamespace, type Refused } from "./refused-items";

/** The result of a run. */
export interface Changes {
  /** What changes, by the index of the item. */
  readonly items: ReadonlyMap<number, ItemChange>;
  /** New objects, if the list has no items. */
  readonly appended?: readonly Mapping[];
  readonly findings: readonly Finding[];
  /** Generated objects that were deleted or updated. Omitted if an error prevented every change. */
  readonly replaced?: readonly ReplacedObject[];
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
 * are refused don't change, and nothing that they may need is deleted.
 */
export function sidecarChanges(
  items: readonly ItemText[],
  classified: ClassifiedItems,
  plans: SidecarPlans,
  refused: Refused,
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
  const pruneReason = (object: Identity) =>
    isForNamespace(object)
      ? "no workload of its namespace needs it"
      : "its workload no longer exists or no longer needs it";
  const unmanaged = [...others, ...[...plans.workloads, ...kept].map(({ object }) => object)];
  const { prune, ...actions } = matchGenerated(sources, generated, unmanaged);
  const unneeded = { ...actions, prune: prune.filter(({ object }) => !isNeeded(object)) };
  const placed = applyObjectActions(unneeded, { items, parse, changes, pruneReason });
  const { messageParts, replaced } = placed;
  return { items: changes, findings: [...workloadFindings(workloads, messageParts), ...placed.findings], replaced };
}

/** What generates the objects of a PrivateCA, and the other items. */
export interface PrivateCaSource {
  readonly source: GenerationSource;
  readonly others: readonly Identity[];
  readonly pruneReason: string;
}

/**
 * Collects the changes of a PrivateCA.
 *
 * @returns the changes, and what was done to each object as parts of a message.
 */
export function privateCaChanges(
  items: readonly ItemText[],
  { generated, parse }: ClassifiedItems,
  { source, others, pruneReason }: PrivateCaSource,
): Changes & { readonly messageParts: readonly string[] } {
  const changes = new Map<number, ItemChange>();
  const actions = matchGenerated([source], generated, others);
  const placed = applyObjectActions(actions, { items, parse, changes, pruneReason: () => pruneReason });
  return {
    items: changes,
    appended: placed.appended.map(withLocationAnnotations),
    messageParts: placed.messageParts.get(source.object) ?? [],
    findings: placed.findings,
    replaced: placed.replaced,
  };
}

/** Reports each workload that changes, and the number of injected workloads that are already up to date. */
function workloadFindings(
  workloads: readonly InjectionResult[],
  messageParts: PlacedObjects["messageParts"],
): Finding[] {
  const findings: Finding[] = [];
  let upToDate = 0;
  for (const { object, change } of workloads) {
    const objects = messageParts.get(object) ?? [];
    const report = (code: Finding["code"], ...parts: string[]) =>
      findings.push({ ...objectAndFile(object), code, severity: "info", message: toSentence([...parts, ...objects]) });
    switch (change.kind) {
      case "none":
        break;
      case "up-to-date":
        if (objects.length === 0) upToDate++;
        else report("updated");
        break;
      case "injected":
        report("injected", "injected");
        findings.push(...change.adopted);
        break;
      case "updated":
        report("updated", "updated the workload");
        findings.push(...change.adopted);
        break;
      case "removed":
        report("removed", "removed what was added to the workload");
    }
  }
  if (upToDate > 0) {
    const message = `${upToDate} ${upToDate === 1 ? "workload is" : "workloads are"} already up to date.`;
    findings.push({ code: "unchanged", severity: "info", message });
  }
  return findings;
}

/** Joins the parts of a message: `Injected; added Certificate web-jaeger-agent.` */
export function toSentence(parts: readonly string[]): string {
  return `${capitalize(parts.join("; "))}.`;
}
