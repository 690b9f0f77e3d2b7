import type { Configuration } from "../config/configuration";
import { matchesLabels } from "../kube/label-selector";
import type { ResultCode } from "../kube/result-codes";
import type { Workload } from "../kube/workload";
import { skipOf } from "./skip";

/** What becomes of a workload. Only what the selector picked can be skipped: the rest needs no reason. */
export type Selection =
  | { readonly outcome: "selected" }
  | { readonly outcome: "not-selected" }
  | { readonly outcome: "skipped"; readonly code: ResultCode; readonly reason: string };

/** The namespace that a workload will be in: its own, else the configuration's, else unknown. */
export function namespaceOf(workload: Workload, configuration: Configuration): string | undefined {
  return workload.object.namespace ?? configuration.namespace;
}

/** Decides whether a workload gets the agent, by `spec.selector` and then by the reasons to skip one. */
export function select(workload: Workload, configuration: Configuration): Selection {
  if (!isPicked(workload, configuration)) return { outcome: "not-selected" };
  const skip = skipOf(workload);
  return skip === undefined ? { outcome: "selected" } : { outcome: "skipped", ...skip };
}

function isPicked(workload: Workload, configuration: Configuration): boolean {
  const { selector } = configuration;
  const { object } = workload;
  const namespace = namespaceOf(workload, configuration);
  return (
    selector.kinds.includes(workload.kind.kind) &&
    (selector.namespaces === undefined || (namespace !== undefined && selector.namespaces.includes(namespace))) &&
    (selector.names === undefined || selector.names.includes(object.name)) &&
    !(namespace !== undefined && selector.excludeNamespaces.includes(namespace)) &&
    !selector.excludeNames.includes(object.name) &&
    matchesLabels(selector, object.labels) &&
    (selector.podLabels === undefined || matchesLabels(selector.podLabels, workload.podLabels))
  );
}
