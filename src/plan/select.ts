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
  /** `podLabelsMatch` is true if the selector would match if the labels of the pod template were those of the workload. */
  | { readonly outcome: "not-selected"; readonly podLabelsMatch?: true }
  | { readonly outcome: "skipped"; readonly skip: Skip };

/**
 * Decides whether a workload gets the agent: first by `spec.selector`, then by the reasons to skip a workload.
 *
 * @param index the objects of the input that aren't workloads.
 */
export function select(workload: Workload, configuration: Configuration, index: ObjectIndex): Selection {
  if (!matchesSelector(workload, configuration)) {
    const podLabelsMatch = matchesSelector(workload, configuration, workload.podLabels);
    return { outcome: "not-selected", ...(podLabelsMatch ? { podLabelsMatch } : {}) };
  }
  const skip =
    optOut(workload, configuration, index) ?? skipOf(workload) ?? withoutCertificate(workload, configuration);
  return skip === undefined ? { outcome: "selected" } : { outcome: "skipped", skip };
}

/**
 * Returns true if `spec.selector` matches, whether or not the workload is then skipped.
 *
 * @param labels what `matchLabels` and `matchExpressions` are compared with: by default, the workload's own labels.
 */
export function matchesSelector(
  workload: Workload,
  configuration: Configuration,
  labels: Workload["podLabels"] = workload.object.labels,
): boolean {
  const { selector } = configuration;
  const { object } = workload;
  const namespace = namespaceOf(workload, configuration);
  return (
    selector.kinds.includes(workload.kind.kind) &&
    (selector.namespaces === undefined || (namespace !== undefined && selector.namespaces.includes(namespace))) &&
    (selector.names === undefined || selector.names.includes(object.name)) &&
    !(namespace !== undefined && selector.excludeNamespaces.includes(namespace)) &&
    !selector.excludeNames.includes(object.name) &&
    matchesLabels(selector, labels) &&
    (selector.podLabels === undefined || matchesLabels(selector.podLabels, workload.podLabels))
  );
}
