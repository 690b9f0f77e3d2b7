import { checkDelete, checkInsertAfter } from "../krm/adjacent-items";
import type { Deleted } from "../krm/delete-items";
import { applyItemEdits, type Parse } from "../krm/edit-item";
import { type ItemText, ownLength } from "../krm/item";
import { tryEdit } from "../krm/try-edit";
import type { ItemChange } from "../krm/write-resource-list";
import type { Finding } from "../kube/finding";
import type { KrmObject } from "../kube/object";
import type { Edit } from "../yaml/edit";
import { requireEditable } from "../yaml/edit-nodes";
import { requireNoBareCr } from "../yaml/preconditions";
import { reconcile } from "../yaml/reconcile";
import { detectStyle } from "../yaml/style";
import { type Mapping, sameValue } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";
import type { LocatedObject } from "./classify-items";
import type { ObjectActions, ObjectToCreate, ObjectToUpdate } from "./generated-objects";

/** The items of a run, and how they change. */
export interface Placement {
  /** All items of the run. */
  readonly items: readonly ItemText[];
  readonly parse: Parse;
  /** Changes by the index of the item. The actions on generated objects are added to it. */
  readonly changes: Map<number, ItemChange>;
}

/** What was done to generated objects. */
export interface PlacedObjects {
  readonly created: readonly ObjectToCreate[];
  readonly updated: readonly UpdatedObject[];
  readonly deleted: readonly LocatedObject[];
  /** What couldn't be done. */
  readonly errors: readonly Finding[];
}

/** A generated object of the input that the output doesn't contain, or contains with other fields. */
export interface ReplacedObject {
  readonly before: KrmObject;
  /** Undefined if it was deleted. */
  readonly after?: Mapping;
}

/** Returns the objects that were updated or deleted. */
export function replacedObjects({ updated, deleted }: PlacedObjects): readonly ReplacedObject[] {
  return [
    ...updated.map(({ existing, object }) => ({ before: existing.object, after: object })),
    ...deleted.map(({ object }) => ({ before: object })),
  ];
}

/** An object that differed from the desired one. */
export interface UpdatedObject extends ObjectToUpdate {
  /** The edits of its item. */
  readonly edits: readonly Edit[];
}

/** Adds the actions on generated objects to the changes of the items. */
export function applyObjectActions(actions: ObjectActions, placement: Placement): PlacedObjects {
  const updated = updateObjects(actions.update, placement);
  const created = createObjects(actions.create, placement);
  const deleted = deleteObjects(actions.prune, placement);
  return {
    created: created.done,
    updated: updated.done,
    deleted: deleted.done,
    errors: [...updated.errors, ...created.errors, ...deleted.errors],
  };
}

/** Objects that were changed, and errors about those that couldn't be. */
interface Done<T> {
  readonly done: readonly T[];
  readonly errors: readonly Finding[];
}

function updateObjects(objects: readonly ObjectToUpdate[], { parse, changes }: Placement): Done<UpdatedObject> {
  const done: UpdatedObject[] = [];
  const errors: Finding[] = [];
  for (const desired of objects) {
    const { index, item, object } = desired.existing;
    if (sameValue(object.value, desired.object)) continue;
    const result = tryEdit(item, object, () => reconciled(item, desired.object, parse));
    if ("finding" in result) {
      errors.push(result.finding);
    } else if (result.value !== undefined) {
      changes.set(index, result.value);
      done.push({ ...desired, edits: result.value.edits });
    }
  }
  return { done, errors };
}

/** Returns the change of an existing object, or undefined if it is already up to date. */
function reconciled(
  text: ItemText,
  desired: Mapping,
  parse: Parse,
): (ItemChange & Pick<UpdatedObject, "edits">) | undefined {
  const item = parse(text);
  requireEditable(item.node);
  if (item.node.kind !== "mapping") throw new YamlError("must be a mapping", item.node.start);
  requireNoBareCr(item.text);
  const edits = reconcile({ text: item.text, style: detectStyle(item.text, item.node) }, item.node, desired);
  if (edits.length === 0) return undefined;
  applyItemEdits(item, edits, parse);
  return { length: ownLength(item), edits };
}

function createObjects(objects: readonly ObjectToCreate[], { parse, changes }: Placement): Done<ObjectToCreate> {
  const done: ObjectToCreate[] = [];
  const errors: Finding[] = [];
  /** Items after which nothing can be inserted. */
  const refused = new Set<number>();
  for (const desired of objects) {
    if (desired.after === undefined) {
      done.push(desired);
      continue;
    }
    const { item, index } = desired.after;
    if (refused.has(index)) continue;
    const problem = checkInsertAfter(item, changes.get(index), parse);
    if (problem !== undefined) {
      errors.push(problem);
      refused.add(index);
      continue;
    }
    const change = changes.get(index) ?? { length: ownLength(parse(item)) };
    changes.set(index, { ...change, insertAfter: [...(change.insertAfter ?? []), desired] });
    done.push(desired);
  }
  return { done, errors };
}

function deleteObjects(objects: readonly LocatedObject[], { items, parse, changes }: Placement): Done<LocatedObject> {
  const located = objects.map((object) => ({ ...object, length: ownLength(parse(object.item)) }));
  const deleted = new Map<number, Deleted>(located.map((one) => [one.index, one]));
  const done: LocatedObject[] = [];
  const errors: Finding[] = [];
  for (const one of located) {
    const { index, object, length } = one;
    const problem = checkDelete(index, object, { items, deleted, changes, parse });
    if (problem !== undefined) {
      deleted.delete(index);
      errors.push(problem);
      continue;
    }
    changes.set(index, { ...changes.get(index), length, isDeleted: true });
    done.push(one);
  }
  return { done, errors };
}
