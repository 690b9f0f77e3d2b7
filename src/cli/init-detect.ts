import type { Identity, KrmObject } from "../kube/object";
import { toWorkload, type Workload } from "../kube/workload";
import { type ExistingAgent, existingAgents } from "../plan/agents/existing-agents";
import { agentTypes } from "../plan/agents/index";
import { skipOf } from "../plan/skip";
import { get, getList, getString, getStrings } from "../yaml/value";

/** What `init` finds in manifests. Lists are in the order of the manifests. */
export interface Detected {
  /** The workloads that the function can inject. Those that opt out, for example, are left out. */
  readonly workloads: readonly Workload[];
  /** The namespaces of workloads, without duplicates. */
  readonly namespaces: readonly string[];
  /** True if a workload has no namespace. */
  readonly hasUnnamedNamespace: boolean;
  /** The most specific label that all workloads have with the same value. */
  readonly commonLabel?: readonly [key: string, value: string];
  /** cert-manager's ClusterIssuers and Issuers. */
  readonly issuers: readonly Identity[];
  /** The gRPC addresses of Services that receive spans. */
  readonly collectors: readonly string[];
  /** Agents that were added manually. */
  readonly agents: readonly ExistingAgent[];
  /** The names of the containers' environment variables, without duplicates. They show which SDKs are in use. */
  readonly variables: readonly string[];
  /**
   * Undefined if the Prometheus operator isn't in use. The labels are those by which Prometheus selects PodMonitors, if
   * any are found.
   */
  readonly prometheus?: { readonly labels: Readonly<Record<string, string>> };
  /** The names of image pull secrets, without duplicates. */
  readonly pullSecrets: readonly string[];
}

/** Finds the values for a configuration in the objects of manifests. */
export function detect(objects: readonly KrmObject[]): Detected {
  const workloads = objects
    .flatMap((object) => toWorkload(object) ?? [])
    .filter((workload) => skipOf(workload) === undefined);
  const containers = workloads.flatMap(({ podSpec }) => getList(podSpec, "containers"));
  const names = containers.flatMap((container) =>
    getList(container, "env").map((entry) => getString(entry, "name") ?? ""),
  );
  const commonLabel = commonLabelOf(workloads.map(({ object }) => object.labels));
  const prometheus = prometheusOf(objects);
  return {
    workloads,
    namespaces: unique(workloads.flatMap(({ object }) => object.namespace ?? [])),
    hasUnnamedNamespace: workloads.some(({ object }) => object.namespace === undefined),
    ...(commonLabel === undefined ? {} : { commonLabel }),
    issuers: objects.filter(({ group, kind }) => group === "cert-manager.io" && /^(?:Cluster)?Issuer$/.test(kind)),
    collectors: collectorsOf(objects),
    agents: workloads.flatMap(({ podSpec }) => existingAgents(podSpec)),
    variables: unique(names),
    ...(prometheus === undefined ? {} : { prometheus }),
    pullSecrets: unique(
      workloads.flatMap(({ podSpec }) =>
        getList(podSpec, "imagePullSecrets").flatMap((secret) => getString(secret, "name") ?? []),
      ),
    ),
  };
}

/**
 * Labels that distinguish applications, the most specific first. Labels for a chart's version or for a tool aren't
 * among them.
 */
const identifyingLabels = [
  "tracing",
  "app.kubernetes.io/part-of",
  "app.kubernetes.io/instance",
  "app.kubernetes.io/name",
  "app",
];

function commonLabelOf(labelSets: readonly Readonly<Record<string, string>>[]): [string, string] | undefined {
  const [first, ...others] = labelSets;
  if (first === undefined) return undefined;
  for (const key of identifyingLabels) {
    const value = first[key];
    if (value !== undefined && others.every((labels) => labels[key] === value)) return [key, value];
  }
  return undefined;
}

/** The usual gRPC ports of collectors. */
const collectorPorts = Object.values(agentTypes).map(({ collector }) => collector.port);

function collectorsOf(objects: readonly KrmObject[]): string[] {
  return objects.flatMap(({ group, kind, name, namespace, value }) => {
    if (group !== "" || kind !== "Service" || !/collector|jaeger|otel/.test(name)) return [];
    const ports = getList(value, "spec", "ports").map((port) => get(port, "port"));
    return collectorPorts
      .filter((known) => ports.includes(known))
      .map((port) => `dns:///${name}${namespace === undefined ? "" : `.${namespace}`}:${port}`);
  });
}

function prometheusOf(objects: readonly KrmObject[]): Detected["prometheus"] {
  const operatorObjects = objects.filter(({ group }) => group === "monitoring.coreos.com");
  if (operatorObjects.length === 0) return undefined;
  const selectors = operatorObjects.map(({ value }) => getStrings(value, "spec", "podMonitorSelector", "matchLabels"));
  const selector = selectors.find((labels) => Object.keys(labels).length > 0);
  if (selector !== undefined) return { labels: { ...selector } };
  const release = operatorObjects.map(({ labels }) => labels["release"]).find((label) => label !== undefined);
  return { labels: release === undefined ? {} : { release } };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
