import type { ItemText } from "../krm/item";
import { type ItemChange, withLocationAnnotations } from "../krm/write-resource-list";
import { type Finding, objectAndFile } from "../kube/finding";
import type { Identity } from "../kube/object";
import type { Mapping } from "../yaml/value";
import type { ClassifiedItems } from "./classify";
import { type DesiredObject, type GenerationSource, matchGenerated, nameOf } from "./generated-objects";
import type { InjectionResult } from "./inject";
import { applyObjectActions } from "./place-objects";

/** What a run does to the items, by the index of the item, and what it says of it. */
export interface Changes {
  readonly items: ReadonlyMap<number, ItemChange>;
  /** Objects for a list without items. */
  readonly appended?: readonly Mapping[];
  readonly findings: readonly Finding[];
}

/** Brings the workloads' new texts together with the objects beside them. */
export function sidecarChanges(
  items: readonly ItemText[],
  inventory: ClassifiedItems,
  treated: readonly InjectionResult[],
): Changes {
  const changes = new Map<number, ItemChange>();
  for (const { index, length, edits } of treated)
    if (length !== undefined && edits !== undefined) changes.set(index, { length, edits });
  const others = [...inventory.others, ...treated.map(({ object }) => object)];
  const known = ({ source, behind }: DesiredObject & { readonly behind: number }) => {
    const { index, length } = treated[source] as InjectionResult;
    return index === behind ? length : undefined;
  };
  const reason = "its workload is gone, or is no longer to have it";
  const placed = applyObjectActions(
    items,
    inventory,
    matchGenerated(treated, inventory.generated, others),
    changes,
    reason,
    known,
  );
  return { items: changes, findings: [...workloadFindings(treated, placed.said), ...placed.findings] };
}

/** The objects of a configuration that generates some of its own; `what` was done to them, and the `reason` of deletions. */
export function privateCaChanges(
  items: readonly ItemText[],
  inventory: ClassifiedItems,
  source: GenerationSource,
  others: readonly Identity[],
  reason: string,
): Changes & { readonly what: readonly string[] } {
  const changes = new Map<number, ItemChange>();
  const { create, ...rest } = matchGenerated([source], inventory.generated, others);
  // Without an item there is none that they could go behind.
  const appended = create.filter(({ behind }) => behind < 0);
  const behind = create.filter((wanted) => wanted.behind >= 0);
  const { said, findings } = applyObjectActions(items, inventory, { ...rest, create: behind }, changes, reason);
  const what = [...appended.map(({ object }) => `added ${nameOf(object)}`), ...(said.get(0) ?? [])];
  return { items: changes, appended: appended.map(withLocationAnnotations), what, findings };
}

const messages = { removed: "took back what was added to it", injected: "injected", updated: "updated" } as const;

function workloadFindings(
  treated: readonly InjectionResult[],
  said: ReadonlyMap<number, readonly string[]>,
): Finding[] {
  const findings: Finding[] = [];
  let unchanged = 0;
  treated.forEach(({ object, edits, injected, injectedBefore, adopted = [] }, workload) => {
    const objects = said.get(workload) ?? [];
    if (edits === undefined && objects.length === 0) {
      if (injectedBefore) unchanged++;
      return;
    }
    const code = !injected ? "removed" : injectedBefore ? "updated" : "injected";
    const [first = "", ...more] = [...(edits === undefined ? [] : [messages[code]]), ...objects];
    const message = `${[capital(first), ...more].join("; ")}.`;
    findings.push({ ...objectAndFile(object), code, severity: "info", message }, ...adopted);
  });
  if (unchanged > 0) {
    const message = `${unchanged} ${unchanged === 1 ? "workload was" : "workloads were"} as configured already.`;
    findings.push({ code: "unchanged", severity: "info", message });
  }
  return findings;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
