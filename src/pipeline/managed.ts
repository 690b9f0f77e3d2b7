import { type Finding, objectAndFile } from "../kube/finding";
import { listAll, plural } from "../kube/message-text";
import type { Identity } from "../kube/object";
import { groupBy } from "../yaml/maps";
import { getString, type Mapping } from "../yaml/value";

/**
 * Reports what a TracingSidecar manages. A count by kind says as much as a host needs to keep in Git, and it is the same
 * whoever sorts the items.
 *
 * @param workloads those that have the agent.
 * @param objects those that were generated for them.
 */
export function managedWorkloads(workloads: readonly Identity[], objects: readonly Mapping[]): Finding[] {
  if (workloads.length === 0) return [];
  const generated = objects.length === 0 ? "" : `, with ${countByKind(objects.map(kindOf))}`;
  const message = `The configuration adds the agent to ${countByKind(workloads.map(({ kind }) => kind))}${generated}.`;
  return [{ code: "managed", severity: "info", message }];
}

/** Reports what a PrivateCA manages. */
export function managedPrivateCa(privateCa: Identity, objects: readonly Mapping[]): Finding[] {
  if (objects.length === 0) return [];
  const message = `The private CA consists of ${countByKind(objects.map(kindOf))}.`;
  return [{ ...objectAndFile(privateCa), code: "managed", severity: "info", message }];
}

function kindOf(object: Mapping): string {
  return getString(object, "kind") ?? "";
}

/** Counts kinds: `2 Deployments and 1 Job`. */
function countByKind(kinds: readonly string[]): string {
  const sorted = groupBy([...kinds].sort(), (kind) => kind);
  return listAll([...sorted].map(([kind, { length }]) => plural(length, kind)));
}
