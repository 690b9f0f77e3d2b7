import * as fc from "fast-check";
import { type AgentTypeName, agentTypeNames } from "../../src/plan/agents/index";
import type { Mapping, Value } from "../../src/yaml/value";

/** A TracingSidecar as a user writes it, without the fields that have defaults. */
export interface Sidecar {
  readonly apiVersion: "tracing-sidecar.dev/v1alpha1";
  readonly kind: "TracingSidecar";
  readonly metadata: { readonly name: string };
  readonly spec: SidecarSpec;
}

export interface SidecarSpec {
  readonly selector: SidecarSelector;
  readonly namespace?: string;
  readonly state?: "present" | "absent";
  readonly collector: { readonly endpoint: string; readonly tls?: SidecarTls };
  readonly agent?: SidecarAgent;
  readonly app?: {
    readonly env?: readonly Mapping[];
    readonly containers?: readonly string[];
    readonly presets?: readonly string[];
    readonly otherSignals?: "leave" | "disable";
    readonly identity?: string | Mapping;
  };
  readonly pod?: { readonly labels?: Strings; readonly annotations?: Strings };
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly podMonitor?: SidecarPodMonitor;
}

export type Strings = { readonly [key: string]: string };

export interface SidecarSelector {
  readonly kinds?: readonly string[];
  readonly names?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly excludeNames?: readonly string[];
  readonly matchLabels?: Strings;
  readonly podLabels?: { readonly matchLabels: Strings };
}

export interface SidecarTls {
  readonly serverName?: string;
  readonly ca?: {
    readonly secretName?: string;
    readonly configMapName?: string;
    readonly fromClientCertificate?: true;
  };
  readonly clientCertificate?:
    | { readonly secretName: string }
    | { readonly certManager: SidecarCertManager }
    | { readonly csi: Mapping };
}

export interface SidecarCertManager {
  readonly issuerRef: { readonly name: string; readonly kind?: string };
  readonly name?: string;
  readonly secretName?: string;
  readonly commonName?: string;
  readonly uris?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly patch?: Mapping;
  readonly duration?: string;
  readonly privateKey?: Mapping;
  readonly labels?: Strings;
  readonly annotations?: Strings;
}

export interface SidecarAgent {
  readonly type?: AgentTypeName;
  readonly native?: boolean;
  readonly position?: "first" | "last";
  readonly signals?: readonly string[];
  readonly protocol?: "grpc" | "http";
  readonly headersFrom?: readonly { readonly name: string; readonly secretKeyRef: Strings }[];
  readonly config?: Mapping;
  readonly image?: string;
  readonly version?: string;
  readonly imagePullPolicy?: string;
  readonly name?: string;
  readonly tags?: { readonly [key: string]: string | { readonly fieldPath: string } };
  readonly args?: readonly string[];
  readonly env?: readonly Mapping[];
  readonly resources?: Mapping;
  readonly ports?: { readonly [use: string]: number };
  readonly portNames?: Strings;
  readonly livenessProbe?: Mapping | null;
  readonly startupProbe?: Mapping | null;
  readonly volumeName?: string;
  readonly mountPath?: string;
}

export interface SidecarPodMonitor {
  readonly scope?: "workload" | "namespace";
  readonly name?: string;
  readonly labels?: Strings;
  readonly annotations?: Strings;
  readonly interval?: string;
  readonly scrapeTimeout?: string;
  readonly honorLabels?: boolean;
  readonly jobLabel?: string;
  readonly relabelings?: readonly Mapping[];
  readonly metricRelabelings?: readonly Mapping[];
  readonly patch?: Mapping;
}

/** One of the values, or undefined. */
function maybe<T>(...values: readonly T[]): fc.Arbitrary<T | undefined> {
  return fc.constantFrom(undefined, ...values);
}

/** A record of these fields; a field whose value is undefined is left out. */
function record<T>(fields: { [K in keyof T]-?: fc.Arbitrary<T[K] | undefined> }): fc.Arbitrary<T> {
  const all: fc.Arbitrary<{ [key: string]: unknown }> = fc.record(fields as Record<string, fc.Arbitrary<unknown>>);
  return all.map(withoutUndefined) as fc.Arbitrary<T>;
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}

const certManager = record<SidecarCertManager>({
  issuerRef: fc.constantFrom({ name: "my-private-ca" }, { name: "ca", kind: "ClusterIssuer" }),
  name: maybe("{name}", "{name}-{kind}"),
  secretName: maybe("{name}-tls", "{agent}-of-{name}"),
  commonName: maybe("{name}", "{name}, of {namespace}"),
  uris: maybe<readonly string[]>(["spiffe://cluster.local/ns/{namespace}/sa/{name}"]),
  dnsNames: maybe<readonly string[]>(["{name}.example.com", "*.example.com"]),
  patch: maybe<Mapping>(
    { subject: { organizations: ["{kind} {name}", "\\{name}"] }, revisionHistoryLimit: 2 },
    { secretTemplate: { labels: { team: "{agent}" } }, usages: ["client auth", "server auth"] },
    { secretTemplate: null, usages: null },
  ),
  duration: maybe("1h30m"),
  privateKey: maybe<Mapping>({ algorithm: "ECDSA", size: 256 }),
  labels: maybe<Strings>({ team: "tracing" }, { team: "yes", "example.com/a": "0644" }, { app: "{name}.{kind}" }),
  annotations: maybe<Strings>({ "argocd.argoproj.io/sync-wave": "-1" }, { for: "{{name}} {agent} \\{agent}" }),
});

const tls = fc.oneof(
  fc.constant({}),
  record<SidecarTls>({
    serverName: maybe("collector.example.com"),
    ca: maybe({ secretName: "collector-ca" }, { configMapName: "collector-ca" }),
    clientCertificate: fc.constant(undefined),
  }),
  record<SidecarTls>({
    serverName: maybe("collector.example.com"),
    ca: maybe<NonNullable<SidecarTls["ca"]>>({ secretName: "collector-ca" }, { fromClientCertificate: true }),
    clientCertificate: fc.oneof(
      fc.constantFrom({ secretName: "client-tls" }, { secretName: "{name}-client" }),
      certManager.map((manager) => ({ certManager: manager })),
    ),
  }),
);

/** How the agent is part of the pod. */
const placement = fc.oneof(
  { weight: 3, arbitrary: fc.constant<SidecarAgent>({}) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<SidecarAgent>(
      { native: true },
      { native: true, position: "first" },
      { native: false, position: "last" },
    ),
  },
);

const ordinaryAgent = record<SidecarAgent>({
  type: fc.constant("jaeger"),
  native: fc.constant(undefined),
  position: fc.constant(undefined),
  signals: fc.constant(undefined),
  protocol: fc.constant(undefined),
  headersFrom: fc.constant(undefined),
  config: fc.constant(undefined),
  image: maybe("jaegertracing/jaeger-agent:1.21", "jaegertracing/jaeger-agent:1.62.0", "registry:5000/agent:1.18.1"),
  version: fc.constant(undefined),
  imagePullPolicy: maybe("IfNotPresent"),
  name: maybe("tracing"),
  tags: maybe<NonNullable<SidecarAgent["tags"]>>(
    {},
    { cluster: "prod-eu", "pod.name": { fieldPath: "metadata.name" } },
    { node: { fieldPath: "spec.nodeName" }, odd: "it's: $(HOME) #1" },
    { workload: "{kind}/{name}", route: "/{id}/\\{name}", pod: { fieldPath: "metadata.name" } },
  ),
  args: maybe<readonly string[]>(["--log-level=debug"], ["--log-level=warn", "--x={a: b}"]),
  env: maybe<readonly Mapping[]>(
    [{ name: "GOMEMLIMIT", value: "100MiB" }],
    [{ name: "POD_NAME", value: "yes" }],
    [{ name: "PROXY", value: `http://{agent}.{namespace}:80/\${name}` }],
  ),
  resources: maybe<Mapping>({}, { limits: { cpu: 1, memory: "1e9" } }),
  ports: maybe<NonNullable<SidecarAgent["ports"]>>(
    { jaegerCompact: 16831 },
    { admin: 14272, sampling: 6831, jaegerBinary: 6832 },
  ),
  portNames: maybe<Strings>({ admin: "agent-admin" }),
  livenessProbe: maybe<Mapping | null>(null, { periodSeconds: 20 }),
  startupProbe: maybe<Mapping | null>(null, { failureThreshold: 5, periodSeconds: null }),
  volumeName: maybe("client-certificate"),
  mountPath: maybe("/etc/{agent}"),
});

const agent = fc.tuple(ordinaryAgent, placement).map(([ordinary, placed]) => ({ ...ordinary, ...placed }));

const podMonitorFields = {
  labels: maybe<Strings>({ release: "kube-prometheus-stack" }, { release: "{namespace}" }),
  interval: maybe("30s"),
  scrapeTimeout: maybe("10s"),
  honorLabels: maybe(false),
  jobLabel: maybe("app"),
  metricRelabelings: maybe<readonly Mapping[]>([{ sourceLabels: ["__name__"], regex: "go_.*", action: "drop" }]),
  patch: maybe<Mapping>({ sampleLimit: 5000, podTargetLabels: ["app"] }),
};

const podMonitor = fc.oneof(
  record<SidecarPodMonitor>({
    ...podMonitorFields,
    scope: maybe("workload"),
    name: maybe("{name}", "{name}-metrics"),
    annotations: maybe<Strings>({ note: "a: b" }, { note: "{name}: {b}" }),
    relabelings: maybe<readonly Mapping[]>([{ targetLabel: "workload", replacement: `{kind}/{name}/\${1}` }]),
  }),
  record<SidecarPodMonitor>({
    ...podMonitorFields,
    scope: fc.constant("namespace"),
    name: maybe("{agent}-metrics", "tracing"),
    annotations: maybe<Strings>({ note: "{agent}: {b}" }),
    relabelings: maybe<readonly Mapping[]>([{ targetLabel: "agent", replacement: "{agent}" }]),
  }),
);

const selector = fc.oneof(
  { weight: 7, arbitrary: fc.constant<SidecarSelector>({}) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<SidecarSelector>(
      { names: ["web", "cart"] },
      { names: [] },
      { namespaces: ["shop"] },
      { excludeNames: ["web"] },
      { matchLabels: { tracing: "enabled" } },
      { podLabels: { matchLabels: { tier: "front" } } },
    ),
  },
);

const spec = record<SidecarSpec>({
  selector,
  // Most name templates need a namespace.
  namespace: fc.oneof({ weight: 5, arbitrary: fc.constant("live") }, fc.constant(undefined)),
  state: fc.constant(undefined),
  collector: fc
    .tuple(
      fc.constantFrom("dns:///jaeger-collector:443", "collector.{namespace}:14250"),
      fc.option(tls, { nil: undefined, freq: 3 }),
    )
    .map(([endpoint, tlsOptions]) => (tlsOptions === undefined ? { endpoint } : { endpoint, tls: tlsOptions })),
  agent: fc.oneof(agent, fc.constant<SidecarAgent>({ type: "jaeger" })),
  app: maybe<NonNullable<SidecarSpec["app"]>>(
    { env: [{ name: "JAEGER_REPORTER_LOG_SPANS", value: "true" }] },
    {
      env: [
        { name: "LOG", value: "0644" },
        { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      ],
    },
    { env: [{ name: "JAEGER_REPORTER_LOG_SPANS", value: "true" }], containers: ["web"] },
    { env: [{ name: "LOG", value: "0644" }], containers: ["init", "app"] },
    {
      env: [
        { name: "HOME", value: "{container}" },
        { name: "JAEGER_SERVICE_NAME", value: "{name}-{container}.{kind}" },
        { name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
        { name: "ROUTES", value: '{"{agent}": "/{id}", "%{name}": "\\{Name} \\\\{name} {{kind}}"}' },
      ],
    },
  ),
  pod: maybe<NonNullable<SidecarSpec["pod"]>>(
    { labels: { tracing: "on" } },
    { labels: { tracing: "on", "example.com/b": "c" }, annotations: { "example.com/note": "it's: {odd} #1" } },
    { labels: { tracing: "{name}" }, annotations: { "example.com/note": "{namespace}: \\{namespace} #1" } },
  ),
  imagePullSecrets: maybe<NonNullable<SidecarSpec["imagePullSecrets"]>>(
    [{ name: "dockerhub-credentials" }],
    [{ name: "registry" }, { name: "dockerhub-credentials" }],
  ),
  podMonitor: fc.option(podMonitor, { nil: undefined }),
});

function sidecar(sidecarSpec: SidecarSpec): Sidecar {
  const metadata = { name: "tracing" };
  return { apiVersion: "tracing-sidecar.dev/v1alpha1", kind: "TracingSidecar", metadata, spec: sidecarSpec };
}

/**
 * A valid configuration for Deployments and the Jaeger agent, which is all that the model (`model.ts`) covers. All
 * configurations have the same name, like successive versions of one file.
 */
export const jaegerConfiguration: fc.Arbitrary<Sidecar> = spec.map(sidecar);

const issuerRef = { name: "my-private-ca" };

/**
 * Changes that add what the model doesn't cover: other agent types, presets, other kinds of workload, and
 * certificates of the CSI driver.
 */
const extras: fc.Arbitrary<(base: SidecarSpec) => SidecarSpec> = fc.constantFrom<(base: SidecarSpec) => SidecarSpec>(
  ...[...agentTypeNames, undefined].map((type) => (base: SidecarSpec) => ofType(base, type)),
  (base) => {
    const { agent, app, ...rest } = ofType(base, undefined);
    const config = { exporters: { debug: {} } };
    return { ...rest, agent: { ...agent, config }, app: { ...app, presets: ["opentelemetry"] } };
  },
  (base) => {
    const { app, ...rest } = ofType(base, "otelcol");
    const identity = { fromLabels: true, versionFromImage: true };
    return { ...rest, app: { ...app, presets: ["opentelemetry", "jaeger"], identity } };
  },
  (base) => ({ ...base, app: { ...base.app, presets: ["jaeger"], identity: "none" } }),
  (base) => {
    const { agent, app, ...rest } = ofType(base, "otelcol");
    const ports = { metrics: 9090, health: 9091, otlpHttp: 9092 };
    return {
      ...rest,
      agent: { ...agent, ports, portNames: { metrics: "metrics" } },
      app: { presets: ["opentelemetry"] },
    };
  },
  (base) => {
    const { agent, app, ...rest } = ofType(base, undefined);
    return { ...rest, agent: { ...agent, signals: ["metrics", "traces"] }, app: { ...app, otherSignals: "disable" } };
  },
  (base) => ({
    ...ofType(base, "otelcol"),
    collector: { ...base.collector, endpoint: "https://collector.{namespace}.svc:443" },
  }),
  (base) => {
    const { agent, collector, ...rest } = ofType(base, "otelcol");
    const headersFrom = [{ name: "x-api-key", secretKeyRef: { name: "vendor", key: "api-key" } }];
    return {
      ...rest,
      collector: { ...collector, endpoint: "https://{namespace}.example.com:443" },
      agent: { ...agent, protocol: "http", headersFrom },
    };
  },
  (base) => {
    const { agent, ...rest } = ofType(base, "otelcol");
    const config = { processors: { batch: { timeout: "1s" } } };
    return { ...rest, agent: { ...agent, version: "0.133.0", config } };
  },
  (base) => ({ ...base, selector: { ...base.selector, kinds: allKinds } }),
  (base) => ({
    ...base,
    agent: { ...base.agent, native: false, position: "last" },
    selector: { kinds: ["Deployment", "Job", "CronJob", "Pod"] },
  }),
  (base) => ({
    ...base,
    collector: { ...base.collector, tls: { clientCertificate: { csi: { issuerRef, commonName: "{name}" } } } },
  }),
);

const allKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod", "Rollout"];

/**
 * Returns the configuration with an agent of a type, or of the default type if it is undefined, without the fields that
 * only another type may have.
 */
function ofType({ agent = {}, app = {}, ...rest }: SidecarSpec, type: AgentTypeName | undefined): SidecarSpec {
  const { type: _type, image: _image, version: _version, ports: _ports, portNames: _names, ...others } = agent;
  const { config: _config, signals: _signals, protocol: _protocol, headersFrom: _headers, ...ofAnyType } = others;
  const { presets: _presets, otherSignals: _otherSignals, ...appOfAnyType } = app;
  return { ...rest, agent: type === undefined ? ofAnyType : { ...ofAnyType, type }, app: appOfAnyType };
}

/** A valid configuration of any kind. */
export const anyConfiguration: fc.Arbitrary<Sidecar> = fc.oneof(
  { weight: 2, arbitrary: jaegerConfiguration },
  {
    weight: 3,
    arbitrary: fc
      .tuple(spec, fc.array(extras, { minLength: 1, maxLength: 3 }))
      .map(([base, changes]) => sidecar(changes.reduce((changed, change) => change(changed), base))),
  },
);

/** Returns the same configuration with `state: absent`, which removes everything that it added. */
export function absent(configuration: Sidecar): Sidecar {
  return { ...configuration, spec: { ...configuration.spec, state: "absent" } };
}

/** Returns the configuration as plain data. */
export function asValue(configuration: Sidecar): Value {
  return JSON.parse(JSON.stringify(configuration));
}
