import type { Identity, KrmObject } from "../kube/object";
import { toWorkload, type Workload } from "../kube/workload";
import { type ExistingAgent, existingAgents } from "../plan/agents/existing-agents";
import { agentTypes } from "../plan/agents/index";
import { containerEnv } from "../plan/app/container-env";
import { serviceNameOf } from "../plan/endpoint-address";
import { indexObjects } from "../plan/object-index";
import { skipOf } from "../plan/skip";
import { getOrInsert } from "../yaml/maps";
import { get, getList, getString, getStrings, type Value } from "../yaml/value";
import { type AppEndpoint, appEndpoints } from "./init-endpoints";

/**
 * What `init` finds in manifests. Lists are in the order of the manifests. Texts with a variable that a later step
 * substitutes, such as `${APP}`, are left out.
 */
export interface Detected {
  /** The workloads that the function can inject. Those that opt out, for example, are left out. */
  readonly workloads: readonly Workload[];
  /** The namespaces of workloads, without duplicates. */
  readonly namespaces: readonly string[];
  /** True if a workload has no namespace, or one that isn't known yet. */
  readonly hasUnnamedNamespace: boolean;
  /** The most specific label that two or more workloads have in common. A single workload's labels would select only it. */
  readonly commonLabel?: readonly [key: string, value: string];
  /** cert-manager's ClusterIssuers and Issuers. */
  readonly issuers: readonly Identity[];
  /** The gRPC addresses of Services that receive spans. */
  readonly collectors: readonly string[];
  /** The different addresses outside the pod that the apps send spans to. */
  readonly appEndpoints: readonly AppEndpoint[];
  /** Agents that were added manually. */
  readonly agents: readonly ExistingAgent[];
  /** The apps' containers. */
  readonly containers: readonly DetectedContainer[];
  /**
   * Undefined if the Prometheus Operator isn't in use. The labels are those by which Prometheus selects PodMonitors, if
   * any are found.
   */
  readonly prometheus?: { readonly labels: Readonly<Record<string, string>> };
  /** The names of image pull secrets, without duplicates. */
  readonly pullSecrets: readonly string[];
}

/** A container of an app. */
export interface DetectedContainer {
  readonly name: string;
  /** The names of its environment variables. They show which SDKs it uses. */
  readonly variables: readonly string[];
}

/** Finds the values for a configuration in the objects of manifests. */
export function detect(objects: readonly KrmObject[]): Detected {
  const workloads = objects
    .flatMap((object) => toWorkload(object) ?? [])
    .filter((workload) => skipOf(workload) === undefined);
  const namespaces = workloads.map(({ object }) => object.namespace);
  const commonLabel = commonLabelOf(workloads.map(({ object }) => object.labels));
  const prometheus = prometheusOf(objects);
  const agents = workloads.flatMap(({ podSpec }) => existingAgents(podSpec));
  const apps = appsOf(workloads, objects, new Set(agents.map(({ container }) => container)));
  return {
    workloads,
    namespaces: unique(namespaces.flatMap((namespace) => namespace ?? []).filter(isKnown)),
    hasUnnamedNamespace: namespaces.some((namespace) => namespace === undefined || !isKnown(namespace)),
    ...(commonLabel === undefined ? {} : { commonLabel }),
    issuers: objects.filter(
      ({ group, kind, name }) => group === "cert-manager.io" && /^(?:Cluster)?Issuer$/.test(kind) && isKnown(name),
    ),
    collectors: collectorsOf(objects, apps.appEndpoints),
    ...apps,
    agents,
    ...(prometheus === undefined ? {} : { prometheus }),
    pullSecrets: unique(
      workloads.flatMap(({ podSpec }) =>
        getList(podSpec, "imagePullSecrets").flatMap((secret) => getString(secret, "name") ?? []),
      ),
    ).filter(isKnown),
  };
}

/** Reports whether a text contains no variable that a later step substitutes. */
export function isKnown(text: string): boolean {
  return !text.includes("${");
}

/** Returns the containers that aren't existing agents, and where they send their spans. */
function appsOf(
  workloads: readonly Workload[],
  objects: readonly KrmObject[],
  agents: ReadonlySet<Value>,
): Pick<Detected, "containers" | "appEndpoints"> {
  const { find } = indexObjects(objects, undefined);
  const containers: DetectedContainer[] = [];
  const endpoints = new Map<string, AppEndpoint>();
  for (const { object, podSpec } of workloads) {
    for (const container of getList(podSpec, "containers")) {
      if (agents.has(container)) continue;
      const env = containerEnv(container, [], { namespace: object.namespace, find });
      containers.push({ name: getString(container, "name") ?? "", variables: [...env.variables.keys()] });
      for (const endpoint of appEndpoints(env, podSpec))
        getOrInsert(endpoints, JSON.stringify([endpoint.host, endpoint.port, endpoint.scheme]), () => endpoint);
    }
  }
  return { containers, appEndpoints: [...endpoints.values()] };
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
  if (first === undefined || others.length === 0) return undefined;
  // The instance of a Helm release is its name, which differs between environments.
  const isHelm = first["app.kubernetes.io/managed-by"] === "Helm";
  for (const key of identifyingLabels) {
    if (isHelm && key === "app.kubernetes.io/instance") continue;
    const value = first[key];
    if (value !== undefined && isKnown(value) && others.every((labels) => labels[key] === value)) return [key, value];
  }
  return undefined;
}

/** The usual gRPC ports of collectors. */
const collectorPorts = Object.values(agentTypes).map(({ collector }) => collector.port);

/** Services that the apps send to come first. */
function collectorsOf(objects: readonly KrmObject[], endpoints: readonly AppEndpoint[]): string[] {
  const inUse = new Set(endpoints.map(({ host }) => serviceNameOf(host)?.name));
  const services = objects.filter(
    ({ group, kind, name, namespace = "" }) =>
      group === "" &&
      kind === "Service" &&
      isKnown(name + namespace) &&
      (inUse.has(name) || /collector|jaeger|otel/.test(name)),
  );
  const byUse = [...services].sort((one, other) => Number(inUse.has(other.name)) - Number(inUse.has(one.name)));
  return byUse.flatMap(({ name, namespace, value }) => {
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
  const selector = selectors.find((labels) => Object.keys(labels).length > 0 && Object.values(labels).every(isKnown));
  if (selector !== undefined) return { labels: { ...selector } };
  const release = operatorObjects
    .map(({ labels }) => labels["release"])
    .find((label) => label !== undefined && isKnown(label));
  return { labels: release === undefined ? {} : { release } };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
