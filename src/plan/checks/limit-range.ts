import { parseQuantity } from "../../kube/quantity";
import { get, type Value } from "../../yaml/value";
import { type Check, namespaceWarning } from "./check";
import {
  type ContainerLimit,
  containerLimits,
  type EffectiveResources,
  effectiveResources,
  quantities,
} from "./effective-resources";
import { oncePerNamespace } from "./once-per-namespace";

/**
 * Returns a check that warns if a LimitRange of the namespace rejects the agent's container
 * (`plugin/pkg/admission/limitranger`, `PodValidateLimitFunc`). Create it once per run.
 */
export function limitRange(): Check {
  // The agent's resources are the same in every pod.
  const problemsOf = oncePerNamespace("LimitRange", (limitRanges, { configuration }) =>
    findProblems(containerLimits(limitRanges), configuration.agent.resources),
  );
  return (context) =>
    (problemsOf(context) ?? []).map((problem) =>
      namespaceWarning(
        context,
        "warn-violates-limit-range",
        "spec.agent.resources",
        `${problem}. Change spec.agent.resources.`,
      ),
    );
}

/** Returns a sentence for each rule that the agent's resources violate. */
function findProblems(limits: readonly ContainerLimit[], resources: Value): string[] {
  const effective = effectiveResources(resources, limits);
  return limits.flatMap(({ name, limit }) =>
    [
      ...quantities(limit, "max").map(([resource, max]) => violation(effective, resource, "at most", max)),
      ...quantities(limit, "min").map(([resource, min]) => violation(effective, resource, "at least", min)),
      ...quantities(limit, "maxLimitRequestRatio").map(([resource, ratio]) =>
        ratioViolation(effective, resource, ratio),
      ),
      ...quantities(limit, "default")
        .filter(([resource]) => get(resources, "limits", resource) === undefined)
        .map(([resource]) => defaultViolation(effective, resource)),
    ].flatMap((problem) => (problem === undefined ? [] : [`The LimitRange "${name}" rejects the pod: ${problem}`])),
  );
}

function violation(
  { requests, limits }: EffectiveResources,
  resource: string,
  bound: "at most" | "at least",
  quantity: Value,
): string | undefined {
  const allowed = parseQuantity(quantity);
  if (allowed === undefined) return undefined;
  for (const [part, agentQuantities] of [
    ["requests", requests],
    ["limits", limits],
  ] as const) {
    const actual = parseQuantity(agentQuantities.get(resource));
    if (actual === undefined || (bound === "at most" ? actual <= allowed : actual >= allowed)) continue;
    return `${part}.${resource} must be ${bound} ${quantity}, but the agent's is ${agentQuantities.get(resource)}`;
  }
  return undefined;
}

function ratioViolation({ requests, limits }: EffectiveResources, resource: string, ratio: Value): string | undefined {
  const [request, limit, most] = [requests.get(resource), limits.get(resource), ratio].map(parseQuantity);
  if (request === undefined || limit === undefined || most === undefined) return undefined;
  if (limit * 1_000_000_000n <= most * request) return undefined;
  return `limits.${resource} must be at most ${ratio} times requests.${resource}, but the agent's are ${limits.get(resource)} and ${requests.get(resource)}`;
}

/** The API rejects a request above the limit, even if the limit is a default. */
function defaultViolation({ requests, limits }: EffectiveResources, resource: string): string | undefined {
  const [request, limit] = [requests.get(resource), limits.get(resource)].map(parseQuantity);
  if (request === undefined || limit === undefined || request <= limit) return undefined;
  return `it sets limits.${resource} of the agent to the default ${limits.get(resource)}, which is less than the agent's requests.${resource} of ${requests.get(resource)}`;
}
