import type { Configuration } from "../config/configuration";
import type { Parse } from "../krm/edit-item";
import { type Item, ownLength, parseObject, readObjectFast } from "../krm/item";
import { tryEdit } from "../krm/try-edit";
import { type Finding, hasError } from "../kube/finding";
import { isFilteredByKpt, partialView } from "../kube/host-annotations";
import { identityOf, type KrmObject } from "../kube/object";
import { recordAnnotation } from "../kube/own-annotations";
import { inTemplate, toWorkload, type Workload } from "../kube/workload";
import type { Addition } from "../plan/addition";
import type { ObjectIndex } from "../plan/object-index";
import {
  findingsOf,
  type Injection,
  type Planned,
  type PlannedInjection,
  type Planner,
  type WorkloadPlan,
} from "../plan/plan-types";
import { relevantFields } from "../plan/relevant-fields";
import { matchesSelector } from "../plan/select";
import { applyEdits, type Edit } from "../yaml/edit";
import { getOrInsert } from "../yaml/maps";
import { requireBoundedSize, requireNoBareCr } from "../yaml/preconditions";
import { toValue } from "../yaml/to-value";
import { sameValue } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";
import { addEdits, type CreatedCollections } from "./add-edits";
import { adopt } from "./adopt-agent";
import type { LocatedItem } from "./classify-items";
import { listsWithFirst, namesAdded, printRecord } from "./injection-record";
import { requireCommentsStay, withoutMovedComments } from "./kpt-comments";
import { NeedsJointParseError } from "./parse-together";
import { type OriginalWorkload, uninject } from "./uninject";

/** What every workload of a run needs to be injected. */
export interface WorkloadRun {
  readonly configuration: Configuration;
  /** The objects of the input that aren't workloads. */
  readonly index: ObjectIndex;
  readonly plan: Planner;
  readonly parse: Parse;
  /**
   * The texts of the edits so far. Most workloads get the same texts, and a run can have 200,000 workloads, so each
   * text is kept in memory only once.
   */
  readonly texts: Map<string, string>;
}

/** One workload of a run: its plan, and how it changes. Kept small, because a run can have 200,000 of them. */
export interface InjectionResult extends Planned {
  readonly located: LocatedItem;
  readonly change: WorkloadChange;
  readonly findings: readonly Finding[];
}

/** How a workload changes. */
export type WorkloadChange =
  | Unchanged
  /** It gets the agent, or another one. `adopted` reports the agents of others that it replaces. */
  | ({ readonly kind: "injected" | "updated"; readonly adopted: readonly Finding[] } & ItemEdits)
  /** What this configuration added before is removed. */
  | ({ readonly kind: "removed" } & ItemEdits);

/** `none`: the workload has no agent of this configuration, or is refused. `up-to-date`: it has the right one. */
interface Unchanged {
  readonly kind: "none" | "up-to-date";
}

interface ItemEdits {
  /** The length of the workload's own part of the item's text. */
  readonly length: number;
  /** Edits of the own part. */
  readonly edits: readonly Edit[];
}

/**
 * Brings one workload to its desired state: removes what an earlier run added, plans on the original, and adds what the
 * plan says.
 *
 * @throws NeedsJointParseError if the item's text looks like a workload but the item isn't one.
 */
export function injectWorkload(located: LocatedItem, run: WorkloadRun): InjectionResult {
  const preview = skipsMost(run.configuration) ? readObjectFast(located.item, relevantFields) : undefined;
  if (preview !== undefined && !mayChange(preview, run.configuration)) return planOnly(preview, located, run);
  return injectParsed(run.parse(located.item), located, run);
}

/**
 * Returns true if a run may leave many workloads unchanged, so that previewing each of them before parsing saves time.
 */
function skipsMost({ state, selector }: Configuration): boolean {
  const { namespaces, names, matchLabels, matchExpressions, podLabels } = selector;
  const conditions = [namespaces, names, matchLabels, matchExpressions, podLabels];
  return state === "absent" || conditions.some((condition) => condition !== undefined);
}

/** Returns true if a workload has a record or is selected. Other workloads aren't parsed. */
function mayChange(object: KrmObject, configuration: Configuration): boolean {
  if (object.annotations[recordAnnotation] !== undefined) return true;
  const workload = toWorkload(object);
  return workload === undefined || (configuration.state !== "absent" && matchesSelector(workload, configuration));
}

/** Returns the result for a workload that isn't edited, whatever its plan. */
function planOnly(object: KrmObject, located: LocatedItem, { plan }: WorkloadRun): InjectionResult {
  return resultOf(object, located, plan({ workload: requireWorkload(object) }), []);
}

function injectParsed(item: Item, located: LocatedItem, run: WorkloadRun): InjectionResult {
  const object = parseObject(item);
  const workload = requireWorkload(object);
  const attempt = tryEdit(item, object, () => originalOf(item, workload, run), item.node);
  const original = "finding" in attempt ? attempt : attempt.value;
  if ("finding" in original) {
    const isSelected = matchesSelector(workload, run.configuration);
    const plan = isSelected ? ({ outcome: "refused", findings: [] } as const) : notSelected;
    return resultOf(object, located, plan, [original.finding]);
  }
  const plan = run.plan(original);
  const result = resultOf(object, located, plan, original.findings);
  if (hasError(result.findings)) return result;
  const additions = additionsOf(plan);
  const checked = tryEdit(item, object, () => requireEditable(item, original, additions), item.node);
  const edited =
    "finding" in checked
      ? checked
      : tryEdit(original.item, object, () => workloadEdits(item, original, additions, run), original.item.node);
  if ("finding" in edited) return { ...result, findings: [...result.findings, edited.finding] };
  if (edited.value === undefined) return original.record === undefined ? result : { ...result, change: upToDate };
  const edits = edited.value.map((edit) => ({ ...edit, text: getOrInsert(run.texts, edit.text, () => edit.text) }));
  return { ...result, change: changeOf(original, plan, { length: ownLength(item), edits }) };
}

const notSelected: WorkloadPlan = { outcome: "not-selected", usage: {} };
const unchanged = { kind: "none" } as const;
const upToDate = { kind: "up-to-date" } as const;

/** Returns the result for a workload that doesn't change. Its plan is kept without the additions. */
function resultOf(
  object: KrmObject,
  located: LocatedItem,
  plan: WorkloadPlan,
  findings: readonly Finding[],
): InjectionResult {
  const filtered = isFilteredByKpt(object) ? [partialView(object)] : [];
  return {
    located,
    object: identityOf(object),
    plan: plan.outcome === "injected" ? withoutAdditions(plan) : plan,
    change: unchanged,
    findings: [...filtered, ...findings, ...findingsOf(plan)],
  };
}

function withoutAdditions({ additions: _, ...plan }: Injection): PlannedInjection {
  return plan;
}

/** Returns what a plan adds to the workload. Undefined if it isn't injected. */
function additionsOf(plan: WorkloadPlan): readonly Addition[] | undefined {
  return plan.outcome === "injected" ? plan.additions : undefined;
}

function requireWorkload(object: KrmObject): Workload {
  const workload = toWorkload(object);
  if (workload === undefined) throw new NeedsJointParseError();
  return workload;
}

/** Returns the workload without what this configuration added, and without an agent to adopt; or why it isn't known. */
function originalOf(item: Item, workload: Workload, run: WorkloadRun): ReturnType<typeof uninject> {
  const original = uninject(item, workload, run.configuration.name, run.parse);
  return "finding" in original ? original : adopt(original, run);
}

function changeOf({ record, adopted }: OriginalWorkload, plan: WorkloadPlan, itemEdits: ItemEdits): WorkloadChange {
  if (plan.outcome !== "injected") return { kind: "removed", ...itemEdits };
  return { kind: record === undefined ? "injected" : "updated", adopted: adopted ?? [], ...itemEdits };
}

/**
 * Checks that the text of a workload that will change can be edited.
 *
 * @throws YamlError if it can't.
 */
function requireEditable(item: Item, original: OriginalWorkload, additions: readonly Addition[] | undefined): void {
  if (additions === undefined && original.record === undefined) return;
  requireBoundedSize(item.node, item.text);
  requireNoBareCr(item.text);
  requireCommentsStay(item, original, additions ?? []);
}

/**
 * Computes the edits of a workload's own part.
 *
 * @param additions the additions of its plan; undefined if the workload doesn't get the agent.
 * @returns the edits; undefined if the item is already up to date.
 * @throws YamlError if an edit isn't safe.
 */
function workloadEdits(
  item: Item,
  original: OriginalWorkload,
  additions: readonly Addition[] | undefined,
  { configuration, parse }: WorkloadRun,
): readonly Edit[] | undefined {
  if (additions === undefined && original.record === undefined) return undefined;
  const added = additions === undefined ? {} : namesAdded(additions);
  const first = listsWithFirst(additions ?? []);
  const record = (collections: CreatedCollections) =>
    printRecord({ owner: configuration.name, added, first, ...collections }, inTemplate(original.workload, "spec"));
  const edits =
    additions === undefined
      ? []
      : addEdits(original.item, additions, { name: recordAnnotation, value: record }, original.positions);
  // Nothing was removed, so there are no other edits.
  if (original.item === item) return edits;

  const text = applyEdits(original.item.text, edits);
  // A host may have reformatted what was added. That isn't a change.
  const isAsDesired =
    text === item.text ||
    (edits.length > 0 &&
      original.record !== undefined &&
      sameValue(toValue(parse({ ...item, text }).node), toValue(item.node)));
  if (isAsDesired) return undefined;
  return [replaceOwnPart(item, withoutMovedComments({ before: item, original, text, added }, parse))];
}

/** Returns the edit that replaces an item's own part and keeps what follows it. */
function replaceOwnPart(item: Item, text: string): Edit {
  const length = ownLength(item);
  const following = item.text.slice(length);
  if (!text.endsWith(following))
    throw new YamlError(
      "can't be edited: the comments or blank lines after it would become part of its last block scalar",
      length,
      "Remove them, or move them",
    );
  return { offset: 0, length, text: text.slice(0, text.length - following.length) };
}
