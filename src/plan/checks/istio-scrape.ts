import type { KrmObject } from "../../kube/object";
import { get, getString, isMapping } from "../../yaml/value";
import { type Check, type CheckContext, inTemplate, namespaceObject, podMetadata, warning } from "./check";
import { SelectorIndex, toSelector } from "./selector-index";

/** Where Istio's own objects are, and policies for the whole mesh, unless it was installed in another way. */
const rootNamespace = "istio-system";

/**
 * Istio's sidecar takes connections by mutual TLS only, and Prometheus scrapes in plaintext. The mode is that of the
 * policies for the pod, else for its namespace, else for the mesh (istio.io, PeerAuthentication).
 */
export function meshScrape(): Check {
  const prepared = new WeakMap<readonly KrmObject[], Policies>();
  const policiesOf = ({ index }: CheckContext, namespace: string | undefined): Policies => {
    const list = index.listByKind("PeerAuthentication", namespace);
    if (list.length === 0) return none;
    const policies = prepared.get(list) ?? prepare(list);
    prepared.set(list, policies);
    return policies;
  };
  return (context) => {
    const { configuration, parts, workload } = context;
    if (configuration.podMonitor === undefined || !hasSidecar(context)) return [];
    const port = parts.ports.find(({ name }) => name === parts.metricsPort)?.port;
    if (port === undefined || isExcluded(context, port)) return [];
    const { selecting, wide } = policiesOf(context, workload.object.namespace);
    const own = selecting.matching(podMetadata(context, "labels"));
    const policy = strictPolicy([own, wide, policiesOf(context, rootNamespace).wide], port);
    if (policy === undefined) return [];
    const path = inTemplate(context, "metadata.annotations");
    const message = `The PeerAuthentication "${policy.name}" lets Istio's sidecar take mutual TLS only, so Prometheus cannot scrape the agent: the pod's annotation ${excludeInbound} must hold "${port}" (spec.pod.annotations of the configuration), or a PeerAuthentication that selects the pod must have portLevelMtls ${port} with mode PERMISSIVE.`;
    return [warning(context, "warn-mesh-scrape", path, message)];
  };
}

/** The policies of a namespace: for the pods that they select, and for all of it. */
interface Policies {
  readonly selecting: SelectorIndex<KrmObject>;
  readonly wide: readonly KrmObject[];
}

const none: Policies = { selecting: new SelectorIndex<KrmObject>([]), wide: [] };

function prepare(policies: readonly KrmObject[]): Policies {
  const selectors = policies.map((policy) => [toSelector(get(policy.value, "spec", "selector")), policy] as const);
  return {
    selecting: new SelectorIndex(
      selectors.flatMap(([selector, policy]) =>
        selector !== undefined && hasSelector(policy) ? [[selector, policy] as const] : [],
      ),
    ),
    wide: policies.filter((policy) => !hasSelector(policy)),
  };
}

function hasSelector({ value }: KrmObject): boolean {
  const labels = get(value, "spec", "selector", "matchLabels");
  return labels !== undefined && (!isMapping(labels) || Object.keys(labels).length > 0);
}

/** A policy that makes the port strict. Where policies of one level differ, which one holds is not known. */
function strictPolicy(levels: readonly (readonly KrmObject[])[], port: number): KrmObject | undefined {
  for (const level of levels) {
    const decided = level.filter((policy) => modeOf(policy, port) !== undefined);
    if (decided.length > 0)
      return decided.every((policy) => modeOf(policy, port) === "STRICT") ? decided[0] : undefined;
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
export function hasSidecar(context: CheckContext): boolean {
  if (context.workload.podSpec["hostNetwork"] === true) return false;
  const labels = podMetadata(context, "labels");
  const own = labels[inject] ?? podMetadata(context, "annotations")[inject];
  if (own !== undefined) return own === "true";
  const namespace = namespaceObject(context)?.labels ?? {};
  if (namespace["istio-injection"] !== undefined) return namespace["istio-injection"] === "enabled";
  return labels["istio.io/rev"] !== undefined || namespace["istio.io/rev"] !== undefined;
}

const excludeInbound = "traffic.sidecar.istio.io/excludeInboundPorts";

/** Whether the sidecar leaves a port alone. */
function isExcluded(context: CheckContext, port: number): boolean {
  const annotations = podMetadata(context, "annotations");
  const holds = (list: string | undefined) => list?.split(",").some((one) => one.trim() === String(port)) ?? false;
  const included = annotations["traffic.sidecar.istio.io/includeInboundPorts"];
  return holds(annotations[excludeInbound]) || (included !== undefined && included.trim() !== "*" && !holds(included));
}
