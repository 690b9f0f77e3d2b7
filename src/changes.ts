import { type Generation, generation, nameOf, type Source, type Wanted } from "./generated";
import type { Inventory } from "./inventory";
import { canBeDeleted, canBeFollowed } from "./krm/adjacent-items";
import type { Deleted } from "./krm/deletion";
import { edited, type Parse } from "./krm/edit-item";
import { bodyLength, type ItemText } from "./krm/item";
import { guarded } from "./krm/refuse-unsafe";
import { type ItemChange, placed } from "./krm/write-resource-list";
import { about, type Finding } from "./kube/finding";
import { type Identity, identityOf } from "./kube/object";
import type { Treated } from "./treat";
import { mustBeEditable } from "./yaml/edit-nodes";
import { mustEndLinesPlainly } from "./yaml/guards";
import { reconcile } from "./yaml/reconcile";
import { detectStyle } from "./yaml/style";
import type { Mapping } from "./yaml/value";
import { YamlError } from "./yaml/yaml-error";

/** What a run does to the items, by the index of the item, and what it says of it. */
export interface Changes {
  readonly items: ReadonlyMap<number, ItemChange>;
  /** Objects for a list without items. */
  readonly appended?: readonly Mapping[];
  readonly findings: readonly Finding[];
}

/** Brings the workloads' new texts together with the objects beside them. */
export function changesOf(items: readonly ItemText[], inventory: Inventory, treated: readonly Treated[]): Changes {
  const changes = new Map<number, ItemChange>();
  for (const { index, length, edits } of treated)
    if (length !== undefined && edits !== undefined) changes.set(index, { length, edits });
  const others = [...inventory.others, ...treated.map(({ object }) => object)];
  const known = ({ source, behind }: Wanted & { readonly behind: number }) => {
    const { index, length } = treated[source] as Treated;
    return index === behind ? length : undefined;
  };
  const reason = "its workload is gone, or is no longer to have it";
  const placed = place(items, inventory, generation(treated, inventory.generated, others), changes, reason, known);
  return { items: changes, findings: [...workloadFindings(treated, placed.said), ...placed.findings] };
}

/** The objects of a configuration that generates some of its own; `what` was done to them, and the `reason` of deletions. */
export function ownChangesOf(
  items: readonly ItemText[],
  inventory: Inventory,
  source: Source,
  others: readonly Identity[],
  reason: string,
): Changes & { readonly what: readonly string[] } {
  const changes = new Map<number, ItemChange>();
  const { added, ...rest } = generation([source], inventory.generated, others);
  // Without an item there is none that they could go behind.
  const appended = added.filter(({ behind }) => behind < 0);
  const behind = added.filter((wanted) => wanted.behind >= 0);
  const { said, findings } = place(items, inventory, { ...rest, added: behind }, changes, reason);
  const what = [...appended.map(({ object }) => `added ${nameOf(object)}`), ...(said.get(0) ?? [])];
  return { items: changes, appended: appended.map(placed), what, findings };
}

/**
 * Puts what becomes of the generated objects into `changes`, and tells what is to be said of it: by source, and of the
 * objects themselves.
 *
 * @param reason why an object is deleted.
 * @param known the length of the body that an object goes behind, where it is known.
 */
function place(
  items: readonly ItemText[],
  { parse }: Inventory,
  { added, kept, pruned }: Generation,
  changes: Map<number, ItemChange>,
  reason: string,
  known: (wanted: Generation["added"][number]) => number | undefined = () => undefined,
): { readonly said: ReadonlyMap<number, readonly string[]>; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const said = new Map<number, readonly string[]>();
  const say = ({ source, object }: Wanted, what: string) => {
    said.set(source, [...(said.get(source) ?? []), `${what} ${nameOf(object)}`]);
  };
  for (const wanted of kept) {
    const { index, object } = wanted.there;
    const text = items[index] as ItemText;
    const change = guarded(text, object, findings, () => reconciled(text, wanted.object, parse));
    if (change === undefined) continue;
    changes.set(index, change);
    say(wanted, "set");
  }
  const unfollowed = new Set<number>();
  for (const wanted of added) {
    const { behind } = wanted;
    if (unfollowed.has(behind)) continue;
    if (!canBeFollowed(items[behind] as ItemText, changes.get(behind), parse, findings)) {
      unfollowed.add(behind);
      continue;
    }
    const change = changes.get(behind) ?? {
      length: known(wanted) ?? bodyLength(parse(items[behind] as ItemText)),
    };
    changes.set(behind, { ...change, behind: [...(change.behind ?? []), wanted] });
    say(wanted, "added");
  }
  const deleted = new Map<number, Deleted>();
  for (const { index } of pruned) {
    const item = items[index] as ItemText;
    deleted.set(index, { item, length: bodyLength(parse(item)) });
  }
  for (const { index, object } of pruned) {
    if (!canBeDeleted(index, object, { items, deleted, changes, parse }, findings)) {
      deleted.delete(index);
      continue;
    }
    changes.set(index, { ...changes.get(index), length: (deleted.get(index) as Deleted).length, isDeleted: true });
    findings.push({
      ...about(identityOf(object)),
      code: "pruned",
      severity: "info",
      message: `Deleted: ${reason}.`,
    });
  }
  return { said, findings };
}

/** The change of a generated object that is there, or undefined where it is as wanted. */
function reconciled(text: ItemText, wanted: Wanted["object"], parse: Parse): ItemChange | undefined {
  const item = parse(text);
  mustBeEditable(item.node);
  if (item.node.kind !== "mapping") throw new YamlError("must be a mapping", item.node.start);
  mustEndLinesPlainly(item.text);
  const edits = reconcile(item.text, item.node, wanted, detectStyle(item.text, item.node));
  if (edits.length === 0) return undefined;
  edited(item, edits, parse);
  return { length: bodyLength(item), edits };
}

const messages = { removed: "took back what was added to it", injected: "injected", updated: "updated" } as const;

function workloadFindings(treated: readonly Treated[], said: ReadonlyMap<number, readonly string[]>): Finding[] {
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
    findings.push({ ...about(object), code, severity: "info", message }, ...adopted);
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
