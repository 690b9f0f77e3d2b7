import type { Identity, KrmObject } from "../kube/object";
import { toWorkload, type Workload } from "../kube/workload";
import { isJaegerAgent } from "../plan/agents/jaeger/adopted";
import { skipOf } from "../plan/skip";
import { get, getList, getString, getStrings, type Value } from "../yaml/value";

/** What manifests show that a configuration can rest on. Lists are in the order of the manifests. */
export interface Detected {
  readonly workloads: readonly Workload[];
  /** Namespaces that workloads name. */
  readonly namespaces: readonly string[];
  /** Workloads that name none are there. */
  readonly hasUnnamedNamespace: boolean;
  /** A label that all workloads have, with the same value, the one that says most first. */
  readonly commonLabel?: readonly [key: string, value: string];
  readonly issuers: readonly Identity[];
  /** A Service that takes spans. */
  readonly collector?: string;
  /** Agents that were put into workloads by hand. */
  readonly agents: readonly Value[];
  /** How apps are set up to send spans, by their variables. */
  readonly sdks: ReadonlySet<"opentelemetry" | "jaeger">;
  /** The Prometheus operator is in use: a label by which it selects, where one is to be seen. */
  readonly prometheus?: { readonly labels: Readonly<Record<string, string>> };
  readonly pullSecrets: readonly string[];
}

/** Collects what objects show. */
export function detect(objects: readonly KrmObject[]): Detected {
  const workloads = objects
    .flatMap((object) => toWorkload(object) ?? [])
    .filter((workload) => skipOf(workload) === undefined);
  const containers = workloads.flatMap(({ podSpec }) => getList(podSpec, "containers"));
  const names = containers.flatMap((container) =>
    getList(container, "env").map((entry) => getString(entry, "name") ?? ""),
  );
  const sdks = new Set<"opentelemetry" | "jaeger">();
  if (names.some((name) => name.startsWith("OTEL_"))) sdks.add("opentelemetry");
  if (names.some((name) => name.startsWith("JAEGER_"))) sdks.add("jaeger");
  const commonLabel = commonLabelOf(workloads.map(({ object }) => object.labels));
  const collector = collectorOf(objects);
  const prometheus = prometheusOf(objects);
  return {
    workloads,
    namespaces: unique(workloads.flatMap(({ object }) => object.namespace ?? [])),
    hasUnnamedNamespace: workloads.some(({ object }) => object.namespace === undefined),
    ...(commonLabel === undefined ? {} : { commonLabel }),
    issuers: objects.filter(({ group, kind }) => group === "cert-manager.io" && /^(?:Cluster)?Issuer$/.test(kind)),
    ...(collector === undefined ? {} : { collector }),
    agents: workloads.flatMap(({ podSpec }) => {
      const own = getList(podSpec, "containers");
      return own.length > 1 ? own.filter(isJaegerAgent) : [];
    }),
    sdks,
    ...(prometheus === undefined ? {} : { prometheus }),
    pullSecrets: unique(
      workloads.flatMap(({ podSpec }) =>
        getList(podSpec, "imagePullSecrets").flatMap((secret) => getString(secret, "name") ?? []),
      ),
    ),
  };
}

/** Labels that tell an application from others; those of a chart's version or of a tool tell nothing. */
const identifyingLabels = [
  "tracing",
  "app.kubernetes.io/part-of",
  "app.kubernetes.io/instance",
  "app.kubernetes.io/name",
  "app",
];

function commonLabelOf(all: readonly Readonly<Record<string, string>>[]): [string, string] | undefined {
  const [first, ...others] = all;
  if (first === undefined) return undefined;
  const key = identifyingLabels.find(
    (one) => first[one] !== undefined && others.every((labels) => labels[one] === first[one]),
  );
  return key === undefined ? undefined : [key, first[key] as string];
}

/** The ports of OTLP and of Jaeger's own protocol, both by gRPC. */
const collectorPorts = { otlp: 4317, jaeger: 14250 } as const;

function collectorOf(objects: readonly KrmObject[]): string | undefined {
  for (const { group, kind, name, namespace, value } of objects) {
    if (group !== "" || kind !== "Service" || !/collector|jaeger|otel/.test(name)) continue;
    const ports = getList(value, "spec", "ports").map((port) => get(port, "port"));
    const port = Object.values(collectorPorts).find((one) => ports.includes(one));
    if (port !== undefined) return `dns:///${name}${namespace === undefined ? "" : `.${namespace}`}:${port}`;
  }
  return undefined;
}

function prometheusOf(objects: readonly KrmObject[]): Detected["prometheus"] {
  const own = objects.filter(({ group }) => group === "monitoring.coreos.com");
  if (own.length === 0) return undefined;
  const selectors = own.map(({ value }) => getStrings(value, "spec", "podMonitorSelector", "matchLabels"));
  const selector = selectors.find((labels) => Object.keys(labels).length > 0);
  if (selector !== undefined) return { labels: { ...selector } };
  const release = own.map(({ labels }) => labels["release"]).find((label) => label !== undefined);
  return { labels: release === undefined ? {} : { release } };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
