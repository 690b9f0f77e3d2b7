import { formatQuantity, parseQuantity } from "../../kube/quantity";
import { get, type Value } from "../../yaml/value";
import { type Check, type CheckContext, namespaceWarning, warning } from "./check";
import { effectiveResources, type LimitRangeEntry, limitsOfType, quantities } from "./effective-resources";
import { oncePerNamespace } from "./once-per-namespace";
import {
  isComputeResource,
  parseResources,
  podResources,
  type Resources,
  specWithAgent,
  totals,
} from "./pod-resources";

/**
 * Returns a check that warns if a LimitRange of the namespace rejects the agent's container, or the pod because of the
 * agent (`plugin/pkg/admission/limitranger`, `PodValidateLimitFunc`). Create it once per run.
 */
export function limitRange(): Check {
  // The agent's resources are the same in every pod.
  const problemsOf = oncePerNamespace("LimitRange", (limitRanges, { configuration }) =>
    containerProblems(limitsOfType("Container", limitRanges), configuration.agent.resources),
  );
  return (context) => {
    const ofContainer = problemsOf(context);
    if (ofContainer === undefined) return [];
    const found = (create: typeof warning, problems: readonly string[]) =>
      problems.map((problem) =>
        create(context, "warn-violates-limit-range", undefined, `${problem}. Change spec.agent.resources.`),
      );
    return [...found(namespaceWarning, ofContainer), ...found(warning, podProblems(context))];
  };
}

/** Returns a sentence for each rule that the agent's resources violate. */
function containerProblems(limits: readonly LimitRangeEntry[], resources: Value): string[] {
  const effective = effectiveResources(resources, limits);
  const amounts = parseResources(effective);
  if (amounts === undefined) return [];
  return limits.flatMap((entry) => [
    ...violations(entry, amounts, agentWords).map(({ problem }) => problem),
    ...quantities(entry.limit, "default")
      .filter(([resource]) => get(resources, "limits", resource) === undefined)
      .flatMap(([resource]) => defaultViolation(entry, amounts, resource)),
  ]);
}

/**
 * Returns a sentence for each rule that the pod violates with the agent, but not without it. cpu and memory of the pod
 * itself (`spec.resources`) take precedence over the sums of its containers.
 */
function podProblems(context: CheckContext): string[] {
  const { workload, index } = context;
  const limitRanges = index.listByKind("LimitRange", workload.object.namespace);
  const entries = limitsOfType("Pod", limitRanges);
  if (entries.length === 0) return [];
  const ofContainers = limitsOfType("Container", limitRanges);
  const [before, after] = [workload.podSpec, specWithAgent(context)].map((podSpec): Resources | undefined => {
    const resources = podResources(podSpec, ofContainers);
    if (resources === undefined) return undefined;
    const { containers, pod } = resources;
    const amountsOf = (part: keyof Resources) =>
      new Map([
        ...totals(containers, part),
        ...[...(pod?.[part] ?? [])].filter(([resource]) => isComputeResource(resource)),
      ]);
    return { requests: amountsOf("requests"), limits: amountsOf("limits") };
  });
  if (before === undefined || after === undefined) return [];
  return entries.flatMap((entry) => {
    const known = new Set(violations(entry, before, podWords).map(({ rule }) => rule));
    return violations(entry, after, podWords).flatMap(({ rule, problem }) => (known.has(rule) ? [] : [problem]));
  });
}

/** The words of a message that depend on what a rule is about. */
interface Words {
  readonly must: string;
  readonly is: string;
  readonly are: string;
}

const agentWords: Words = { must: "must be", is: "the agent's is", are: "the agent's are" };
const podWords: Words = {
  must: "of all containers must add up to",
  is: "with the agent, the sum is",
  are: "with the agent, the sums are",
};

/** A rule of a LimitRange, such as `max.cpu`, and a sentence about its violation. */
interface Violation {
  readonly rule: string;
  readonly problem: string;
}

/** Returns the rules of an entry that resources violate. A bound that isn't a quantity is ignored. */
function violations({ name, limit }: LimitRangeEntry, resources: Resources, words: Words): Violation[] {
  const check = (
    kind: "max" | "min" | "maxLimitRequestRatio",
    violationOf: (resource: string, bound: bigint, text: Value) => string | undefined,
  ) =>
    quantities(limit, kind).flatMap(([resource, text]) => {
      const bound = parseQuantity(text);
      const violation = bound === undefined ? undefined : violationOf(resource, bound, text);
      return violation === undefined ? [] : [{ rule: `${kind}.${resource}`, problem: rejects(name, violation) }];
    });
  const wrongAmount = (resource: string, rule: string, isWrong: (amount: bigint) => boolean) => {
    const part = (["limits", "requests"] as const).find((candidate) => {
      const amount = resources[candidate].get(resource);
      return amount !== undefined && isWrong(amount);
    });
    if (part === undefined) return undefined;
    const amount = formatQuantity(resources[part].get(resource) ?? 0n, resource);
    return `${part}.${resource} ${words.must} ${rule}, but ${words.is} ${amount}`;
  };
  return [
    ...check("max", (resource, most, text) =>
      resources.limits.has(resource)
        ? wrongAmount(resource, `at most ${text}`, (amount) => amount > most)
        : `limits.${resource} must be set`,
    ),
    ...check("min", (resource, least, text) =>
      resources.requests.has(resource)
        ? wrongAmount(resource, `at least ${text}`, (amount) => amount < least)
        : `requests.${resource} must be set`,
    ),
    ...check("maxLimitRequestRatio", (resource, ratio, text) => {
      const [request, limited] = [resources.requests.get(resource), resources.limits.get(resource)];
      if (!request || !limited) return `requests.${resource} and limits.${resource} must be set`;
      if (limited * billion <= ratio * request) return undefined;
      const amounts = [limited, request].map((amount) => formatQuantity(amount, resource)).join(" and ");
      return `limits.${resource} ${words.must} at most ${text} times requests.${resource}, but ${words.are} ${amounts}`;
    }),
  ];
}

const billion = 1_000_000_000n;

function rejects(name: string, rule: string): string {
  return `The LimitRange "${name}" rejects the pod: ${rule}`;
}

/** The API rejects a request above the limit, even if the limit is a default. */
function defaultViolation({ name }: LimitRangeEntry, { requests, limits }: Resources, resource: string): string[] {
  const [request, limit] = [requests.get(resource), limits.get(resource)];
  if (request === undefined || limit === undefined || request <= limit) return [];
  const [most, actual] = [limit, request].map((amount) => formatQuantity(amount, resource));
  return [
    rejects(
      name,
      `it sets limits.${resource} of the agent to the default ${most}, which is less than the agent's requests.${resource} of ${actual}`,
    ),
  ];
}
