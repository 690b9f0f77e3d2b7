import type { LabelSelector } from "../../kube/label-selector";
import { listAll, listSome } from "../../kube/message-text";
import type { KrmObject } from "../../kube/object";
import { inTemplate } from "../../kube/workload";
import { getOrInsert } from "../../yaml/maps";
import { get } from "../../yaml/value";
import { type Address, needsDns } from "../endpoint-address";
import { podMetadata } from "../pod-metadata";
import { type Check, type CheckContext, namespaceWarning } from "./check";
import { collectorAddresses } from "./collector-addresses";
import { collectorPorts } from "./collector-ports";
import { allowsEgress, isEgressPolicy, type Port } from "./network-policy-rules";
import { oncePerNamespace } from "./once-per-namespace";
import { SelectorIndex, toSelector } from "./selector-index";

/** What the policies with the same selector allow the pods that they select. */
interface AllowedEgress {
  /** The name of the first of these policies. */
  readonly policy: string;
  readonly collector: boolean;
  readonly dns: boolean;
}

/** DNS, and the port that OpenShift's DNS pods listen on. */
const dnsPorts: readonly Port[] = [53, 5353].flatMap((number) => [
  { number, protocol: "UDP" as const },
  { number, protocol: "TCP" as const },
]);

/**
 * Returns a check that warns if the NetworkPolicies that select the pod don't allow the collector's port, or DNS for
 * the collector's name. Policies are additive, so it is enough if one of them allows it. They don't apply to a pod on
 * the node's network. Create the check once per run.
 */
export function networkPolicy(): Check {
  const egressOf = oncePerNamespace("NetworkPolicy", (policies) => {
    // Usually all workloads of a namespace send to the same ports, but the endpoint can contain {name}.
    const byPorts = new Map<string, SelectorIndex<AllowedEgress>>();
    return (ports: readonly Port[] | undefined) =>
      getOrInsert(byPorts, JSON.stringify(ports ?? null), () => new SelectorIndex(allowedEgress(policies, ports)));
  });
  return (context) => {
    const { workload, index } = context;
    const egress = egressOf(context);
    if (egress === undefined || index.hasOtherNetworkPolicies || workload.podSpec["hostNetwork"] === true) return [];
    const addresses = collectorAddresses(context);
    if (addresses === undefined) return [];
    const ports = collectorPorts(context, addresses);
    const selecting = egress(ports).matching(podMetadata(context, "labels"));
    if (selecting.length === 0) return [];
    const policySelects = `${describePolicies(selecting)} the pod, but ${selecting.length > 1 ? "none of them allows" : "it doesn't allow"}`;
    return blockedTargets(context, addresses, ports, selecting).map((target) =>
      namespaceWarning(
        context,
        "warn-blocked-by-network-policy",
        inTemplate(workload, "metadata.labels"),
        `${policySelects} the agent to reach ${target}. Add an egress rule for it to a NetworkPolicy that selects the pod.`,
      ),
    );
  };
}

/**
 * Describes what the agent needs to reach and no policy allows.
 *
 * @param ports the collector's ports; undefined if they aren't known, which counts as allowed.
 */
function blockedTargets(
  context: CheckContext,
  addresses: readonly Address[],
  ports: readonly Port[] | undefined,
  selecting: readonly AllowedEgress[],
): string[] {
  const targets: string[] = [];
  if (ports !== undefined && !selecting.some(({ collector }) => collector)) {
    targets.push(`the collector's port ${listAll([...new Set(addresses.map(({ port }) => `${port}/TCP`))])}`);
  }
  if (addresses.every(({ host }) => needsDns(host, context.workload.podSpec)) && !selecting.some(({ dns }) => dns)) {
    targets.push("DNS (53/UDP), which resolves the collector's name");
  }
  return targets;
}

/**
 * Returns what the egress policies of a namespace allow, with one entry for all policies that have the same selector.
 */
function allowedEgress(policies: readonly KrmObject[], ports: readonly Port[] | undefined) {
  // Merging policies by selector keeps the work low in a namespace with many of them.
  const entries = new Map<string, readonly [LabelSelector, AllowedEgress]>();
  for (const { name, value } of policies) {
    const spec = get(value, "spec");
    const selector = toSelector(get(spec, "podSelector"));
    if (selector === undefined || !isEgressPolicy(spec)) continue;
    const key = JSON.stringify(selector);
    const previous = entries.get(key)?.[1];
    const merged = {
      policy: previous?.policy ?? name,
      collector: previous?.collector || (ports !== undefined && allowsEgress(spec, ports)),
      dns: previous?.dns || allowsEgress(spec, dnsPorts),
    };
    entries.set(key, [selector, merged]);
  }
  return [...entries.values()];
}

/** Returns the start of a sentence: the policies' names, at most three of them, and the verb. */
function describePolicies(selecting: readonly AllowedEgress[]): string {
  const names = listSome(selecting, 3, ({ policy }) => `"${policy}"`);
  const plural = selecting.length > 1;
  return `The NetworkPolic${plural ? "ies" : "y"} ${names} select${plural ? "" : "s"}`;
}
