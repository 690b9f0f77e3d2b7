import type { KrmObject } from "../../kube/object";
import { parseQuantity } from "../../kube/quantity";
import { get, type Value } from "../../yaml/value";
import { type Check, warning } from "./check";
import {
  type ContainerLimit,
  containerLimits,
  type EffectiveResources,
  effectiveResources,
  entries,
} from "./effective-resources";

/** A LimitRange of the namespace refuses the agent's container (`plugin/pkg/admission/limitranger`, `PodValidateLimitFunc`). */
export function limitRange(): Check {
  // The agent's resources are the same in every pod: a namespace is judged once.
  const judged = new WeakMap<readonly KrmObject[], readonly string[]>();
  return (context) => {
    const limitRanges = context.index.listByKind("LimitRange", context.workload.object.namespace);
    if (limitRanges.length === 0) return [];
    const problems =
      judged.get(limitRanges) ?? judge(containerLimits(limitRanges), context.configuration.agent.resources);
    judged.set(limitRanges, problems);
    return problems.map((problem) =>
      warning(
        context,
        "warn-limit-range",
        "spec.agent.resources",
        `${problem}, and so refuses the pod: spec.agent.resources of the configuration must fit.`,
      ),
    );
  };
}

function judge(limits: readonly ContainerLimit[], resources: Value): string[] {
  const effective = effectiveResources(resources, limits);
  return limits.flatMap(({ name, limit }) =>
    [
      ...entries(limit, "max").map(([resource, max]) => violation(effective, resource, "at most", max)),
      ...entries(limit, "min").map(([resource, min]) => violation(effective, resource, "at least", min)),
      ...entries(limit, "maxLimitRequestRatio").map(([resource, ratio]) => ratioViolation(effective, resource, ratio)),
      ...entries(limit, "default")
        .filter(([resource]) => get(resources, "limits", resource) === undefined)
        .map(([resource]) => defaultViolation(effective, resource)),
    ].flatMap((what) => (what === undefined ? [] : [`The LimitRange "${name}" ${what}`])),
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
  for (const [part, quantities] of [
    ["requests", requests],
    ["limits", limits],
  ] as const) {
    const own = parseQuantity(quantities.get(resource));
    if (own === undefined || (bound === "at most" ? own <= allowed : own >= allowed)) continue;
    return `wants a container's ${part}.${resource} to be ${bound} ${quantity}, where the agent's is ${quantities.get(resource)}`;
  }
  return undefined;
}

function ratioViolation({ requests, limits }: EffectiveResources, resource: string, ratio: Value): string | undefined {
  const [request, limit, most] = [requests.get(resource), limits.get(resource), ratio].map(parseQuantity);
  if (request === undefined || limit === undefined || most === undefined) return undefined;
  if (limit * 1_000_000_000n <= most * request) return undefined;
  return `wants a container's limits.${resource} to be at most ${ratio} times its request, where the agent's are ${limits.get(resource)} and ${requests.get(resource)}`;
}

/** The API refuses a request above the limit, be that a default. */
function defaultViolation({ requests, limits }: EffectiveResources, resource: string): string | undefined {
  const [request, limit] = [requests.get(resource), limits.get(resource)].map(parseQuantity);
  if (request === undefined || limit === undefined || request <= limit) return undefined;
  return `gives a container without limits.${resource} one of ${limits.get(resource)}, where the agent requests ${requests.get(resource)}`;
}
