import { generation, nameOf, type Wanted } from "./generated";
import type { Inventory } from "./inventory";
import { about, type Finding } from "./krm/finding";
import { identityOf } from "./krm/object";
import type { ItemText, ResourceList } from "./krm/resource-list";
import { guarded } from "./krm/unsafe";
import { bodyLength, type ItemChange } from "./krm/write";
import type { Treated } from "./treat";
import { mustBeEditable } from "./yaml/change";
import { applyEdits } from "./yaml/edit";
import { YamlError } from "./yaml/error";
import { reconcile } from "./yaml/reconcile";
import { detectStyle } from "./yaml/style";

/** What a run does to the list, by the index of the item, and what it says of it. */
export interface Changes {
  readonly items: ReadonlyMap<number, ItemChange>;
  readonly findings: readonly Finding[];
}

/** Brings the workloads' new texts together with the objects beside them. */
export function changesOf(list: ResourceList, inventory: Inventory, treated: readonly Treated[]): Changes {
  const items = new Map<number, ItemChange>();
  const findings: Finding[] = [];
  const said = new Map<number, string[]>();
  const say = ({ workload, object }: Wanted, what: string) => {
    const others = said.get(workload);
    if (others === undefined) said.set(workload, [`${what} ${nameOf(object)}`]);
    else others.push(`${what} ${nameOf(object)}`);
  };
  for (const { index, length, body } of treated) if (body !== undefined) items.set(index, { length, text: body });

  const others = [...inventory.others, ...treated.map(({ object }) => object)];
  const { added, kept, pruned } = generation(treated, inventory.generated, others);
  for (const wanted of kept) {
    const { index, object } = wanted.there;
    const text = list.items[index] as ItemText;
    const change = guarded(list, text, object, findings, () => reconciled(list, text, wanted.object, inventory.parse));
    if (change === undefined) continue;
    items.set(index, change);
    say(wanted, "set");
  }
  for (const { index, object } of pruned) {
    items.set(index, { length: bodyLength(list, inventory.parse(list.items[index] as ItemText)), text: null });
    const message = "Deleted: its workload is gone, or is no longer to have it.";
    findings.push({ ...about(identityOf(object)), code: "pruned", severity: "info", message });
  }
  for (const wanted of added) {
    const { behind, object } = wanted;
    const change = items.get(behind) ?? {
      length: lengthOf(list, inventory, treated[wanted.workload] as Treated, behind),
    };
    items.set(behind, { ...change, behind: [...(change.behind ?? []), object] });
    say(wanted, "added");
  }
  return { items, findings: [...workloadFindings(treated, said), ...findings] };
}

/** The length of the item that an object goes behind: its workload, or another object of that. */
function lengthOf(list: ResourceList, inventory: Inventory, workload: Treated, behind: number): number {
  if (workload.index === behind) return workload.length;
  return bodyLength(list, inventory.parse(list.items[behind] as ItemText));
}

/** The change of a generated object that is there, or undefined where it is as wanted. */
function reconciled(
  list: ResourceList,
  text: ItemText,
  wanted: Wanted["object"],
  parse: Inventory["parse"],
): ItemChange | undefined {
  const item = parse(text);
  mustBeEditable(item.node);
  if (item.node.kind !== "mapping") throw new YamlError("must be a mapping", item.node.start);
  const edits = reconcile(item.text, item.node, wanted, detectStyle(item.text, item.node));
  if (edits.length === 0) return undefined;
  const length = bodyLength(list, item);
  const changed = applyEdits(item.text, edits);
  return { length, text: changed.slice(0, changed.length - (item.text.length - length)) };
}

const messages = { removed: "took back what was added to it", injected: "injected", updated: "updated" } as const;

function workloadFindings(treated: readonly Treated[], said: ReadonlyMap<number, readonly string[]>): Finding[] {
  const findings: Finding[] = [];
  let unchanged = 0;
  treated.forEach(({ object, body, injected, injectedBefore, adopted = [] }, workload) => {
    const objects = said.get(workload) ?? [];
    if (body === undefined && objects.length === 0) {
      if (injectedBefore) unchanged++;
      return;
    }
    const code = !injected ? "removed" : injectedBefore ? "updated" : "injected";
    const message = [...(body === undefined ? [] : [messages[code]]), ...objects].join("; ");
    findings.push({ ...about(object), code, severity: "info", message: `${capital(message)}.` }, ...adopted);
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
