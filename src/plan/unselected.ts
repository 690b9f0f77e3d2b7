import type { Configuration, Selector } from "../config/configuration";
import { type Finding, objectAndFile } from "../kube/finding";
import { listAll, listSome, plural } from "../kube/message-text";
import { describe, type Identity } from "../kube/object";
import { groupBy } from "../yaml/maps";
import type { Planned } from "./plan-types";

/**
 * Returns a warning that lists what the input contains and which fields of the selector exclude it, so that a typo is
 * easy to spot, or nothing if a workload was selected.
 *
 * @param others the objects of the input that aren't workloads.
 */
export function nothingSelected(
  { selector }: Configuration,
  planned: readonly Planned[],
  others: readonly Identity[],
): Finding[] {
  if (planned.some(({ plan }) => plan.outcome !== "not-selected")) return [];
  const excluded = [...groupBy(planned, ({ plan }) => mismatchOf(plan))];
  const [[field] = [undefined], another] = excluded;
  const path = field === undefined || another !== undefined ? "spec.selector" : `spec.selector.${field}`;
  const exclusion =
    another === undefined
      ? `${conditionText(path, selector)} excludes ${planned.length === 1 ? "it" : "all of them"}`
      : `the selector excludes all of them: ${exclusionsText(excluded)}`;
  const found =
    planned.length > 0
      ? `The input contains ${listSome(planned, 10, ({ object }) => describe(object))}, but ${exclusion}`
      : `The input contains ${plural(others.length, "object")}, but no workload of a kind that can be selected`;
  const message = `No workload was selected. ${found}.${podLabelsAdvice(planned)}`;
  return [{ code: "warn-nothing-selected", severity: "warning", message, configField: { path } }];
}

function mismatchOf(plan: Planned["plan"]): keyof Selector | undefined {
  return plan.outcome === "not-selected" ? plan.mismatch : undefined;
}

/** Kinds are shown, because they have a default value that the configuration doesn't show. */
function conditionText(path: string, { kinds }: Selector): string {
  return path === "spec.selector.kinds" ? `${path} (${kinds.join(", ")})` : path;
}

function exclusionsText(excluded: readonly (readonly [keyof Selector | undefined, readonly Planned[]])[]): string {
  const exclusions = excluded.map(
    ([field, group]) => `${field} excludes ${listSome(group, 1, ({ object }) => describe(object))}`,
  );
  return listAll(exclusions);
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
    const message = `Kubernetes 1.16 and later don't serve ${kind} in ${apiVersion}, so this workload can't be selected. Change the apiVersion to apps/v1, which requires spec.selector.`;
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
