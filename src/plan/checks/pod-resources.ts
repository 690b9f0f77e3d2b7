import { parseQuantity } from "../../kube/quantity";
import { get, getList, getMapping, getString, isMapping, type Mapping, type Value } from "../../yaml/value";
import type { CheckContext } from "./check";
import { type EffectiveResources, effectiveResources, type LimitRangeEntry } from "./effective-resources";

/** Quantities in billionths, as `parseQuantity` returns them, by resource. */
export type Amounts = ReadonlyMap<string, bigint>;

/** Requests and limits. */
export interface Resources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** A container's resources with all defaults. */
export interface ContainerResources extends Resources {
  readonly name: string;
  /** Undefined for ordinary containers. `sidecar` is an init container that keeps running. */
  readonly init?: "init" | "sidecar";
}

/** The resources of a pod, as the API validates them. */
export interface PodResources {
  /** The init containers come first. */
  readonly containers: readonly ContainerResources[];
  /** `spec.resources` with its defaults. Undefined if the pod doesn't have the field. */
  readonly pod?: Resources;
}

/** Returns the spec of the workload's pod with the agent, as far as the checks of resources need it. */
export function specWithAgent({ workload, parts, agentIndex }: CheckContext): Mapping {
  const { podSpec } = workload;
  if (agentIndex === undefined) return { ...podSpec, containers: [...getList(podSpec, "containers"), parts.container] };
  const initContainers = [...getList(podSpec, "initContainers")];
  initContainers.splice(agentIndex, 0, parts.container);
  return { ...podSpec, initContainers };
}

/**
 * Returns the resources of a pod after all defaults, in the API's order: those of the API itself (kubernetes
 * `pkg/apis/core/v1/defaults.go`, `SetDefaults_Pod`), then those of LimitRanges. Undefined if a quantity is invalid.
 *
 * @param limits the entries of type Container of the namespace's LimitRanges.
 */
export function podResources(podSpec: Mapping, limits: readonly LimitRangeEntry[]): PodResources | undefined {
  const admitted = containersOf(podSpec, limits);
  if (admitted === undefined) return undefined;
  if (!isMapping(podSpec["resources"])) return { containers: admitted };
  const pod = parseResources({
    requests: new Map(Object.entries(getMapping(podSpec, "resources", "requests"))),
    limits: new Map(Object.entries(getMapping(podSpec, "resources", "limits"))),
  });
  const declared = containersOf(podSpec, []);
  if (pod === undefined || declared === undefined) return undefined;
  return { containers: admitted, pod: withDefaults(pod, declared) };
}

function containersOf(podSpec: Mapping, limits: readonly LimitRangeEntry[]): ContainerResources[] | undefined {
  const found = ["initContainers", "containers"].flatMap((list) =>
    getList(podSpec, list).map((container): ContainerResources | undefined => {
      const resources = parseResources(effectiveResources(get(container, "resources") ?? null, limits));
      if (resources === undefined) return undefined;
      const isSidecar = getString(container, "restartPolicy") === "Always";
      const init = list === "containers" ? undefined : isSidecar ? "sidecar" : "init";
      return { ...resources, name: getString(container, "name") ?? "", ...(init === undefined ? {} : { init }) };
    }),
  );
  const valid = found.filter((container) => container !== undefined);
  return valid.length === found.length ? valid : undefined;
}

/** Parses the quantities of requests and limits. Undefined if one of them is invalid. */
export function parseResources(resources: EffectiveResources): Resources | undefined {
  const [requests, limits] = [parseAll(resources.requests), parseAll(resources.limits)];
  return requests === undefined || limits === undefined ? undefined : { requests, limits };
}

function parseAll(quantities: ReadonlyMap<string, Value>): Amounts | undefined {
  const amounts = new Map<string, bigint>();
  for (const [resource, quantity] of quantities) {
    const amount = parseQuantity(quantity);
    if (amount === undefined) return undefined;
    amounts.set(resource, amount);
  }
  return amounts;
}

/**
 * Returns the pod's own resources with the API's defaults (`defaultPodRequests`). If the pod has limits, a missing
 * request is the sum of the containers' requests, or else the pod's limit. The sum counts only for cpu and memory.
 */
function withDefaults(pod: Resources, containers: readonly ContainerResources[]): Resources {
  if (pod.limits.size === 0) return pod;
  const requests = new Map(pod.requests);
  for (const [resource, sum] of totals(containers, "requests"))
    if (isComputeResource(resource)) fill(requests, resource, sum);
  for (const [resource, limit] of pod.limits) fill(requests, resource, limit);
  return { ...pod, requests };
}

function fill(amounts: Map<string, bigint>, resource: string, amount: bigint): void {
  if (!amounts.has(resource)) amounts.set(resource, amount);
}

/**
 * Returns what the containers of a pod use together (k8s.io/component-helpers `resource/helpers.go`,
 * `AggregateContainerRequests`): the sum of those that run, or what an init container needs next to the sidecars that
 * start before it, whichever is more.
 */
export function totals(containers: readonly ContainerResources[], part: keyof Resources): Amounts {
  const running = new Map<string, bigint>();
  const sidecars = new Map<string, bigint>();
  const starting = new Map<string, bigint>();
  for (const container of containers) {
    const amounts = container[part];
    if (container.init !== "init") add(running, amounts);
    if (container.init === undefined) continue;
    if (container.init === "sidecar") add(sidecars, amounts);
    const together = new Map(sidecars);
    if (container.init === "init") add(together, amounts);
    raise(starting, together);
  }
  raise(running, starting);
  return running;
}

function add(target: Map<string, bigint>, amounts: Amounts): void {
  for (const [resource, amount] of amounts) target.set(resource, (target.get(resource) ?? 0n) + amount);
}

function raise(target: Map<string, bigint>, amounts: Amounts): void {
  for (const [resource, amount] of amounts) {
    const current = target.get(resource);
    if (current === undefined || amount > current) target.set(resource, amount);
  }
}

/** Reports whether a resource is one of those that decide the QoS class. */
export function isComputeResource(resource: string): boolean {
  return resource === "cpu" || resource === "memory";
}
