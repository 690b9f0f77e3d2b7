import { formatQuantity } from "../../kube/quantity";
import { inTemplate } from "../../kube/workload";
import { isMapping } from "../../yaml/value";
import { fieldAt } from "../workload-finding";
import { type Check, warning } from "./check";
import { limitsOfType } from "./effective-resources";
import { type Amounts, type PodResources, podResources, type Resources, specWithAgent, totals } from "./pod-resources";

/** A rule that a pod violates. */
interface Violation {
  /** The part of the pod's resources that is exceeded. */
  readonly part: keyof Resources;
  readonly resource: string;
  /** The amount that exceeds `most`. */
  readonly amount: bigint;
  readonly most: bigint;
  /** What `amount` is, as the start of a sentence. */
  readonly what: string;
}

/**
 * Warns if the API rejects the pod because of its own resources (`spec.resources`), and accepts it without the agent
 * (kubernetes `pkg/apis/core/validation/validation.go`, `validatePodResources`).
 */
export const podLevelResources: Check = (context) => {
  const { workload, index } = context;
  // Most pods have none.
  if (!isMapping(workload.podSpec["resources"])) return [];
  const limits = limitsOfType("Container", index.listByKind("LimitRange", workload.object.namespace));
  const before = podResources(workload.podSpec, limits);
  const after = podResources(specWithAgent(context), limits);
  if (before === undefined || after === undefined || violations(before).length > 0) return [];
  return violations(after).map(({ part, resource, amount, most, what }) => {
    const field = inTemplate(workload, `spec.resources.${part}`);
    const actual = formatQuantity(amount, resource);
    const message = `${what} of ${actual} exceeds the pod's ${part}.${resource} of ${formatQuantity(most, resource)}, so Kubernetes rejects the pod. Raise it to at least ${actual}, or lower spec.agent.resources.`;
    return warning(context, "warn-exceeds-pod-resources", fieldAt(field, resource), message);
  });
};

/** Returns the rules that a pod with resources of its own violates. */
function violations({ containers, pod }: PodResources): Violation[] {
  if (pod === undefined) return [];
  const requests = totals(containers, "requests");
  const sum = (resource: string) => `With the agent, the containers' total requests.${resource}`;
  return [
    ...violationsOf("requests", requests, pod, sum),
    // Without requests of its own, the pod gets the sum of the containers' as a default.
    ...violationsOf("limits", pod.requests, pod, sum),
    ...containers
      .filter(({ init }) => init === undefined)
      .flatMap(({ limits }) => violationsOf("limits", limits, pod, (resource) => `The agent's limits.${resource}`)),
  ];
}

/** Returns a violation for each amount that exceeds a part of the pod's resources. */
function violationsOf(
  part: keyof Resources,
  amounts: Amounts,
  pod: Resources,
  whatOf: (resource: string) => string,
): Violation[] {
  return [...amounts].flatMap(([resource, amount]) => {
    const most = pod[part].get(resource);
    return most === undefined || amount <= most ? [] : [{ part, resource, amount, most, what: whatOf(resource) }];
  });
}
