import { add, type Collections } from "./apply";
import type { Configuration } from "./config/configuration";
import { type Generation, nameOf } from "./generated";
import type { Code } from "./krm/codes";
import { about, type Finding } from "./krm/finding";
import { idAnnotations, isHostAnnotation } from "./krm/hosts";
import { reparse } from "./krm/item";
import { toObject } from "./krm/object";
import type { Item, ResourceList } from "./krm/resource-list";
import { guarded } from "./krm/unsafe";
import type { ItemChange } from "./krm/write";
import type { Plan, WorkloadPlan } from "./plan";
import { printPath, printRecord, type Record, recordAnnotation } from "./record";
import type { Base } from "./workloads";
import { mustBeEditable, removeEntries } from "./yaml/change";
import { applyEdits } from "./yaml/edit";
import { findEntry, keyOf, type MappingNode, type Node } from "./yaml/node";
import { reconcile } from "./yaml/reconcile";
import { detectStyle } from "./yaml/style";
import { toValue } from "./yaml/to-value";
import { sameValue } from "./yaml/value";

/** What a run does to the list, and what it says of it. */
export interface Outcome {
  readonly changes: ReadonlyMap<number, ItemChange>;
  readonly findings: readonly Finding[];
}

/** Carries a plan out on the items' text. An item that cannot be edited safely is an error among the findings. */
export function carryOut(
  list: ResourceList,
  configuration: Configuration,
  bases: readonly Base[],
  plan: Plan,
  generation: Generation,
): Outcome {
  const changes = new Map<number, ItemChange>();
  const findings: Finding[] = [];
  const plans = new Map(plan.workloads.map((workload) => [workload.index, workload]));
  const objects = new Map<WorkloadPlan, string[]>();
  const say = (workload: WorkloadPlan, what: string) => objects.set(workload, [...(objects.get(workload) ?? []), what]);

  for (const { behind, workload, object } of generation.added) {
    const change = changes.get(behind) ?? {};
    changes.set(behind, { ...change, behind: [...(change.behind ?? []), object] });
    say(workload, `added ${nameOf(object)}`);
  }
  for (const { index, workload, object } of generation.kept) {
    const item = list.items[index] as Item;
    const edits = guarded(list, item, toObject(object), findings, () => {
      mustBeEditable(item.node);
      return reconcile(item.text, item.node as MappingNode, object, detectStyle(item.text, item.node));
    });
    if (edits === undefined || edits.length === 0) continue;
    changes.set(index, { ...changes.get(index), text: applyEdits(item.text, edits) });
    say(workload, `set ${nameOf(object)}`);
  }
  for (const { index, object } of generation.pruned) {
    changes.set(index, { ...changes.get(index), text: null });
    findings.push({
      ...about(object),
      code: "pruned",
      severity: "info",
      message: "Deleted: its workload is gone or no longer to have it.",
    });
  }

  let unchanged = 0;
  const workloadFindings = bases.flatMap((base) => {
    const wanted = plans.get(base.index);
    const { object } = base.workload;
    const text = guarded(list, base.item, object, findings, () => newText(list, configuration, base, wanted));
    if (text !== undefined) changes.set(base.index, { ...changes.get(base.index), text });
    const said = wanted === undefined ? [] : (objects.get(wanted) ?? []);
    if (text === undefined && said.length === 0) {
      if (wanted !== undefined) unchanged++;
      return [];
    }
    const code: Code = wanted === undefined ? "removed" : base.record === undefined ? "injected" : "updated";
    const own = { removed: "Took back what was added to it", injected: "Injected", updated: "Updated" }[code];
    const message = `${[...(text === undefined ? [] : [own]), ...said].join("; ")}.`;
    return [
      {
        ...about(object),
        code,
        severity: "info",
        message: message.replace(/^[as]/, (first) => first.toUpperCase()),
      } as const,
    ];
  });
  findings.unshift(...workloadFindings);
  if (unchanged > 0) {
    const message = `${unchanged} ${unchanged === 1 ? "workload was" : "workloads were"} as configured already.`;
    findings.push({ code: "unchanged", severity: "info", message });
  }
  return { changes, findings };
}

/** A workload's new text, or undefined where it is as it must be. */
function newText(
  list: ResourceList,
  configuration: Configuration,
  base: Base,
  wanted: WorkloadPlan | undefined,
): string | undefined {
  const original = list.items[base.index] as Item;
  if (wanted === undefined) return base.record === undefined ? undefined : withoutMoves(list, base, base.item.text, {});
  const added = namesAdded(wanted);
  const value = (collections: Collections) =>
    printRecord({ by: configuration.name, added, ...settled(base, collections) });
  const edits = add(base.item, wanted.additions, { name: recordAnnotation, value }, base.positions);
  const text = applyEdits(base.item.text, edits);
  if (text === original.text) return undefined;
  // A host may have laid out differently what was added: that is no change.
  if (base.record !== undefined && sameValue(toValue(reparse(list, original, text).node), toValue(original.node)))
    return undefined;
  return withoutMoves(list, base, text, added);
}

/** Annotations that only a host put there for the run were not there for the author. */
function settled(base: Base, collections: Collections): Pick<Record, "made" | "empty"> {
  const path = "metadata.annotations";
  const names = Object.keys(base.workload.object.annotations);
  const hosts = names.length > 0 && names.every(isHostAnnotation);
  return { made: hosts ? [path, ...collections.made] : collections.made, empty: collections.empty };
}

/** By the path of each collection, the names that a plan adds to it; the record among them. */
function namesAdded({ additions }: WorkloadPlan): { [path: string]: readonly string[] } {
  const added: { [path: string]: readonly string[] } = { "metadata.annotations": [recordAnnotation] };
  for (const addition of additions) {
    const names =
      "entries" in addition ? Object.keys(addition.entries) : addition.elements.map(({ name }) => String(name));
    added[printPath(addition.path)] = names;
  }
  return added;
}

/**
 * kpt copies comments back by position in a list: where an element of ours went from before one of the user's, the
 * comments behind it would move up. Without its id annotations an item is left alone (kyaml `comments/comments.go`).
 */
function withoutMoves(list: ResourceList, base: Base, text: string, added: Record["added"]): string {
  const before = base.record?.added ?? {};
  const moved = [...base.positions.keys()].some(
    (path) =>
      !/\.(?:labels|annotations)$/.test(path) &&
      before[path] !== undefined &&
      before[path].length !== (added[path]?.length ?? 0),
  );
  if (!moved) return text;
  const { node } = reparse(list, base.item, text);
  const annotations = valueAt(valueAt(node, "metadata"), "annotations");
  if (annotations?.kind !== "mapping") return text;
  const ids = annotations.entries.flatMap((entry, index) =>
    idAnnotations.includes(keyOf(entry) ?? "") ? [index] : [],
  );
  if (ids.length === 0 || ids.length === annotations.entries.length) return text;
  return applyEdits(text, removeEntries(text, annotations, new Set(ids)));
}

function valueAt(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "mapping" ? findEntry(node, key)?.value : undefined;
}
