import type { LabelSelector } from "../../kube/label-selector";
import type { KrmObject } from "../../kube/object";
import { inTemplate } from "../../kube/workload";
import { getOrInsert } from "../../yaml/maps";
import { get } from "../../yaml/value";
import { podMetadata } from "../pod-metadata";
import { type Check, namespaceWarning } from "./check";
import { type MetricsPort, scrapedPort } from "./metrics-port";
import { allowsIngress, isIngressPolicy } from "./network-policy-rules";
import { oncePerNamespace } from "./once-per-namespace";
import { SelectorIndex, toSelector } from "./selector-index";

/** What the policies with the same selector allow. */
interface AllowedIngress {
  /** The name of the first of these policies. */
  readonly policy: string;
  readonly metrics: boolean;
}

/**
 * Returns a check that warns if NetworkPolicies select the pod, and none of them allows ingress to the port that
 * Prometheus scrapes. Policies are additive, so it is enough if one of them allows it. Create the check once per run.
 */
export function networkPolicyIngress(): Check {
  const ingressOf = oncePerNamespace("NetworkPolicy", (policies) => {
    const byPort = new Map<string, SelectorIndex<AllowedIngress>>();
    return (port: MetricsPort) =>
      getOrInsert(byPort, `${port.name} ${port.port}`, () => new SelectorIndex(allowedIngress(policies, port)));
  });
  return (context) => {
    const { workload, index } = context;
    const port = scrapedPort(context);
    const ingress = port === undefined || index.hasOtherNetworkPolicies ? undefined : ingressOf(context);
    if (port === undefined || ingress === undefined) return [];
    const selecting = ingress(port).matching(podMetadata(context, "labels"));
    const [first] = selecting;
    if (first === undefined || selecting.some(({ metrics }) => metrics)) return [];
    const message = `The NetworkPolicy "${first.policy}" selects the pod, and no policy in the input allows ingress to the agent's port ${port.port}/TCP, so Prometheus can't scrape the agent. Add an ingress rule for the port to a NetworkPolicy that selects the pod.`;
    const path = inTemplate(workload, "metadata.labels");
    return [namespaceWarning(context, "warn-blocked-by-network-policy", path, message)];
  };
}

/** Returns one entry for all policies that have the same selector, so that a namespace with many of them costs little. */
function allowedIngress(policies: readonly KrmObject[], port: MetricsPort) {
  const entries = new Map<string, readonly [LabelSelector, AllowedIngress]>();
  for (const { name, value } of policies) {
    const spec = get(value, "spec");
    const selector = toSelector(get(spec, "podSelector"));
    if (selector === undefined || !isIngressPolicy(spec)) continue;
    const key = JSON.stringify(selector);
    const previous = entries.get(key)?.[1];
    entries.set(key, [
      selector,
      { policy: previous?.policy ?? name, metrics: previous?.metrics || allowsIngress(spec, port) },
    ]);
  }
  return [...entries.values()];
}
