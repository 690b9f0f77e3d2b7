import { checkDelete, checkInsertAfter } from "../krm/adjacent-items";
import type { Deleted } from "../krm/delete-items";
import { applyItemEdits, type Parse } from "../krm/edit-item";
import { type ItemText, ownLength } from "../krm/item";
import { tryEdit } from "../krm/try-edit";
import type { ItemChange } from "../krm/write-resource-list";
import { type Finding, objectAndFile } from "../kube/finding";
import { identityOf } from "../kube/object";
import { requireEditable } from "../yaml/edit-nodes";
import { requireNoBareCr } from "../yaml/preconditions";
import { reconcile } from "../yaml/reconcile";
import { detectStyle } from "../yaml/style";
import type { Mapping } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";
import {
  type DesiredObject,
  type LocatedObject,
  nameOf,
  type ObjectActions,
  type ObjectToCreate,
  type ObjectToUpdate,
} from "./generated-objects";

/** The items of a run, and how they change. */
export interface Placement {
  readonly items: readonly ItemText[];
  readonly parse: Parse;
  /** Changes by the index of the item. The actions on generated objects are added to it. */
  readonly changes: Map<number, ItemChange>;
  /** Why objects are deleted, for the message. */
  readonly pruneReason: string;
  /**
   * Returns the length of the own part of the item that an object goes after, if it is known without parsing the item.
   */
  readonly bodyLengthOf?: (object: ObjectToCreate) => number | undefined;
}

/** What was done to generated objects. */
export interface PlacedObjects {
  /** Parts of a message such as `added Certificate web`, by the index of the source. */
  readonly messageParts: ReadonlyMap<number, readonly string[]>;
  /** What couldn't be done, and what was deleted. */
  readonly findings: readonly Finding[];
}

/** Adds the actions on generated objects to the changes of the items. */
export function applyObjectActions(actions: ObjectActions, placement: Placement): PlacedObjects {
  const updated = updateObjects(actions.update, placement);
  const created = createObjects(actions.create, placement);
  const deleted = deleteObjects(actions.prune, placement);
  const messageParts = new Map<number, string[]>();
  const report = (verb: string, { source, object }: DesiredObject) => {
    messageParts.set(source, [...(messageParts.get(source) ?? []), `${verb} ${nameOf(object)}`]);
  };
  for (const object of updated.done) report("updated", object);
  for (const object of created.done) report("added", object);
  return { messageParts, findings: [...updated.findings, ...created.findings, ...deleted] };
}

/** Objects that were changed, and findings about those that couldn't be. */
interface Done {
  readonly done: readonly DesiredObject[];
  readonly findings: readonly Finding[];
}

function updateObjects(objects: readonly ObjectToUpdate[], { items, parse, changes }: Placement): Done {
  const done: DesiredObject[] = [];
  const findings: Finding[] = [];
  for (const desired of objects) {
    const { index, object } = desired.existing;
    const item = items[index] as ItemText;
    const result = tryEdit(item, object, () => reconciled(item, desired.object, parse));
    if ("finding" in result) {
      findings.push(result.finding);
    } else if (result.value !== undefined) {
      changes.set(index, result.value);
      done.push(desired);
    }
  }
  return { done, findings };
}

/** Returns the change of an existing object, or undefined if it is already up to date. */
function reconciled(text: ItemText, desired: Mapping, parse: Parse): ItemChange | undefined {
  const item = parse(text);
  requireEditable(item.node);
  if (item.node.kind !== "mapping") throw new YamlError("must be a mapping", item.node.start);
  requireNoBareCr(item.text);
  const edits = reconcile({ text: item.text, style: detectStyle(item.text, item.node) }, item.node, desired);
  if (edits.length === 0) return undefined;
  applyItemEdits(item, edits, parse);
  return { length: ownLength(item), edits };
}

function createObjects(objects: readonly ObjectToCreate[], { items, parse, changes, bodyLengthOf }: Placement): Done {
  const done: DesiredObject[] = [];
  const findings: Finding[] = [];
  /** Items after which nothing can be inserted. */
  const refused = new Set<number>();
  for (const desired of objects) {
    const { afterIndex } = desired;
    if (refused.has(afterIndex)) continue;
    const item = items[afterIndex] as ItemText;
    const problem = checkInsertAfter(item, changes.get(afterIndex), parse);
    if (problem !== undefined) {
      findings.push(problem);
      refused.add(afterIndex);
      continue;
    }
    const change = changes.get(afterIndex) ?? { length: bodyLengthOf?.(desired) ?? ownLength(parse(item)) };
    changes.set(afterIndex, { ...change, insertAfter: [...(change.insertAfter ?? []), desired] });
    done.push(desired);
  }
  return { done, findings };
}

function deleteObjects(objects: readonly LocatedObject[], placement: Placement): Finding[] {
  const { items, parse, changes, pruneReason } = placement;
  const deleted = new Map<number, Deleted>();
  for (const { index } of objects) {
    const item = items[index] as ItemText;
    deleted.set(index, { item, length: ownLength(parse(item)) });
  }
  return objects.map(({ index, object }) => {
    const problem = checkDelete(index, object, { items, deleted, changes, parse });
    if (problem !== undefined) {
      deleted.delete(index);
      return problem;
    }
    const { length } = deleted.get(index) as Deleted;
    changes.set(index, { ...changes.get(index), length, isDeleted: true });
    const message = `Deleted: ${pruneReason}.`;
    return { ...objectAndFile(identityOf(object)), code: "pruned", severity: "info", message };
  });
}
