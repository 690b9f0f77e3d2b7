import type { Configuration } from "../config/configuration";
import { type Finding, objectAndFile } from "../kube/finding";
import { listSome } from "../kube/message-text";
import { describe, type Identity } from "../kube/object";
import type { Planned } from "./plan-types";

/**
 * Returns a warning that lists what the input contains, so that a typo in the selector is easy to spot, or nothing if a
 * workload was selected.
 *
 * @param others the objects of the input that aren't workloads.
 */
export function nothingSelected(planned: readonly Planned[], others: readonly Identity[]): Finding[] {
  if (planned.some(({ plan }) => plan.outcome !== "not-selected")) return [];
  const found =
    planned.length > 0
      ? `The input contains ${listSome(planned, 10, ({ object }) => describe(object))}, but ${planned.length === 1 ? "it doesn't match" : "none of them matches"} the selector`
      : `The input contains ${others.length} ${others.length === 1 ? "object" : "objects"}, but no workload of a kind that can be selected`;
  const message = `No workload was selected. ${found}.${podLabelsAdvice(planned)}`;
  return [{ code: "warn-nothing-selected", severity: "warning", message, configField: { path: "spec.selector" } }];
}

/** The advice for a selector whose labels are those of the pod template. */
function podLabelsAdvice(planned: readonly Planned[]): string {
  const matching = planned.filter(({ plan }) => plan.outcome === "not-selected" && plan.podLabelsMatch);
  if (matching.length === 0) return "";
  const has = matching.length === 1 ? "has" : "have";
  return ` ${listSome(matching, 1, ({ object }) => describe(object))} ${has} these labels only in the pod template. To select by the labels of pods, use spec.selector.podLabels.`;
}

/**
 * Returns a warning for each object of the API group `extensions`, which had workloads until Kubernetes 1.16: every later
 * API server rejects them, so they aren't workloads here.
 *
 * @param others the objects of the input that aren't workloads.
 */
export function removedApis({ selector }: Configuration, others: readonly Identity[]): Finding[] {
  const removed = others.filter(({ group, kind }) => group === "extensions" && selector.kinds.includes(kind));
  return removed.map((object): Finding => {
    const { kind, apiVersion } = object;
    const message = `The ${apiVersion} API version of ${kind} is no longer served as of Kubernetes 1.16, so it can't be selected. Change the apiVersion to apps/v1, which requires spec.selector.`;
    const field = { path: "apiVersion" };
    return {
      ...objectAndFile(object),
      code: "warn-removed-api",
      severity: "warning",
      message,
      field,
      cause: "removed API",
    };
  });
}
