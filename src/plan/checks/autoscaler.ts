import type { KrmObject } from "../../kube/object";
import { get, getList, getString } from "../../yaml/value";
import { type Check, warning } from "./check";
import { effectiveResources, limitsOfType } from "./effective-resources";

/**
 * Warns if a HorizontalPodAutoscaler would stop working. With a utilization target, it needs a request in every
 * container (kubernetes `pkg/controller/podautoscaler/replica_calculator.go`, `calculatePodRequests`).
 */
export const autoscaler: Check = (context) => {
  const { workload, configuration, index } = context;
  const autoscalers = index.autoscalersOf(workload.object);
  if (autoscalers.length === 0) return [];
  const limits = limitsOfType("Container", index.listByKind("LimitRange", workload.object.namespace));
  const { requests } = effectiveResources(configuration.agent.resources, limits);
  return autoscalers.flatMap((hpa) =>
    [...new Set(utilizationResources(hpa))]
      // A request for the whole pod takes precedence over those of its containers.
      .filter((name) => !requests.has(name) && get(workload.podSpec, "resources", "requests", name) === undefined)
      .map((name) =>
        warning(
          context,
          "warn-autoscaler-needs-request",
          undefined,
          `The HorizontalPodAutoscaler "${hpa.name}" needs a ${name} request in every container, but the agent has none. Set spec.agent.resources.requests.${name}.`,
        ),
      ),
  );
};

/**
 * Returns the resources with a utilization target, which is a percentage of the requests. Without metrics, the target
 * is for cpu, which is also the only metric of v1.
 */
function utilizationResources({ apiVersion, value }: KrmObject): string[] {
  const metrics = getList(value, "spec", "metrics");
  if (apiVersion === "autoscaling/v1" || metrics.length === 0) return ["cpu"];
  return metrics.flatMap((metric) => {
    if (getString(metric, "type") !== "Resource") return [];
    const resource = get(metric, "resource");
    // In v2beta1, the target is next to the name.
    const isUtilization =
      getString(resource, "target", "type") === "Utilization" ||
      get(resource, "targetAverageUtilization") !== undefined;
    return isUtilization ? (getString(resource, "name") ?? []) : [];
  });
}
