import type { KrmObject } from "../krm/object";
import { get, getString } from "../yaml/value";
import { SelectorIndex, toSelector } from "./selector-index";
import { type Check, inTemplate, namespaceObject, podMetadata, type Subject, warn } from "./subject";

/** Where Istio's own objects are, and policies for the whole mesh, unless it was installed in another way. */
const rootNamespace = "istio-system";

/**
 * Istio's sidecar takes connections by mutual TLS only, and Prometheus scrapes in plaintext. The mode is that of the
 * policies for the pod, else for its namespace, else for the mesh (istio.io, PeerAuthentication).
 */
export function meshScrape(): Check {
  const indexes = new WeakMap<readonly KrmObject[], SelectorIndex<KrmObject>>();
  return (subject) => {
    const { configuration, parts, workload, around } = subject;
    if (configuration.podMonitor === undefined || !hasSidecar(subject)) return [];
    const port = parts.listens.find(({ name }) => name === parts.metricsPort)?.port;
    if (port === undefined || isExcluded(subject, port)) return [];
    const policies = around.of("PeerAuthentication", workload.object.namespace);
    const index = indexes.get(policies) ?? new SelectorIndex(policies.filter(hasSelector).flatMap(indexed));
    indexes.set(policies, index);
    const levels = [
      policies.length === 0 ? [] : index.matching(podMetadata(subject, "labels")),
      policies.filter((policy) => !hasSelector(policy)),
      around.of("PeerAuthentication", rootNamespace).filter((policy) => !hasSelector(policy)),
    ];
    const policy = strictPolicy(levels, port);
    if (policy === undefined) return [];
    const path = inTemplate(subject, "metadata.annotations");
    const message = `The PeerAuthentication "${policy.name}" lets Istio's sidecar take mutual TLS only, so Prometheus cannot scrape the agent: the pod's annotation ${excludeInbound} must hold "${port}" (spec.pod.annotations of the configuration), or a PeerAuthentication for the pod must have portLevelMtls ${port} with mode PERMISSIVE.`;
    return [warn(subject, "warn-mesh-scrape", path, message)];
  };
}

function hasSelector({ value }: KrmObject): boolean {
  return Object.keys(toSelector(get(value, "spec", "selector"))?.matchLabels ?? { malformed: "" }).length > 0;
}

function indexed(policy: KrmObject): [NonNullable<ReturnType<typeof toSelector>>, KrmObject][] {
  const selector = toSelector(get(policy.value, "spec", "selector"));
  return selector === undefined ? [] : [[selector, policy]];
}

/** A policy that makes the port strict. Where policies of one level differ, which one holds is not known. */
function strictPolicy(levels: readonly (readonly KrmObject[])[], port: number): KrmObject | undefined {
  for (const level of levels) {
    const decided = level.filter((policy) => modeOf(policy, port) !== undefined);
    if (decided.length > 0) return decided.every((policy) => modeOf(policy, port) === "STRICT") ? decided[0] : undefined;
  }
  return undefined;
}

/** The mode for a port, which only a policy with a selector can set apart; undefined where it is inherited. */
function modeOf(policy: KrmObject, port: number): string | undefined {
  const own = hasSelector(policy) ? getString(policy.value, "spec", "portLevelMtls", String(port), "mode") : undefined;
  return [own, getString(policy.value, "spec", "mtls", "mode")].find((mode) => mode !== undefined && mode !== "UNSET");
}

const inject = "sidecar.istio.io/inject";

/** Whether Istio injects: the pod's own word goes before the Namespace's; never on the node's network. */
function hasSidecar(subject: Subject): boolean {
  if (subject.workload.podSpec["hostNetwork"] === true) return false;
  const labels = podMetadata(subject, "labels");
  const own = labels[inject] ?? podMetadata(subject, "annotations")[inject];
  if (own !== undefined) return own === "true";
  const namespace = namespaceObject(subject)?.labels ?? {};
  if (namespace["istio-injection"] !== undefined) return namespace["istio-injection"] === "enabled";
  return labels["istio.io/rev"] !== undefined || namespace["istio.io/rev"] !== undefined;
}

const excludeInbound = "traffic.sidecar.istio.io/excludeInboundPorts";

/** Whether the sidecar leaves a port alone. */
function isExcluded(subject: Subject, port: number): boolean {
  const annotations = podMetadata(subject, "annotations");
  const holds = (list: string | undefined) => list?.split(",").some((one) => one.trim() === String(port)) ?? false;
  const included = annotations["traffic.sidecar.istio.io/includeInboundPorts"];
  return holds(annotations[excludeInbound]) || (included !== undefined && included.trim() !== "*" && !holds(included));
}
