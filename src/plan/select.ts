import type { Configuration } from "../config/configuration";
import { matchesLabels } from "../kube/label-selector";
import type { Workload } from "../kube/workload";
import { namespaceOf } from "./namespace";
import type { ObjectIndex } from "./object-index";
import { optOut } from "./opt-out";
import { type Skip, skipOf } from "./skip";
import { withoutCertificate } from "./skip-certificate";

/** The result of selecting a workload. Only a workload that the selector matches can be skipped, with a reason. */
export type Selection =
  | { readonly outcome: "selected" }
  | { readonly outcome: "not-selected" }
  | { readonly outcome: "skipped"; readonly skip: Skip };

/**
 * Decides whether a workload gets the agent: first by `spec.selector`, then by the reasons to skip a workload.
 *
 * @param index the objects of the input that aren't workloads.
 */
export function select(workload: Workload, configuration: Configuration, index: ObjectIndex): Selection {
  if (!matchesSelector(workload, configuration)) return { outcome: "not-selected" };
  const skip =
    optOut(workload, configuration, index) ?? skipOf(workload) ?? withoutCertificate(workload, configuration);
  return skip === undefined ? { outcome: "selected" } : { outcome: "skipped", skip };
}

/** Returns true if `spec.selector` matches, whether or not the workload is then skipped. */
export function matchesSelector(workload: Workload, configuration: Configuration): boolean {
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
