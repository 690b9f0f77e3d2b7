import type { Parse } from "../krm/edit-item";
import { type Item, type ItemText, parseObject } from "../krm/item";
import { type Finding, objectAndFile } from "../kube/finding";
import { capitalize } from "../kube/message-text";
import { type Identity, identityOf } from "../kube/object";
import { recordAnnotation } from "../kube/own-annotations";
import { inTemplate, toWorkload } from "../kube/workload";
import { applyEdits, type Edit } from "../yaml/edit";
import { getOrInsert } from "../yaml/maps";
import { toValue } from "../yaml/to-value";
import { describeUpdate } from "./describe-update";
import { type DesiredObject, nameOf } from "./generated-objects";
import type { InjectionResult } from "./inject";
import { readRecord } from "./injection-record";
import type { PlacedObjects } from "./place-objects";

/*
 * What a run changes, for a person who watches it. Hosts don't get these messages: the next run, which changes nothing,
 * would report something else.
 */

/** Describes how each workload and its generated objects change. */
export function describeWorkloads(
  workloads: readonly InjectionResult[],
  placed: PlacedObjects,
  parse: Parse,
): Finding[] {
  const parts = objectParts(placed, parse);
  return workloads.flatMap((workload) => describeWorkload(workload, parts.get(workload.object) ?? [], parse));
}

/** @param objects what happened to its generated objects. */
function describeWorkload(
  { object, change, located }: InjectionResult,
  objects: readonly string[],
  parse: Parse,
): Finding[] {
  const report = (code: Finding["code"], ...own: string[]): Finding => ({
    ...objectAndFile(object),
    code,
    severity: "info",
    message: toSentence([...own, ...objects]),
  });
  switch (change.kind) {
    case "none":
      return [];
    case "up-to-date":
      return objects.length === 0 ? [] : [report("updated")];
    case "injected":
      return [report("injected", "injected"), ...change.adopted];
    case "updated":
      return [report("updated", describeUpdatedWorkload(located.item, change.edits, parse)), ...change.adopted];
    case "removed":
      return [report("removed", "removed what was added to the workload")];
  }
}

function describeUpdatedWorkload(item: ItemText, edits: readonly Edit[], parse: Parse): string {
  const after = withEdits(item, edits, parse);
  const workload = toWorkload(parseObject(after));
  const podSpecPath = workload === undefined ? "spec" : inTemplate(workload, "spec");
  const record = readRecord(workload?.object.annotations[recordAnnotation] ?? "", podSpecPath);
  const agents = new Set(
    ["containers", "initContainers"].flatMap((list) => record?.added[`${podSpecPath}.${list}`] ?? []),
  );
  const update = describeUpdate(toValue(parse(item).node), toValue(after.node), { podSpecPath, agents });
  return update === undefined ? `updated the annotation ${recordAnnotation}` : `updated: ${update}`;
}

function withEdits(item: ItemText, edits: readonly Edit[], parse: Parse): Item {
  return parse({ ...item, text: applyEdits(item.text, edits) });
}

/** What one message about generated objects is about, and what generates them. */
export interface ObjectsSubject {
  readonly code: Finding["code"];
  readonly about: Identity;
  readonly source: Identity;
}

/** Describes in one message how the objects of one source change. */
export function describeObjects(
  { code, about, source }: ObjectsSubject,
  placed: PlacedObjects,
  parse: Parse,
): Finding[] {
  const parts = objectParts(placed, parse).get(source) ?? [];
  if (parts.length === 0) return [];
  return [{ ...objectAndFile(about), code, severity: "info", message: toSentence(parts) }];
}

/** Describes each object that is deleted. `reasonOf` returns why, as a clause. */
export function describeDeleted({ deleted }: PlacedObjects, reasonOf: (object: Identity) => string): Finding[] {
  return deleted.map(({ object }) => {
    const message = `Deleted: ${reasonOf(object)}.`;
    return { ...objectAndFile(identityOf(object)), code: "pruned", severity: "info", message };
  });
}

/** Returns parts of a message such as `added Certificate web`, by the object that it is about. */
function objectParts({ updated, created }: PlacedObjects, parse: Parse): ReadonlyMap<Identity, readonly string[]> {
  const parts = new Map<Identity, string[]>();
  const add = ({ subject }: DesiredObject, text: string) => getOrInsert(parts, subject, () => []).push(text);
  for (const desired of updated) {
    const { item } = desired.existing;
    const after = toValue(withEdits(item, desired.edits, parse).node);
    const update = describeUpdate(toValue(parse(item).node), after);
    add(desired, `updated ${nameOf(desired.object)}${update === undefined ? "" : ` (${update})`}`);
  }
  for (const desired of created) add(desired, `added ${nameOf(desired.object)}`);
  return parts;
}

/** Joins the parts of a message: `Injected; added Certificate web-jaeger-agent.` */
function toSentence(parts: readonly string[]): string {
  return `${capitalize(parts.join("; "))}.`;
}
