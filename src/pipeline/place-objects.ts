import { checkDelete, checkInsertAfter } from "../krm/adjacent-items";
import type { Deleted } from "../krm/deletion";
import { applyItemEdits, type Parse } from "../krm/edit-item";
import { type ItemText, ownLength } from "../krm/item";
import { tryEdit } from "../krm/refuse-unsafe";
import type { ItemChange } from "../krm/write-resource-list";
import { type Finding, objectAndFile } from "../kube/finding";
import { identityOf } from "../kube/object";
import { requireEditable } from "../yaml/edit-nodes";
import { requireNoBareCr } from "../yaml/guards";
import { reconcile } from "../yaml/reconcile";
import { detectStyle } from "../yaml/style";
import { YamlError } from "../yaml/yaml-error";
import type { ClassifiedItems } from "./classify";
import { type DesiredObject, nameOf, type ObjectActions } from "./generated-objects";

/**
 * Puts what becomes of the generated objects into `changes`, and tells what is to be said of it: by source, and of the
 * objects themselves.
 *
 * @param reason why an object is deleted.
 * @param known the length of the body that an object goes behind, where it is known.
 */
export function applyObjectActions(
  items: readonly ItemText[],
  { parse }: ClassifiedItems,
  { create, update, prune }: ObjectActions,
  changes: Map<number, ItemChange>,
  reason: string,
  known: (wanted: ObjectActions["create"][number]) => number | undefined = () => undefined,
): { readonly said: ReadonlyMap<number, readonly string[]>; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const said = new Map<number, readonly string[]>();
  const say = ({ source, object }: DesiredObject, what: string) => {
    said.set(source, [...(said.get(source) ?? []), `${what} ${nameOf(object)}`]);
  };
  for (const wanted of update) {
    const { index, object } = wanted.there;
    const text = items[index] as ItemText;
    const result = tryEdit(text, object, () => reconciled(text, wanted.object, parse));
    if ("finding" in result) findings.push(result.finding);
    if ("finding" in result || result.value === undefined) continue;
    changes.set(index, result.value);
    say(wanted, "set");
  }
  const unfollowed = new Set<number>();
  for (const wanted of create) {
    const { behind } = wanted;
    if (unfollowed.has(behind)) continue;
    const problem = checkInsertAfter(items[behind] as ItemText, changes.get(behind), parse);
    if (problem !== undefined) {
      findings.push(problem);
      unfollowed.add(behind);
      continue;
    }
    const change = changes.get(behind) ?? {
      length: known(wanted) ?? ownLength(parse(items[behind] as ItemText)),
    };
    changes.set(behind, { ...change, insertAfter: [...(change.insertAfter ?? []), wanted] });
    say(wanted, "added");
  }
  const deleted = new Map<number, Deleted>();
  for (const { index } of prune) {
    const item = items[index] as ItemText;
    deleted.set(index, { item, length: ownLength(parse(item)) });
  }
  for (const { index, object } of prune) {
    const problem = checkDelete(index, object, { items, deleted, changes, parse });
    if (problem !== undefined) {
      findings.push(problem);
      deleted.delete(index);
      continue;
    }
    changes.set(index, { ...changes.get(index), length: (deleted.get(index) as Deleted).length, isDeleted: true });
    findings.push({
      ...objectAndFile(identityOf(object)),
      code: "pruned",
      severity: "info",
      message: `Deleted: ${reason}.`,
    });
  }
  return { said, findings };
}

/** The change of a generated object that is there, or undefined where it is as wanted. */
function reconciled(text: ItemText, wanted: DesiredObject["object"], parse: Parse): ItemChange | undefined {
  const item = parse(text);
  requireEditable(item.node);
  if (item.node.kind !== "mapping") throw new YamlError("must be a mapping", item.node.start);
  requireNoBareCr(item.text);
  const edits = reconcile({ text: item.text, style: detectStyle(item.text, item.node) }, item.node, wanted);
  if (edits.length === 0) return undefined;
  applyItemEdits(item, edits, parse);
  return { length: ownLength(item), edits };
}
