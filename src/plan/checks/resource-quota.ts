import type { KrmObject } from "../../kube/object";
import { get, getList, isMapping } from "../../yaml/value";
import { type Check, type CheckContext, warning } from "./check";
import { containerLimits, effectiveResources } from "./effective-resources";

/** What a quota on a resource wants every container to say (kubernetes `pkg/quota/v1/evaluator/core/pods.go`, `validationSet`). */
const demands = new Map([
  ["cpu", "requests.cpu"],
  ["memory", "requests.memory"],
  ["requests.cpu", "requests.cpu"],
  ["requests.memory", "requests.memory"],
  ["limits.cpu", "limits.cpu"],
  ["limits.memory", "limits.memory"],
]);

/** A ResourceQuota of the namespace refuses a pod whose agent does not say what the quota counts. */
export function resourceQuota(): Check {
  // The agent's resources are the same in every pod: a namespace is judged once.
  const judged = new WeakMap<readonly KrmObject[], readonly string[]>();
  return (context) => {
    const quotas = context.index.listByKind("ResourceQuota", context.workload.object.namespace);
    if (quotas.length === 0) return [];
    const problems = judged.get(quotas) ?? judge(quotas, context);
    judged.set(quotas, problems);
    return problems.map((problem) => warning(context, "warn-resource-quota", "spec.agent.resources", problem));
  };
}

function judge(quotas: readonly KrmObject[], { workload, configuration, index }: CheckContext): string[] {
  const limits = containerLimits(index.listByKind("LimitRange", workload.object.namespace));
  const effective = effectiveResources(configuration.agent.resources, limits);
  const said = new Set([
    ...[...effective.requests.keys()].map((name) => `requests.${name}`),
    ...[...effective.limits.keys()].map((name) => `limits.${name}`),
  ]);
  return quotas.flatMap(({ name, value }) => {
    const hard = get(value, "spec", "hard");
    // A quota with scopes is for some pods only.
    if (!isMapping(hard) || getList(value, "spec", "scopes").length > 0 || get(value, "spec", "scopeSelector"))
      return [];
    const demanded = Object.keys(hard).flatMap((resource) => demands.get(resource) ?? []);
    const missing = [...new Set(demanded)].filter((field) => !said.has(field));
    if (missing.length === 0) return [];
    return [
      `The ResourceQuota "${name}" refuses a pod with a container that has no ${missing.join(", ")}, and the agent has none: spec.agent.resources of the configuration must have ${missing.length > 1 ? "them" : "it"}.`,
    ];
  });
}
