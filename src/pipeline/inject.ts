import type { Configuration } from "../config/configuration";
import { applyItemEdits, type Parse } from "../krm/edit-item";
import { type Item, type ItemText, ownLength, parseObject, readObjectFast } from "../krm/item";
import { tryEdit } from "../krm/refuse-unsafe";
import { printPath } from "../kube/field-path";
import type { Finding } from "../kube/finding";
import { idAnnotations, isFilteredByKpt, isHostAnnotation, partialView } from "../kube/host-annotations";
import { identityOf, type KrmObject } from "../kube/object";
import { recordAnnotation } from "../kube/own-annotations";
import { toWorkload, type Workload } from "../kube/workload";
import { relevantFields } from "../plan/relevant-fields";
import { select } from "../plan/select";
import type { Planned, Planner, WorkloadPlan } from "../plan/workload-plan";
import { applyEdits, type Edit } from "../yaml/edit";
import { removeEntries } from "../yaml/edit-nodes";
import { requireBoundedSize, requireNoBareCr } from "../yaml/guards";
import { findEntry, keyOf, type Node } from "../yaml/node";
import { toValue } from "../yaml/to-value";
import { sameValue } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";
import { addEdits } from "./add";
import { adopt } from "./adopt";
import { type InjectionRecord, printRecord } from "./injection-record";
import { NeedsJointParseError } from "./parse-together";
import type { CreatedCollections } from "./path-tree";
import { type OriginalWorkload, uninject } from "./uninject";

/** One workload of a run: what was decided, and its new text. Small enough to be kept for each of 200,000. */
export interface InjectionResult extends Planned {
  /** Its place among the items. */
  readonly index: number;
  /** The length of the item's body in its text; absent: the item was not parsed, for it is left alone. */
  readonly length?: number;
  /** Of the body; absent: the item is as it must be. */
  readonly edits?: readonly Edit[];
  /** It carried something of this configuration before. */
  readonly injectedBefore: boolean;
  /** What is to be said once it carries ours in place of another agent. */
  readonly adopted?: readonly Finding[];
  readonly findings: readonly Finding[];
}

/**
 * Takes each workload, by its place among the items, from its text to its edits.
 *
 * @throws NotAloneError where the item is no workload after all.
 */
export function injector(
  items: readonly ItemText[],
  configuration: Configuration,
  decide: Planner,
  parse: Parse,
): (index: number) => InjectionResult {
  const texts = new Map<string, string>();
  /** What is put into one workload is for the most part what is put into the others: it is kept once. */
  const shared = (edit: Edit): Edit => {
    const known = texts.get(edit.text);
    if (known === undefined) texts.set(edit.text, edit.text);
    return known === undefined ? edit : { ...edit, text: known };
  };
  return (index) => {
    const treated = injectWorkload(items, index, configuration, decide, parse);
    return treated.edits === undefined ? treated : { ...treated, edits: treated.edits.map(shared) };
  };
}

function injectWorkload(
  items: readonly ItemText[],
  index: number,
  configuration: Configuration,
  decide: Planner,
  parse: Parse,
): InjectionResult {
  const itemText = items[index] as ItemText;
  const seen = leavesMostAlone(configuration) ? readObjectFast(itemText, relevantFields) : undefined;
  const item = seen === undefined || mayChange(seen, configuration) ? parse(itemText) : undefined;
  const object = item === undefined ? (seen as KrmObject) : parseObject(item);
  const workload = toWorkload(object);
  if (workload === undefined) throw new NeedsJointParseError();
  const findings: Finding[] = isFilteredByKpt(object) ? [partialView(object)] : [];
  const none: WorkloadPlan = { selected: false, objects: [], findings: [] };
  const left = { index, object: identityOf(object), plan: none, injected: false, injectedBefore: false, findings };
  if (item === undefined) {
    const plan = decide({ workload });
    return { ...left, plan, findings: [...findings, ...plan.findings] };
  }

  const length = ownLength(item);
  const untouched = { ...left, length };
  const { name: owner } = configuration;
  const restored = tryEdit(item, object, () => adopt(uninject(item, workload, owner, parse), configuration, parse));
  if ("finding" in restored) {
    const plan = { ...none, selected: isPicked(workload, configuration) };
    return { ...untouched, plan, findings: [...findings, restored.finding] };
  }
  const base = restored.value;
  const plan = decide(base);
  findings.push(...base.findings, ...plan.findings);
  const { additions, ...kept } = plan;
  const treated = {
    ...untouched,
    plan: kept,
    injected: additions !== undefined,
    injectedBefore: base.record !== undefined,
    ...(base.adopted === undefined ? {} : { adopted: base.adopted }),
  };
  if (findings.some(({ severity }) => severity === "error")) return treated;
  const result = tryEdit(item, object, () => {
    if (treated.injected || treated.injectedBefore) {
      requireBoundedSize(item.node, item.text);
      requireNoBareCr(item.text);
    }
    return editsOf(item, length, base, plan, owner, parse);
  });
  if ("finding" in result) return { ...treated, findings: [...findings, result.finding] };
  return result.value === undefined ? treated : { ...treated, edits: result.value };
}

/** Whether many workloads can be left alone, so that a look at each before its parse is worth its time. */
function leavesMostAlone({ state, selector }: Configuration): boolean {
  const { namespaces, names, matchLabels, matchExpressions, podLabels } = selector;
  const asked = [namespaces, names, matchLabels, matchExpressions, podLabels];
  return state === "absent" || asked.some((part) => part !== undefined);
}

/** Whether a workload carries something of a configuration, or is picked by it: what is neither need not be parsed. */
function mayChange(object: KrmObject, configuration: Configuration): boolean {
  if (object.annotations[recordAnnotation] !== undefined) return true;
  const workload = toWorkload(object);
  return workload === undefined || (configuration.state !== "absent" && isPicked(workload, configuration));
}

function isPicked(workload: Workload, configuration: Configuration): boolean {
  return select(workload, configuration).outcome !== "not-selected";
}

/** The edits of a workload's body, or undefined where it is as it must be. */
function editsOf(
  item: Item,
  length: number,
  base: OriginalWorkload,
  plan: WorkloadPlan,
  owner: string,
  parse: Parse,
): readonly Edit[] | undefined {
  if (plan.additions === undefined && base.record === undefined) return undefined;
  const added = plan.additions === undefined ? {} : namesAdded(plan.additions);
  const value = (collections: CreatedCollections) => printRecord({ owner, added, ...settled(base, collections) });
  const edits =
    plan.additions === undefined
      ? []
      : addEdits(base.item, plan.additions, { name: recordAnnotation, value }, base.positions);
  // Nothing was taken back: what is added is all that changes.
  if (base.item === item) return edits;
  const text = applyEdits(base.item.text, edits);
  // A host may have laid out differently what was added: that is no change.
  const isAsItWas =
    text === item.text ||
    (edits.length > 0 &&
      base.record !== undefined &&
      sameValue(toValue(parse({ ...item, text }).node), toValue(item.node)));
  if (isAsItWas) return undefined;
  const whole = withoutMoves(base, text, added, parse);
  const behind = item.text.slice(length);
  if (!whole.endsWith(behind))
    throw new YamlError("cannot be edited: what stands behind it would come to stand in it", length);
  return [{ offset: 0, length, text: whole.slice(0, whole.length - behind.length) }];
}

/** Annotations that only a host put there for the run were not there for the author. */
function settled(
  base: OriginalWorkload,
  { created, formerlyEmpty }: CreatedCollections,
): Pick<InjectionRecord, "created" | "formerlyEmpty"> {
  const names = Object.keys(base.workload.object.annotations);
  const hostsOnly = names.length > 0 && names.every(isHostAnnotation);
  return { created: hostsOnly ? ["metadata.annotations", ...created] : created, formerlyEmpty };
}

/** By the path of each collection, the names that a plan adds to it; the record among them. */
function namesAdded(additions: NonNullable<WorkloadPlan["additions"]>): { [path: string]: readonly string[] } {
  const added: { [path: string]: readonly string[] } = { "metadata.annotations": [recordAnnotation] };
  for (const addition of additions) {
    const names =
      "entries" in addition ? Object.keys(addition.entries) : addition.elements.map(({ name }) => String(name));
    const path = printPath(addition.path);
    added[path] = [...(added[path] ?? []), ...names];
  }
  return added;
}

/**
 * kpt copies comments back by position in a list: where an element of ours went from before one of the user's, the
 * comments behind it would move up; where ours took the place of another agent, it would get that one's. Without its id annotations an item is left alone (kyaml `comments/comments.go`).
 */
function withoutMoves(base: OriginalWorkload, text: string, added: InjectionRecord["added"], parse: Parse): string {
  const before = base.record?.added ?? {};
  const moved =
    base.adopted !== undefined ||
    [...base.positions.keys()].some(
      (path) =>
        !/\.(?:labels|annotations)$/.test(path) &&
        before[path] !== undefined &&
        before[path].length !== (added[path]?.length ?? 0),
    );
  if (!moved) return text;
  const item = parse({ ...base.item, text });
  const annotations = valueAt(valueAt(item.node, "metadata"), "annotations");
  if (annotations?.kind !== "mapping") return text;
  const ids = annotations.entries.flatMap((entry, index) =>
    idAnnotations.includes(keyOf(entry) ?? "") ? [index] : [],
  );
  if (ids.length === 0 || ids.length === annotations.entries.length) return text;
  return applyItemEdits(item, removeEntries(text, annotations, new Set(ids)), parse).text;
}

function valueAt(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "mapping" ? findEntry(node, key)?.value : undefined;
}
