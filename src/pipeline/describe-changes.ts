import { type Finding, objectAndFile } from "../kube/finding";
import { capitalize } from "../kube/message-text";
import { type Identity, identityOf } from "../kube/object";
import { getOrInsert } from "../yaml/maps";
import { type DesiredObject, nameOf } from "./generated-objects";
import type { InjectionResult } from "./inject";
import type { PlacedObjects } from "./place-objects";

/*
 * What a run changes, for a person who watches it. Hosts don't get these messages: the next run, which changes nothing,
 * would report something else.
 */

/** Describes how each workload and its generated objects change. */
export function describeWorkloads(workloads: readonly InjectionResult[], placed: PlacedObjects): Finding[] {
  const parts = objectParts(placed);
  return workloads.flatMap((workload) => describeWorkload(workload, parts.get(workload.object) ?? []));
}

/** @param objects what happened to its generated objects. */
function describeWorkload({ object, change }: InjectionResult, objects: readonly string[]): Finding[] {
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
      return [report("updated", "updated the workload"), ...change.adopted];
    case "removed":
      return [report("removed", "removed what was added to the workload")];
  }
}

/** What one message about generated objects is about, and what generates them. */
export interface ObjectsSubject {
  readonly code: Finding["code"];
  readonly about: Identity;
  readonly source: Identity;
}

/** Describes in one message how the objects of one source change. */
export function describeObjects({ code, about, source }: ObjectsSubject, placed: PlacedObjects): Finding[] {
  const parts = objectParts(placed).get(source) ?? [];
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
function objectParts({ updated, created }: PlacedObjects): ReadonlyMap<Identity, readonly string[]> {
  const parts = new Map<Identity, string[]>();
  const add = (verb: string, { subject, object }: DesiredObject) =>
    getOrInsert(parts, subject, () => []).push(`${verb} ${nameOf(object)}`);
  for (const object of updated) add("updated", object);
  for (const object of created) add("added", object);
  return parts;
}

/** Joins the parts of a message: `Injected; added Certificate web-jaeger-agent.` */
function toSentence(parts: readonly string[]): string {
  return `${capitalize(parts.join("; "))}.`;
}
