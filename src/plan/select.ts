import type { Configuration, Selector } from "../config/configuration";
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
  | ({ readonly outcome: "not-selected" } & Mismatch)
  | { readonly outcome: "skipped"; readonly skip: Skip };

/** Why the selector doesn't match a workload. */
export interface Mismatch {
  /** The first field of `spec.selector` that excludes the workload. */
  readonly mismatch: keyof Selector;
  /** True if the selector would match if the labels of the pod template were those of the workload. */
  readonly podLabelsMatch?: true;
}

/**
 * Decides whether a workload gets the agent: first by `spec.selector`, then by the reasons to skip a workload.
 *
 * @param index the objects of the input that aren't workloads.
 */
export function select(workload: Workload, configuration: Configuration, index: ObjectIndex): Selection {
  const mismatch = mismatchOf(workload, configuration);
  if (mismatch !== undefined) {
    const podLabelsMatch = mismatchOf(workload, configuration, workload.podLabels) === undefined;
    return { outcome: "not-selected", mismatch, ...(podLabelsMatch ? { podLabelsMatch } : {}) };
  }
  const skip =
    optOut(workload, configuration, index) ?? skipOf(workload) ?? withoutCertificate(workload, configuration);
  return skip === undefined ? { outcome: "selected" } : { outcome: "skipped", skip };
}

/** Returns true if `spec.selector` matches, whether or not the workload is then skipped. */
export function matchesSelector(workload: Workload, configuration: Configuration): boolean {
  return mismatchOf(workload, configuration) === undefined;
}

/**
 * Returns the first field of `spec.selector` that excludes a workload.
 *
 * @param labels what `matchLabels` and `matchExpressions` are compared with: by default, the workload's own labels.
 */
function mismatchOf(
  workload: Workload,
  configuration: Configuration,
  labels: Workload["podLabels"] = workload.object.labels,
): keyof Selector | undefined {
  const { selector } = configuration;
  const { name } = workload.object;
  const namespace = namespaceOf(workload, configuration);
  const { namespaces, names, matchLabels, matchExpressions, podLabels } = selector;
  if (!selector.kinds.includes(workload.kind.kind)) return "kinds";
  if (namespaces !== undefined && (namespace === undefined || !namespaces.includes(namespace))) return "namespaces";
  if (namespace !== undefined && selector.excludeNamespaces.includes(namespace)) return "excludeNamespaces";
  if (names !== undefined && !names.includes(name)) return "names";
  if (selector.excludeNames.includes(name)) return "excludeNames";
  if (matchLabels !== undefined && !matchesLabels({ matchLabels }, labels)) return "matchLabels";
  if (matchExpressions !== undefined && !matchesLabels({ matchExpressions }, labels)) return "matchExpressions";
  if (podLabels !== undefined && !matchesLabels(podLabels, workload.podLabels)) return "podLabels";
  return undefined;
}
