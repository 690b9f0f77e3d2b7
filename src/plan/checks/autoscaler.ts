import type { KrmObject } from "../../kube/object";
import { get, getList, getString } from "../../yaml/value";
import { type Check, warning } from "./check";
import { containerLimits, effectiveResources } from "./effective-resources";

/**
 * A HorizontalPodAutoscaler that takes use as a share of requests stops where one container has no request (kubernetes
 * `pkg/controller/podautoscaler/replica_calculator.go`, `calculatePodRequests`).
 */
export const autoscaler: Check = (context) => {
  const { workload, configuration, index } = context;
  const autoscalers = index.autoscalersOf(workload.object);
  if (autoscalers.length === 0) return [];
  const limits = containerLimits(index.listByKind("LimitRange", workload.object.namespace));
  const { requests } = effectiveResources(configuration.agent.resources, limits);
  return autoscalers.flatMap((found) =>
    [...new Set(sharesOf(found))]
      // A request of the whole pod goes before those of its containers.
      .filter((name) => !requests.has(name) && get(workload.podSpec, "resources", "requests", name) === undefined)
      .map((name) =>
        warning(
          context,
          "warn-autoscaler",
          "spec.agent.resources.requests",
          `The HorizontalPodAutoscaler "${found.name}" takes the use of ${name} as a share of what every container requests, and the agent requests none: spec.agent.resources.requests of the configuration must have ${name}.`,
        ),
      ),
  );
};

/** The resources that are taken as a share of requests. Without metrics that is the cpu, which is v1's only metric. */
function sharesOf({ apiVersion, value }: KrmObject): string[] {
  const metrics = getList(value, "spec", "metrics");
  if (apiVersion === "autoscaling/v1" || metrics.length === 0) return ["cpu"];
  return metrics.flatMap((metric) => {
    if (getString(metric, "type") !== "Resource") return [];
    const resource = get(metric, "resource");
    // In v2beta1 beside the name.
    const isShare =
      getString(resource, "target", "type") === "Utilization" ||
      get(resource, "targetAverageUtilization") !== undefined;
    return isShare ? (getString(resource, "name") ?? []) : [];
  });
}
