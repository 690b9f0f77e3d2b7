import { checkDelete, checkInsertAfter } from "../krm/adjacent-items";
import type { Deleted } from "../krm/delete-items";
import { applyItemEdits, type Parse } from "../krm/edit-item";
import { type ItemText, ownLength } from "../krm/item";
import { tryEdit } from "../krm/try-edit";
import type { ItemChange } from "../krm/write-resource-list";
import { type Finding, objectAndFile } from "../kube/finding";
import { type Identity, identityOf, type KrmObject } from "../kube/object";
import { requireEditable } from "../yaml/edit-nodes";
import { getOrInsert } from "../yaml/maps";
import { requireNoBareCr } from "../yaml/preconditions";
import { reconcile } from "../yaml/reconcile";
import { detectStyle } from "../yaml/style";
import type { Mapping } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";
import type { LocatedObject } from "./classify-items";
import {
  type DesiredObject,
  nameOf,
  type ObjectActions,
  type ObjectToCreate,
  type ObjectToUpdate,
} from "./generated-objects";

/** The items of a run, and how they change. */
export interface Placement {
  /** All items of the run. */
  readonly items: readonly ItemText[];
  readonly parse: Parse;
  /** Changes by the index of the item. The actions on generated objects are added to it. */
  readonly changes: Map<number, ItemChange>;
  /** Returns why an object is deleted, for the message. */
  readonly pruneReason: (object: Identity) => string;
}

/** A generated object of the input that the output doesn't contain, or contains with other fields. */
export interface ReplacedObject {
  readonly before: KrmObject;
  /** Undefined if it was deleted. */
  readonly after?: Mapping;
}

/** What was done to generated objects. */
export interface PlacedObjects {
  /** New objects for a list that has no items. */
  readonly appended: readonly ObjectToCreate[];
  /** Parts of a message such as `added Certificate web`, by the object that it is about. */
  readonly messageParts: ReadonlyMap<Identity, readonly string[]>;
  /** What couldn't be done, and what was deleted. */
  readonly findings: readonly Finding[];
  readonly replaced: readonly ReplacedObject[];
}

/** Adds the actions on generated objects to the changes of the items. */
export function applyObjectActions(actions: ObjectActions, placement: Placement): PlacedObjects {
  const updated = updateObjects(actions.update, placement);
  const created = createObjects(actions.create, placement);
  const deleted = deleteObjects(actions.prune, placement);
  const messageParts = new Map<Identity, string[]>();
  const report = (verb: string, { subject, object }: DesiredObject) =>
    getOrInsert(messageParts, subject, () => []).push(`${verb} ${nameOf(object)}`);
  for (const object of updated.done) report("updated", object);
  for (const object of created.done) report("added", object);
  return {
    appended: created.done.filter(({ after }) => after === undefined),
    messageParts,
    findings: [...updated.findings, ...created.findings, ...deleted.findings],
    replaced: [
      ...updated.done.map(({ existing, object }) => ({ before: existing.object, after: object })),
      ...deleted.replaced,
    ],
  };
}

/** Objects that were changed, and findings about those that couldn't be. */
interface Done<T extends DesiredObject> {
  readonly done: readonly T[];
  readonly findings: readonly Finding[];
}

function updateObjects(objects: readonly ObjectToUpdate[], { parse, changes }: Placement): Done<ObjectToUpdate> {
  const done: ObjectToUpdate[] = [];
  const findings: Finding[] = [];
  for (const desired of objects) {
    const { index, item, object } = desired.existing;
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

function createObjects(objects: readonly ObjectToCreate[], { parse, changes }: Placement): Done<ObjectToCreate> {
  const done: ObjectToCreate[] = [];
  const findings: Finding[] = [];
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
      findings.push(problem);
      refused.add(index);
      continue;
    }
    const change = changes.get(index) ?? { length: ownLength(parse(item)) };
    changes.set(index, { ...change, insertAfter: [...(change.insertAfter ?? []), desired] });
    done.push(desired);
  }
  return { done, findings };
}

function deleteObjects(
  objects: readonly LocatedObject[],
  placement: Placement,
): Pick<PlacedObjects, "findings" | "replaced"> {
  const { items, parse, changes, pruneReason } = placement;
  const located = objects.map((object) => ({ ...object, length: ownLength(parse(object.item)) }));
  const deleted = new Map<number, Deleted>(located.map((one) => [one.index, one]));
  const replaced: ReplacedObject[] = [];
  const findings = located.map(({ index, object, length }): Finding => {
    const problem = checkDelete(index, object, { items, deleted, changes, parse });
    if (problem !== undefined) {
      deleted.delete(index);
      return problem;
    }
    changes.set(index, { ...changes.get(index), length, isDeleted: true });
    replaced.push({ before: object });
    const message = `Deleted: ${pruneReason(object)}.`;
    return { ...objectAndFile(identityOf(object)), code: "pruned", severity: "info", message };
  });
  return { findings, replaced };
}
