import type { ItemText } from "../krm/item";
import { type ItemChange, withLocationAnnotations } from "../krm/write-resource-list";
import { type Finding, objectAndFile } from "../kube/finding";
import type { Identity } from "../kube/object";
import type { Mapping } from "../yaml/value";
import type { ClassifiedItems } from "./classify-items";
import { type GenerationSource, matchGenerated, nameOf, type ObjectToCreate } from "./generated-objects";
import type { InjectionResult } from "./inject";
import { applyObjectActions, type PlacedObjects } from "./place-objects";

/** The result of a run. */
export interface Changes {
  /** What changes, by the index of the item. */
  readonly items: ReadonlyMap<number, ItemChange>;
  /** New objects, if the list has no items. */
  readonly appended?: readonly Mapping[];
  readonly findings: readonly Finding[];
}

/** Collects the changes of a TracingSidecar: the workloads' edits and the actions on their objects. */
export function sidecarChanges(
  items: readonly ItemText[],
  { generated, others, parse }: ClassifiedItems,
  workloads: readonly InjectionResult[],
): Changes {
  const changes = new Map<number, ItemChange>();
  for (const { index, length, edits } of workloads)
    if (length !== undefined && edits !== undefined) changes.set(index, { length, edits });
  const bodyLengthOf = ({ source, afterIndex }: ObjectToCreate) => {
    const { index, length } = workloads[source] as InjectionResult;
    return index === afterIndex ? length : undefined;
  };
  const pruneReason = "its workload no longer exists or no longer needs it";
  const actions = matchGenerated(workloads, generated, [...others, ...workloads.map(({ object }) => object)]);
  const placed = applyObjectActions(actions, { items, parse, changes, pruneReason, bodyLengthOf });
  return { items: changes, findings: [...workloadFindings(workloads, placed.messageParts), ...placed.findings] };
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
  const { create, ...actions } = matchGenerated([source], generated, others);
  const isFirst = ({ afterIndex }: ObjectToCreate) => afterIndex < 0;
  const appended = create.filter(isFirst);
  const placement = { items, parse, changes, pruneReason };
  const placed = applyObjectActions({ ...actions, create: create.filter((object) => !isFirst(object)) }, placement);
  const messageParts = [
    ...appended.map(({ object }) => `added ${nameOf(object)}`),
    ...(placed.messageParts.get(0) ?? []),
  ];
  return { items: changes, appended: appended.map(withLocationAnnotations), messageParts, findings: placed.findings };
}

const messages = {
  removed: "removed what was added to the workload",
  injected: "injected",
  updated: "updated the workload",
} as const;

/** Reports each workload that changes, and the number of injected workloads that are already up to date. */
function workloadFindings(
  workloads: readonly InjectionResult[],
  messageParts: PlacedObjects["messageParts"],
): Finding[] {
  const findings: Finding[] = [];
  let unchanged = 0;
  workloads.forEach(({ object, edits, injected, injectedBefore, adopted = [] }, source) => {
    const objects = messageParts.get(source) ?? [];
    if (edits === undefined && objects.length === 0) {
      if (injectedBefore) unchanged++;
      return;
    }
    const code = !injected ? "removed" : injectedBefore ? "updated" : "injected";
    const message = toSentence([...(edits === undefined ? [] : [messages[code]]), ...objects]);
    findings.push({ ...objectAndFile(object), code, severity: "info", message }, ...adopted);
  });
  if (unchanged > 0) {
    const message = `${unchanged} ${unchanged === 1 ? "workload is" : "workloads are"} already up to date.`;
    findings.push({ code: "unchanged", severity: "info", message });
  }
  return findings;
}

/** Joins the parts of a message: `Injected; added Certificate web-jaeger-agent.` */
export function toSentence(parts: readonly string[]): string {
  const text = parts.join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
