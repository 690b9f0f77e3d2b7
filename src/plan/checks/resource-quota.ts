import { listAll } from "../../kube/message-text";
import type { KrmObject } from "../../kube/object";
import { get, getList, isMapping } from "../../yaml/value";
import { type Check, type CheckContext, namespaceWarning } from "./check";
import { effectiveResources, limitsOfType } from "./effective-resources";
import { oncePerNamespace } from "./once-per-namespace";

/**
 * The field that every container must set if a quota limits a resource (kubernetes
 * `pkg/quota/v1/evaluator/core/pods.go`, `validationSet`).
 */
const requiredFields = new Map([
  ["cpu", "requests.cpu"],
  ["memory", "requests.memory"],
  ["requests.cpu", "requests.cpu"],
  ["requests.memory", "requests.memory"],
  ["limits.cpu", "limits.cpu"],
  ["limits.memory", "limits.memory"],
]);

/**
 * Returns a check that warns if a ResourceQuota of the namespace rejects the pod, because the agent has no request or
 * limit for a resource that the quota counts. Create it once per run.
 */
export function resourceQuota(): Check {
  // The agent's resources are the same in every pod.
  const problemsOf = oncePerNamespace("ResourceQuota", findProblems);
  return (context) =>
    (problemsOf(context) ?? []).map((problem) =>
      namespaceWarning(context, "warn-resource-quota-needs-resources", undefined, problem),
    );
}

/** Returns a sentence for each quota that rejects the agent's container. */
function findProblems(quotas: readonly KrmObject[], { workload, configuration, index }: CheckContext): string[] {
  const limits = limitsOfType("Container", index.listByKind("LimitRange", workload.object.namespace));
  const effective = effectiveResources(configuration.agent.resources, limits);
  const fields = new Set([
    ...[...effective.requests.keys()].map((name) => `requests.${name}`),
    ...[...effective.limits.keys()].map((name) => `limits.${name}`),
  ]);
  return quotas.flatMap(({ name, value }) => {
    const hard = get(value, "spec", "hard");
    // A quota with scopes applies only to some pods.
    if (!isMapping(hard) || getList(value, "spec", "scopes").length > 0 || get(value, "spec", "scopeSelector"))
      return [];
    const required = Object.keys(hard).flatMap((resource) => requiredFields.get(resource) ?? []);
    const missing = [...new Set(required)].filter((field) => !fields.has(field));
    if (missing.length === 0) return [];
    return [
      `The ResourceQuota "${name}" requires every container to set ${listAll(missing)}, but the agent doesn't. Set ${missing.length > 1 ? "them" : "it"} in spec.agent.resources.`,
    ];
  });
}
