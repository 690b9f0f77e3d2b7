import type { Finding } from "../../kube/finding";
import { agentRejectsSpans } from "./agent-rejects-spans";
import { autoscaler } from "./autoscaler";
import { bypassesAgent } from "./bypasses-agent/index";
import { certificateOrder } from "./certificate-order";
import type { Check, CheckContext } from "./check";
import { collectorDns } from "./collector-dns";
import { configFileOfSdk } from "./config-file-of-sdk";
import { hookVolumes } from "./hook-volumes";
import { initContainerOrder } from "./init-container-order";
import { issuerNamespace } from "./issuer-namespace";
import { istioAuthorization } from "./istio-authorization";
import { istioScrape } from "./istio-scrape";
import { jobEnd } from "./job-never-completes";
import { limitRange } from "./limit-range";
import { linkerdScrape } from "./linkerd-scrape";
import { meshStartOrder } from "./mesh-start-order";
import { networkPolicy } from "./network-policy";
import { networkPolicyIngress } from "./network-policy-ingress";
import { otherInjector } from "./other-injector";
import { podLevelResources } from "./pod-level-resources";
import { podSecurity } from "./pod-security";
import { prometheusAnnotations } from "./prometheus-annotations";
import { rejectedSignal } from "./rejected-signal";
import { resourceQuota } from "./resource-quota";
import { serviceLinkEnv } from "./service-link-env";
import { ingressReadsSecret } from "./shared-secret";
import { unknownEnvFrom } from "./unknown-env-from";
import { unknownProtocol } from "./unknown-protocol";

/**
 * Returns a function that runs all checks on one workload. Create it once per run: some checks cache what they learn
 * about a namespace.
 */
export function checks(): (context: CheckContext) => Finding[] {
  const all: readonly Check[] = [
    bypassesAgent,
    agentRejectsSpans,
    unknownProtocol,
    configFileOfSdk,
    unknownEnvFrom,
    rejectedSignal,
    ingressReadsSecret,
    issuerNamespace,
    certificateOrder,
    hookVolumes,
    podSecurity,
    networkPolicy(),
    networkPolicyIngress(),
    collectorDns,
    autoscaler,
    resourceQuota(),
    limitRange(),
    podLevelResources,
    otherInjector,
    serviceLinkEnv,
    istioScrape(),
    istioAuthorization(),
    linkerdScrape,
    prometheusAnnotations,
    meshStartOrder,
    initContainerOrder,
    jobEnd,
  ];
  return (context) => all.flatMap((check) => check(context));
}
