import type { Configuration } from "../config/configuration";
import { type Finding, objectAndFile } from "../kube/finding";
import { describe, type Identity } from "../kube/object";
import { kindOf } from "../kube/workload";
import { agentTypeOf } from "./agents";
import { duplicateObjects } from "./checks/conflicts";
import { hostPortConflicts } from "./checks/host-ports";
import { otherSecretReaders } from "./checks/shared-secret";
import type { Planned } from "./plan-types";

/** Returns the problems and notices of the configuration itself. */
export function checkConfiguration(configuration: Configuration): readonly Finding[] {
  return configuration.state === "absent" ? [] : agentTypeOf(configuration).check(configuration);
}

/**
 * Checks that need every workload of a run: duplicate objects, host ports, shared Secrets, notices that are reported
 * once, and whether anything was selected at all.
 *
 * @param others the objects of the input that aren't workloads.
 */
export function checkRun(
  configuration: Configuration,
  planned: readonly Planned[],
  others: readonly Identity[],
): Finding[] {
  if (configuration.state === "absent") return [];
  return [
    ...duplicateObjects(configuration, planned),
    ...hostPortConflicts(planned),
    ...otherSecretReaders(configuration, planned),
    ...pullSecretNotices(planned),
    ...immutableNotices(planned),
    ...(planned.some(({ plan }) => plan.outcome !== "not-selected") ? [] : [nothingSelected(planned, others)]),
  ];
}

/** Returns one notice per ServiceAccount, for all workloads that use it. */
function pullSecretNotices(planned: readonly Planned[]): Finding[] {
  const accounts = new Map<string, { account: string; objects: Identity[] }>();
  for (const { object, plan } of planned) {
    const account = plan.outcome === "injected" ? plan.unknownServiceAccount : undefined;
    if (account === undefined) continue;
    const key = `${object.namespace ?? ""}/${account}`;
    const existing = accounts.get(key);
    if (existing === undefined) accounts.set(key, { account, objects: [object] });
    else existing.objects.push(object);
  }
  return [...accounts.values()].map(({ account, objects }) => {
    const first = objects[0] as Identity;
    const relies =
      objects.length === 1
        ? "has no pull secrets of its own and relies on those"
        : "have no pull secrets of their own and rely on those";
    const message = `${describeMany(objects)} ${relies} of the ServiceAccount "${account}". Kubernetes ignores them once the pod lists pull secrets, which this configuration adds. Add the ServiceAccount to the input, or list its secrets in spec.imagePullSecrets of the configuration.`;
    return { ...objectAndFile(first), code: "notice-pull-secrets-replaced", severity: "info", message };
  });
}

/** Returns one notice per kind, for all workloads of that kind. */
function immutableNotices(planned: readonly Planned[]): Finding[] {
  const kinds = new Map<string, Identity[]>();
  for (const { object, plan } of planned) {
    if (plan.outcome !== "injected" || kindOf(object)?.immutable === undefined) continue;
    const existing = kinds.get(object.kind);
    if (existing === undefined) kinds.set(object.kind, [object]);
    else existing.push(object);
  }
  return [...kinds.values()].map((objects) => {
    const first = objects[0] as Identity;
    const message = `${describeMany(objects)}: containers can't be added to or removed from a ${first.kind} after it is applied. Delete the existing ${first.kind} before you apply it again (Argo CD: sync option Replace=true,Force=true).`;
    return { ...objectAndFile(first), code: "notice-immutable-pod-template", severity: "info", message };
  });
}

/** Formats the first of the objects and the number of the rest: `Deployment shop/web and 2 more`. */
function describeMany(objects: readonly Identity[]): string {
  return `${describe(objects[0] as Identity)}${objects.length > 1 ? ` and ${objects.length - 1} more` : ""}`;
}

/** Returns a warning that lists what the input contains, so that a typo in the selector is easy to spot. */
function nothingSelected(planned: readonly Planned[], others: readonly Identity[]): Finding {
  const names = planned.slice(0, 10).map(({ object }) => describe(object));
  const more = planned.length - names.length;
  const found =
    planned.length > 0
      ? `The input contains ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}, but ${planned.length === 1 ? "it doesn't match" : "none of them matches"} spec.selector`
      : `The input contains ${others.length} ${others.length === 1 ? "object" : "objects"}, but no workload that spec.selector can match`;
  const message = `No workload was selected. ${found}.`;
  return { code: "warn-nothing-selected", severity: "warning", message, field: { path: "spec.selector" } };
}
