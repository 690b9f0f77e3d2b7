import { isMapping } from "../../yaml/value";
import type { CheckContext } from "./check";
import { limitsOfType } from "./effective-resources";
import { type PodResources, podResources, type Resources, specWithAgent } from "./pod-resources";

/**
 * Reports whether the pod is of QoS class Guaranteed without the agent and Burstable with it (kubernetes
 * `pkg/apis/core/v1/helper/qos/qos.go`, `ComputePodQOS`). If the pod has resources of its own, they alone decide.
 */
export function losesGuaranteedClass(context: CheckContext): boolean {
  const { workload, index } = context;
  if (isMapping(workload.podSpec["resources"])) return false;
  const limits = limitsOfType("Container", index.listByKind("LimitRange", workload.object.namespace));
  const before = podResources(workload.podSpec, limits);
  if (before === undefined || !isGuaranteed(before)) return false;
  const after = podResources(specWithAgent(context), limits);
  return after !== undefined && !isGuaranteed(after);
}

/** Reports whether every container has limits for cpu and memory, and the sum of the requests equals that of the limits. */
function isGuaranteed({ containers }: PodResources): boolean {
  const sum = (part: keyof Resources, resource: string) =>
    containers.reduce((total, container) => total + (container[part].get(resource) ?? 0n), 0n);
  return ["cpu", "memory"].every(
    (resource) =>
      containers.every(({ limits }) => (limits.get(resource) ?? 0n) > 0n) &&
      sum("requests", resource) === sum("limits", resource),
  );
}
