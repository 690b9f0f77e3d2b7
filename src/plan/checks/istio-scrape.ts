import type { KrmObject } from "../../kube/object";
import { inTemplate } from "../../kube/workload";
import { get, getString, isMapping } from "../../yaml/value";
import { podMetadata } from "../pod-metadata";
import { type Check, warning } from "./check";
import { excludeInbound, hasIstioSidecar, isExcluded, rootNamespace } from "./istio-sidecar";
import { scrapedPort } from "./metrics-port";
import { oncePerNamespace } from "./once-per-namespace";
import { SelectorIndex, toSelector } from "./selector-index";

/**
 * Returns a check that warns if Prometheus can't scrape the agent, because Istio's sidecar accepts only mutual TLS and
 * Prometheus scrapes in plaintext. The mode comes from the policies for the pod, or else for its namespace, or else for
 * the mesh (istio.io, PeerAuthentication). Create it once per run.
 */
export function istioScrape(): Check {
  const policiesOf = oncePerNamespace("PeerAuthentication", groupPolicies);
  return (context) => {
    const { configuration, workload } = context;
    const port = scrapedPort(context)?.port;
    if (port === undefined || !hasIstioSidecar(context) || isExcluded(context, port)) return [];
    const own = policiesOf(context);
    const forPod = own?.selecting.matching(podMetadata(context, "labels")) ?? [];
    const forMesh = policiesOf(context, rootNamespace)?.namespaceWide ?? [];
    const policy = strictPolicy([forPod, own?.namespaceWide ?? [], forMesh], port);
    if (policy === undefined) return [];
    const path = inTemplate(workload, "metadata.annotations");
    const message = `The PeerAuthentication "${policy.name}" requires mutual TLS, so Prometheus can't scrape the agent. Add "${port}" to the pod's annotation ${excludeInbound} (spec.pod.annotations in the configuration), or set the mode for port ${port} to PERMISSIVE in portLevelMtls of a PeerAuthentication that selects the pod.`;
    const cause = policy.namespace ?? configuration.namespace ?? "";
    return [{ ...warning(context, "warn-mesh-blocks-scrape", path, message), cause }];
  };
}

/** The policies of a namespace: those with a selector, and those for all of its pods. */
interface Policies {
  readonly selecting: SelectorIndex<KrmObject>;
  readonly namespaceWide: readonly KrmObject[];
}

function groupPolicies(policies: readonly KrmObject[]): Policies {
  const selectors = policies.map((policy) => [toSelector(get(policy.value, "spec", "selector")), policy] as const);
  return {
    selecting: new SelectorIndex(
      selectors.flatMap(([selector, policy]) =>
        selector !== undefined && hasSelector(policy) ? [[selector, policy] as const] : [],
      ),
    ),
    namespaceWide: policies.filter((policy) => !hasSelector(policy)),
  };
}

function hasSelector({ value }: KrmObject): boolean {
  const labels = get(value, "spec", "selector", "matchLabels");
  return labels !== undefined && (!isMapping(labels) || Object.keys(labels).length > 0);
}

/**
 * Returns a policy that requires mutual TLS for the port; undefined if there is none. The first level that sets a mode
 * decides. If the policies of that level differ, the result is undefined too: which one applies isn't known.
 */
function strictPolicy(levels: readonly (readonly KrmObject[])[], port: number): KrmObject | undefined {
  for (const level of levels) {
    const deciding = level.filter((policy) => modeOf(policy, port) !== undefined);
    if (deciding.length > 0)
      return deciding.every((policy) => modeOf(policy, port) === "STRICT") ? deciding[0] : undefined;
  }
  return undefined;
}

/** Returns the mode for a port; undefined if it is inherited. Only a policy with a selector can set it for one port. */
function modeOf(policy: KrmObject, port: number): string | undefined {
  const portMode = hasSelector(policy)
    ? getString(policy.value, "spec", "portLevelMtls", String(port), "mode")
    : undefined;
  return [portMode, getString(policy.value, "spec", "mtls", "mode")].find(
    (mode) => mode !== undefined && mode !== "UNSET",
  );
}
