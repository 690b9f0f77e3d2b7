import type { LabelSelector } from "../../kube/label-selector";
import type { KrmObject } from "../../kube/object";
import { get } from "../../yaml/value";
import { type Check, type CheckContext, inTemplate, podMetadata, warning } from "./check";
import { collectorPorts } from "./collector-ports";
import { aliasesOf, isIp, isLoopback, parseAddress } from "./endpoint-address";
import { allowsEgress, isEgressPolicy, type Port } from "./network-policy-rules";
import { SelectorIndex, toSelector } from "./selector-index";

/** What a policy of one namespace allows to the pods that it selects. */
interface Verdict {
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
 * The NetworkPolicies that select the pod, taken together, never allow the collector's port, or DNS for its name.
 * Policies are additive, so one that allows is enough. A pod on the node's network is not held by any.
 */
export function networkPolicy(): Check {
  // A namespace has one endpoint, since {namespace} is the only template in it: what a policy allows is found out once.
  const verdicts = new WeakMap<readonly KrmObject[], SelectorIndex<Verdict>>();
  return (context) => {
    const { workload, index, configuration } = context;
    const policies = index.listByKind("NetworkPolicy", workload.object.namespace);
    if (policies.length === 0 || index.hasOtherNetworkPolicies || workload.podSpec["hostNetwork"] === true) return [];
    const addresses = configuration.collector.endpoint.split(",").map((address) => parseAddress(address.trim()));
    const known = addresses.filter((address) => address !== undefined);
    if (known.length < addresses.length || known.some(({ host }) => isLoopback(host))) return [];
    const ports = collectorPorts(context, known);
    const selectors = verdicts.get(policies) ?? new SelectorIndex(judge(policies, ports));
    verdicts.set(policies, selectors);

    const judged = selectors.matching(podMetadata(context, "labels"));
    if (judged.length === 0) return [];
    const selects = `${names(judged)} the pod, and ${judged.length > 1 ? "none of them" : "it does not"} let`;
    const path = inTemplate(context, "metadata.labels");
    const missing = [];
    if (ports !== undefined && !judged.some(({ collector }) => collector)) {
      missing.push(`the collector's port ${[...new Set(known.map(({ port }) => port))].join(", ")}/TCP`);
    }
    if (known.every(({ host }) => needsDns(host, context)) && !judged.some(({ dns }) => dns)) {
      missing.push("DNS (53/UDP), by which the agent finds the collector");
    }
    return missing.map((what) =>
      warning(
        context,
        "warn-network-policy",
        path,
        `${selects} the agent reach ${what}: an egress rule of a policy that selects the pod must allow it.`,
      ),
    );
  };
}

function judge(policies: readonly KrmObject[], ports: readonly Port[] | undefined) {
  const entries = new Map<string, readonly [LabelSelector, Verdict]>();
  for (const { name, value } of policies) {
    const spec = get(value, "spec");
    const selector = toSelector(get(spec, "podSelector"));
    if (selector === undefined || !isEgressPolicy(spec)) continue;
    // Policies of one selector are one: a namespace of many such is the same work.
    const key = JSON.stringify(selector);
    const same = entries.get(key)?.[1];
    const verdict = {
      policy: same?.policy ?? name,
      collector: same?.collector || (ports !== undefined && allowsEgress(spec, ports)),
      dns: same?.dns || allowsEgress(spec, dnsPorts),
    };
    entries.set(key, [selector, verdict]);
  }
  return [...entries.values()];
}

function names(judged: readonly Verdict[]): string {
  const listed = judged.map(({ policy }) => `"${policy}"`).slice(0, 3);
  const more = judged.length - listed.length;
  const plural = judged.length > 1;
  return `The NetworkPolic${plural ? "ies" : "y"} ${listed.join(", ")}${more > 0 ? ` and ${more} more` : ""} select${plural ? "" : "s"}`;
}

function needsDns(host: string, { workload }: CheckContext): boolean {
  return !isIp(host) && !aliasesOf(workload.podSpec).some(({ name }) => name === host);
}
