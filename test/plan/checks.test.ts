import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { severityOf } from "../../scripts/reference";
import { run } from "../../src/pipeline/run";
import { type Mapping, newMapping } from "../../src/yaml/value";
import { resultsOf } from "../support/fixture";

/*
 * Findings that depend on several resources. Each table starts with the cases that are reported. `false` is as much a
 * requirement as `true`: what the input doesn't prove must not be reported.
 */

/** The differences from a Deployment shop/web and a configuration of a Jaeger agent that have no findings. */
interface Case {
  readonly pod?: Mapping;
  readonly podMetadata?: Mapping;
  readonly metadata?: Mapping;
  readonly container?: Mapping;
  readonly replicas?: number;
  readonly others?: readonly Mapping[];
  readonly spec?: Mapping;
}

function web({ pod, podMetadata, metadata, container, replicas }: Case): Mapping {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop", ...metadata },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" }, ...podMetadata },
        spec: { containers: [{ name: "web", image: "shop/web:1.0", ...container }], ...pod },
      },
    },
  };
}

/** Runs a case, and returns the messages with a code. */
function find(code: string, testCase: Case): string[] {
  const { agent, ...spec } = testCase.spec ?? {};
  const list = {
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items: [web(testCase), ...(testCase.others ?? [])],
    functionConfig: {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: {
        selector: { names: ["web"] },
        collector: { endpoint: "jaeger-collector:14250" },
        agent: { type: "jaeger", ...(agent as Mapping | undefined) },
        ...spec,
      },
    },
  };
  const outcome = run(JSON.stringify(list));
  const found = resultsOf(outcome).filter(({ tags }) => tags?.code === code);
  for (const { message, severity } of found) {
    assert.equal(severity, severityOf(code));
    assert.match(message, /^[A-Z].*\.$/);
    assert.match(message, /must|\. (?:Add|Change|Make|Remove|Rename|Send|Set|Use) /);
    assert.doesNotMatch(message, /\n|s3cret/);
  }
  return found.map(({ message }) => message);
}

function table(code: string, cases: readonly [name: string, expected: boolean | RegExp, testCase: Case][]): void {
  describe(code, () => {
    for (const [name, expected, testCase] of cases) {
      test(`${expected === false ? "ignores" : "reports"} ${name}`, () => {
        const messages = find(code, testCase);
        if (expected === false) assert.deepEqual(messages, []);
        else assert.equal(messages.length, 1, messages.join("\n"));
        if (expected instanceof RegExp) assert.match(messages[0] as string, expected);
      });
    }
  });
}

/** An object of the namespace shop, unless `metadata` names another one. */
function object(apiVersion: string, kind: string, metadata: Mapping, content: Mapping = {}): Mapping {
  return { apiVersion, kind, metadata: { namespace: "shop", ...metadata }, ...content };
}

function namespace(metadata: Mapping): Mapping {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", ...metadata } };
}

const env = (...entries: Mapping[]): Case => ({ container: { env: entries } });
const from = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
const host = "JAEGER_AGENT_HOST";
const otlp = "OTEL_EXPORTER_OTLP_ENDPOINT";
const otlpTraces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
/** A container with these entries, and an agent that accepts OTLP. */
const otelcol = (...entries: Mapping[]): Case => ({ ...env(...entries), spec: { agent: { type: "otelcol" } } });
const settings = (data: Mapping) => object("v1", "ConfigMap", { name: "settings" }, { data });
const elsewhere = settings({ [otlp]: "http://collector.tracing:4317" });

table("warn-bypasses-agent", [
  [
    "an agent host without a port, if the agent doesn't listen on the default ports",
    /JAEGER_AGENT_HOST is set without JAEGER_AGENT_PORT.*Set JAEGER_AGENT_PORT to "6900"\.$/,
    {
      ...env({ name: host, value: "localhost" }),
      spec: { agent: { ports: { jaegerCompact: 6900, jaegerBinary: 6901 } } },
    },
  ],
  [
    "an agent host without a port, if the agent listens on a default port",
    false,
    { ...env({ name: host, value: "localhost" }), spec: { agent: { ports: { jaegerCompact: 6900 } } } },
  ],
  [
    "an agent host without a port, with the preset that sets it",
    false,
    { spec: { agent: { ports: { jaegerCompact: 6900, jaegerBinary: 6901 } }, app: { presets: ["jaeger"] } } },
  ],
  [
    "an agent host that is the node's address",
    /"web".*JAEGER_AGENT_HOST/,
    env({ name: host, ...from("status.hostIP") }),
  ],
  [
    "an agent host that is the pod's address, where the agent doesn't listen",
    true,
    env({ name: host, ...from("status.podIP") }),
  ],
  ["an agent host outside the pod", true, env({ name: host, value: "jaeger-agent.observability" })],
  [
    "a port for Jaeger's SDKs that the agent doesn't listen on",
    /JAEGER_AGENT_PORT is 6833, which the agent doesn't listen on\. Remove the variable\.$/,
    env({ name: host, value: "localhost" }, { name: "JAEGER_AGENT_PORT", value: "6833" }),
  ],
  [
    "a URL with a password, without printing it",
    true,
    env({ name: otlp, value: "https://user:s3cret@otlp.example.com" }),
  ],
  ["an OTLP endpoint without a scheme", true, env({ name: otlp, value: "collector:4317" })],
  [
    "an OTLP endpoint built from the node's address",
    true,
    env({ name: "IP", ...from("status.hostIP") }, { name: otlp, value: "http://$(IP):4318" }),
  ],
  [
    "JAEGER_ENDPOINT, which bypasses the agent",
    true,
    env({ name: "JAEGER_ENDPOINT", value: "http://jaeger:14268/api/traces" }),
  ],
  [
    "OpenTelemetry's Jaeger exporter with another host",
    true,
    env(
      { name: "OTEL_TRACES_EXPORTER", value: "jaeger" },
      { name: "OTEL_EXPORTER_JAEGER_AGENT_HOST", value: "10.0.0.1" },
    ),
  ],
  ["a variable that the configuration adds", true, { spec: { app: { env: [{ name: host, value: "elsewhere" }] } } }],
  [
    "a variable with a template that expands to another host",
    true,
    { spec: { app: { env: [{ name: host, value: "{container}.{namespace}" }] } } },
  ],
  [
    "a variable with a template that expands to the loopback address",
    false,
    { metadata: { name: "localhost" }, spec: { selector: {}, app: { env: [{ name: host, value: "{name}" }] } } },
  ],
  [
    "a traces endpoint outside the pod that overrides a local one",
    true,
    env(
      { name: otlp, value: "http://localhost:4318" },
      { name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://otlp:4318" },
    ),
  ],
  [
    "an OTLP endpoint from a key of a ConfigMap",
    /OTEL_EXPORTER_OTLP_ENDPOINT \(from ConfigMap "settings"\) points elsewhere\. Remove/,
    {
      ...otelcol({ name: otlp, valueFrom: { configMapKeyRef: { name: "settings", key: otlp } } }),
      others: [elsewhere],
    },
  ],
  [
    "an OTLP endpoint from envFrom",
    /OTEL_EXPORTER_OTLP_ENDPOINT \(from ConfigMap "settings"\) points elsewhere\. Remove/,
    { ...otelcol(), container: { envFrom: [{ configMapRef: { name: "settings" } }] }, others: [elsewhere] },
  ],
  [
    "a port that the agent doesn't listen on",
    /can't send spans to the agent: OTEL_EXPORTER_OTLP_ENDPOINT uses port 9411, which the agent doesn't listen on\. Remove/,
    otelcol({ name: otlp, value: "http://localhost:9411" }),
  ],
  ["the port of a URL without one", /uses port 80, which/, otelcol({ name: otlp, value: "http://localhost" })],
  [
    "a port for OTLP, where the Jaeger agent doesn't listen",
    /port 4317.*Send spans/,
    env({ name: otlp, value: "http://localhost:4317" }),
  ],
  [
    "the port for HTTP with gRPC",
    /uses port 4318, which is for HTTP, but the protocol is gRPC\. Use port 4317\.$/,
    otelcol({ name: otlp, value: "http://localhost:4318" }, { name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "grpc" }),
  ],
  [
    "the port for gRPC with HTTP",
    /uses port 4317, which is for gRPC, but the protocol is HTTP\. Use port 4318\.$/,
    otelcol(
      { name: otlp, value: "http://localhost:4317" },
      { name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "grpc" },
      { name: "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", value: "http/protobuf" },
    ),
  ],
  ["TLS to the agent", /uses https, but.*Use http\.$/, otelcol({ name: otlp, value: "https://localhost:4318" })],
  [
    "a traces endpoint without a path",
    /OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must have the path \/v1\/traces, .*Add the path\.$/,
    otelcol({ name: otlpTraces, value: "http://localhost:4318" }),
  ],
  [
    "a path to which SDKs append another",
    /OTEL_EXPORTER_OTLP_ENDPOINT must not have a path, .*Remove the path\.$/,
    otelcol({ name: otlp, value: "http://localhost:4318/v1/traces" }),
  ],
  [
    "a local endpoint without a scheme",
    /OTEL_EXPORTER_OTLP_ENDPOINT must start with http:\/\/\. Add the scheme\.$/,
    otelcol({ name: otlp, value: "localhost:4317" }, { name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "grpc" }),
  ],
  [
    "TLS by a variable of its own",
    /OTEL_EXPORTER_OTLP_INSECURE makes them use TLS, .*\. Remove the variable\.$/,
    otelcol({ name: otlp, value: "http://localhost:4318" }, { name: "OTEL_EXPORTER_OTLP_INSECURE", value: "false" }),
  ],
  [
    "a disabled SDK",
    /sends no spans: OTEL_SDK_DISABLED is true\. Remove/,
    otelcol({ name: "OTEL_SDK_DISABLED", value: "True" }),
  ],
  [
    "exporters without otlp",
    /OTEL_TRACES_EXPORTER doesn't include otlp\. Remove the variable or add otlp to it\.$/,
    otelcol({ name: "OTEL_TRACES_EXPORTER", value: "zipkin, console" }),
  ],
  [
    "a Zipkin exporter with an endpoint outside the pod, next to otlp",
    /OTEL_EXPORTER_ZIPKIN_ENDPOINT points elsewhere/,
    otelcol(
      { name: "OTEL_TRACES_EXPORTER", value: "otlp,zipkin" },
      { name: "OTEL_EXPORTER_ZIPKIN_ENDPOINT", value: "http://zipkin:9411/api/v2/spans" },
    ),
  ],
  [
    "an endpoint elsewhere, with the agent's address for the protocol",
    /Remove the variable or change it to http:\/\/127\.0\.0\.1:4317 \(gRPC\)\.$/,
    otelcol({ name: otlp, value: "http://other:4317" }, { name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "grpc" }),
  ],
  [
    "a default port that the agent doesn't have, with the port and the path that it has",
    /change it to http:\/\/127\.0\.0\.1:14318\/v1\/traces \(HTTP\)\.$/,
    {
      ...env(
        { name: otlpTraces, value: "http://127.0.0.1:4318/v1/traces" },
        { name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "http/protobuf" },
      ),
      spec: { agent: { type: "otelcol", ports: { otlpHttp: 14318 } } },
    },
  ],
  [
    "loopback addresses that the agent doesn't listen on",
    /bypasses the agent, which listens only on 127\.0\.0\.1/,
    otelcol({ name: otlp, value: "http://[::1]:4318" }),
  ],
  [
    "a certificate for TLS to the agent",
    /OTEL_EXPORTER_OTLP_CERTIFICATE makes them use TLS, but.*Remove the variable\.$/,
    otelcol(
      { name: otlp, value: "http://localhost:4318" },
      { name: "OTEL_EXPORTER_OTLP_CERTIFICATE", value: "/ca.crt" },
    ),
  ],
  [
    "a protocol that the agent has no port for",
    /OTEL_EXPORTER_OTLP_PROTOCOL selects gRPC, which the agent has no port for\. Remove/,
    {
      ...env({ name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "grpc" }),
      spec: { agent: { type: "otelcol", config: { receivers: { otlp: { protocols: { grpc: null } } } } } },
    },
  ],
  [
    "an address to which SDKs append another path than the receiver's",
    /doesn't lead to the agent's path \/spans.*Set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT/,
    {
      ...env({ name: otlp, value: "http://localhost:4318" }),
      spec: {
        agent: {
          type: "otelcol",
          config: { receivers: { otlp: { protocols: { http: { traces_url_path: "/spans" } } } } },
        },
      },
    },
  ],
  [
    "JAEGER_ENDPOINT in the pod, where the agent has no port for it",
    /no port for the protocol of JAEGER_ENDPOINT\. Remove/,
    env({ name: "JAEGER_ENDPOINT", value: "http://localhost:14268/api/traces" }),
  ],
  [
    "an endpoint outside the pod if only the cluster knows the exporter",
    /points elsewhere/,
    otelcol(
      { name: otlp, value: "http://collector:4317" },
      { name: "OTEL_TRACES_EXPORTER", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
    ),
  ],
  ["a container without such variables", false, {}],
  [
    "an endpoint of which the input doesn't have the ConfigMap",
    false,
    otelcol({ name: otlp, valueFrom: { configMapKeyRef: { name: "settings", key: otlp } } }),
  ],
  [
    "the port of another receiver",
    false,
    {
      ...env({ name: otlp, value: "http://localhost:9411" }),
      spec: { agent: { type: "otelcol", config: { receivers: { zipkin: { endpoint: "127.0.0.1:9411" } } } } },
    },
  ],
  [
    "the exporter of another receiver",
    false,
    {
      ...env({ name: "OTEL_TRACES_EXPORTER", value: "zipkin" }),
      spec: { agent: { type: "otelcol", config: { receivers: { zipkin: { endpoint: "127.0.0.1:9411" } } } } },
    },
  ],
  [
    "a path of the receiver",
    false,
    {
      ...env({ name: otlpTraces, value: "http://localhost:4318/spans" }),
      spec: {
        agent: {
          type: "otelcol",
          config: { receivers: { otlp: { protocols: { http: { traces_url_path: "/spans" } } } } },
        },
      },
    },
  ],
  ["a slash as the path", false, otelcol({ name: otlp, value: "http://localhost:4318/" })],
  ["a gRPC endpoint of traces without a path", false, otelcol({ name: otlpTraces, value: "http://localhost:4317" })],
  [
    "a Jaeger exporter, which the agent accepts by UDP",
    false,
    otelcol({ name: "OTEL_TRACES_EXPORTER", value: "jaeger" }),
  ],
  ["Python's names of OTLP exporters", false, otelcol({ name: "OTEL_TRACES_EXPORTER", value: "otlp_proto_grpc" })],
  [
    "variables for metrics and logs",
    false,
    otelcol(
      { name: "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", value: "http://prom:9090/api/v1/otlp/v1/metrics" },
      { name: "OTEL_METRICS_EXPORTER", value: "none" },
    ),
  ],
  ["an SDK that isn't disabled", false, otelcol({ name: "OTEL_SDK_DISABLED", value: "false" })],
  ["a port for Jaeger's SDKs where the agent listens", false, env({ name: "JAEGER_AGENT_PORT", value: "6832" })],
  [
    "a port in the value of a Service's variable",
    false,
    env({ name: "JAEGER_AGENT_PORT", value: "tcp://10.0.0.1:5775" }),
  ],
  ["localhost", false, env({ name: host, value: "localhost" })],
  ["127.0.0.1 in a URL", false, otelcol({ name: otlp, value: "http://127.0.0.1:4318" })],
  [
    "a host alias of the loopback address",
    false,
    {
      ...env({ name: host, value: "agent" }),
      pod: {
        containers: [{ name: "web", image: "a", env: [{ name: host, value: "agent" }] }],
        hostAliases: [{ ip: "127.0.0.1", hostnames: ["agent"] }],
      },
    },
  ],
  ["an empty variable", false, env({ name: host, value: "" })],
  [
    "a value from a ConfigMap",
    false,
    env({ name: host, valueFrom: { configMapKeyRef: { name: "tracing", key: "host" } } }),
  ],
  ["a value built from a variable that envFrom can set", false, env({ name: otlp, value: "http://$(COLLECTOR):4318" })],
  ["a value from a pod label", false, env({ name: host, ...from("metadata.labels['agent']") })],
  [
    "a value that a later entry overrides",
    false,
    env({ name: host, value: "elsewhere" }, { name: host, value: "localhost" }),
  ],
  [
    "an OTLP endpoint if traces aren't exported",
    false,
    env({ name: otlp, value: "http://otlp:4318" }, { name: "OTEL_TRACES_EXPORTER", value: "none" }),
  ],
  [
    "an OTLP endpoint if the SDK is disabled",
    false,
    env({ name: otlp, value: "http://otlp:4318" }, { name: "OTEL_SDK_DISABLED", value: "true" }),
  ],
  [
    "an OTLP endpoint outside the pod if traces have a local one",
    false,
    otelcol(
      { name: otlp, value: "http://otlp:4318" },
      { name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://localhost:4318/v1/traces" },
    ),
  ],
  ["a Unix socket", false, env({ name: otlp, value: "unix:///run/otel.sock" })],
  [
    "a container that isn't in spec.app.containers",
    false,
    { ...env({ name: host, value: "elsewhere" }), spec: { app: { containers: ["api"] } } },
  ],
  ["a value that isn't a string", false, env({ name: host, value: 127 })],
]);

const certManager = (certManagerParts: Mapping = {}): Mapping => ({
  collector: {
    endpoint: "jaeger-collector:14250",
    tls: {
      clientCertificate: { certManager: { issuerRef: { name: "ca", kind: "ClusterIssuer" }, ...certManagerParts } },
    },
  },
});
const secret = "web-jaeger-agent-tls";
const api = (podSpec: Mapping, namespaceName = "shop"): Mapping =>
  object(
    "apps/v1",
    "Deployment",
    { name: "api", namespace: namespaceName },
    { spec: { selector: { matchLabels: { app: "api" } }, template: { spec: podSpec } } },
  );
const otherPod = (podSpec: Mapping): Case => ({
  others: [api({ containers: [{ name: "api" }], ...podSpec })],
  spec: certManager(),
});
const ingress = (secretName: string, namespaceName = "shop") =>
  object(
    "networking.k8s.io/v1",
    "Ingress",
    { name: "web", namespace: namespaceName },
    { spec: { tls: [{ hosts: ["example.com"], secretName }] } },
  );

table("warn-shared-secret", [
  [
    "an Ingress",
    /^The Secret "web-jaeger-agent-tls" will contain.*Deployment shop\/web, but is also used here/,
    { others: [ingress(secret)], spec: certManager() },
  ],
  ["a volume of another workload", true, otherPod({ volumes: [{ name: "tls", secret: { secretName: secret } }] })],
  [
    "a projected volume",
    true,
    otherPod({ volumes: [{ name: "tls", projected: { sources: [{ secret: { name: secret } }] } }] }),
  ],
  [
    "a variable from the Secret",
    true,
    otherPod({
      containers: [
        { name: "api", env: [{ name: "KEY", valueFrom: { secretKeyRef: { name: secret, key: "tls.key" } } }] },
      ],
    }),
  ],
  [
    "envFrom with the Secret",
    true,
    otherPod({ containers: [{ name: "api", envFrom: [{ secretRef: { name: secret } }] }] }),
  ],
  [
    "an init container",
    true,
    otherPod({ initContainers: [{ name: "init", envFrom: [{ secretRef: { name: secret } }] }] }),
  ],
  ["an image pull secret", true, otherPod({ imagePullSecrets: [{ name: secret }] })],
  [
    "a volume of the workload itself",
    true,
    { pod: { volumes: [{ name: "own", secret: { secretName: secret } }] }, spec: certManager() },
  ],
  ["the agent's own volume", false, { spec: certManager() }],
  ["an Ingress with another Secret", false, { others: [ingress("web-tls")], spec: certManager() }],
  ["an Ingress in another namespace", false, { others: [ingress(secret, "blog")], spec: certManager() }],
  [
    "a workload in another namespace",
    false,
    { others: [api({ volumes: [{ name: "tls", secret: { secretName: secret } }] }, "blog")], spec: certManager() },
  ],
  ["a ConfigMap of the same name", false, otherPod({ volumes: [{ name: "tls", configMap: { name: secret } }] })],
  [
    "a Secret that the user manages",
    false,
    {
      others: [ingress("shared")],
      spec: { collector: { endpoint: "c:1", tls: { clientCertificate: { secretName: "shared" } } } },
    },
  ],
  ["an Ingress if there is no client certificate", false, { others: [ingress(secret)] }],
]);

const issuer = (namespaceName?: string): Mapping => ({
  apiVersion: "cert-manager.io/v1",
  kind: "Issuer",
  metadata: { name: "ca", ...(namespaceName === undefined ? {} : { namespace: namespaceName }) },
});
const withIssuers = (...others: Mapping[]): Case => ({ others, spec: certManager({ issuerRef: { name: "ca" } }) });

table("conflict-issuer-namespace", [
  ["an Issuer in another namespace only", /only in the namespace "infra".*"shop"/, withIssuers(issuer("infra"))],
  ["Issuers in several other namespaces", true, withIssuers(issuer("infra"), issuer("blog"))],
  ["an Issuer that isn't in the input", false, withIssuers()],
  ["an Issuer in the workload's namespace", false, withIssuers(issuer("shop"))],
  ["an Issuer in the workload's namespace and in others", false, withIssuers(issuer("infra"), issuer("shop"))],
  ["an Issuer without a known namespace", false, withIssuers(issuer())],
  [
    "an Issuer if the workload's namespace isn't known",
    false,
    {
      ...withIssuers(issuer("infra")),
      metadata: { namespace: "" },
      spec: certManager({ issuerRef: { name: "ca" }, commonName: "{name}" }),
    },
  ],
  ["an Issuer if the configuration names a ClusterIssuer", false, { others: [issuer("infra")], spec: certManager() }],
  [
    "an issuer of another API group",
    false,
    {
      others: [issuer("infra")],
      spec: certManager({ issuerRef: { name: "ca", kind: "Issuer", group: "aws.example.com" } }),
    },
  ],
]);

const enforces = (level: string, version?: string): readonly Mapping[] => [
  namespace({
    labels: {
      "pod-security.kubernetes.io/enforce": level,
      ...(version === undefined ? {} : { "pod-security.kubernetes.io/enforce-version": version }),
    },
  }),
];
const compliant = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};
const restricted = (testCase: Case): Case => ({
  container: { securityContext: compliant },
  ...testCase,
  others: enforces("restricted"),
});
const baseline = (testCase: Case): Case => ({ ...testCase, others: enforces("baseline") });
const context = (securityContext: Mapping): Case => ({ container: { securityContext } });

table("warn-violates-pod-security", [
  [
    "an app without a securityContext at level restricted",
    /container "web": .*allowPrivilegeEscalation.*drop.*runAsNonRoot.*seccompProfile/,
    { others: enforces("restricted") },
  ],
  [
    "an init container of the workload at level restricted",
    /"init"/,
    restricted({ pod: { initContainers: [{ name: "init" }] } }),
  ],
  [
    "an agent whose securityContext is overridden at level restricted",
    /the agent.*runAsNonRoot/,
    restricted({ spec: { agent: { securityContext: { runAsNonRoot: false } } } }),
  ],
  ["root at level restricted", /runAsUser must not be 0/, restricted(context({ ...compliant, runAsUser: 0 }))],
  [
    "an NFS volume at level restricted",
    /"data" must not be of type nfs/,
    restricted({ pod: { volumes: [{ name: "data", nfs: {} }] } }),
  ],
  ["the node's network at level baseline", /hostNetwork must not be true/, baseline({ pod: { hostNetwork: true } })],
  [
    "a hostPath volume at level baseline",
    /"data" must not be of type hostPath/,
    baseline({ pod: { volumes: [{ name: "data", hostPath: { path: "/" } }] } }),
  ],
  [
    "a hostPort at level baseline",
    /hostPort/,
    baseline({ container: { ports: [{ containerPort: 80, hostPort: 80 }] } }),
  ],
  ["a privileged container at level baseline", /privileged/, baseline(context({ privileged: true }))],
  [
    "an added capability at level baseline",
    /must not contain NET_ADMIN/,
    baseline(context({ capabilities: { add: ["NET_ADMIN"] } })),
  ],
  [
    "an unconfined pod at level baseline",
    /seccompProfile.type/,
    baseline({ pod: { securityContext: { seccompProfile: { type: "Unconfined" } } } }),
  ],
  [
    "an unsafe sysctl at level baseline",
    /kernel.msgmax/,
    baseline({ pod: { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } } }),
  ],
  [
    "an AppArmor annotation at level baseline",
    /apparmor/,
    baseline({
      podMetadata: {
        labels: { app: "web" },
        annotations: { "container.apparmor.security.beta.kubernetes.io/web": "unconfined" },
      },
    }),
  ],
  ["an app that complies at level restricted", false, restricted({})],
  [
    "an app that complies through its pod's securityContext at level restricted",
    false,
    restricted({
      ...context({ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } }),
      pod: { securityContext: { runAsNonRoot: true, seccompProfile: { type: "Localhost" } } },
    }),
  ],
  [
    "root in a user namespace at level restricted",
    false,
    restricted({ ...context({ ...compliant, runAsNonRoot: null, runAsUser: 0 }), pod: { hostUsers: false } }),
  ],
  [
    "root at level restricted of an old release",
    false,
    { ...context({ ...compliant, runAsUser: 0 }), others: enforces("restricted", "v1.22") },
  ],
  ["an app without a securityContext at level baseline", false, baseline({})],
  ["root at level baseline", false, baseline(context({ runAsUser: 0 }))],
  [
    "an added capability that containers have by default at level baseline",
    false,
    baseline(context({ capabilities: { add: ["CHOWN"] } })),
  ],
  [
    "a privileged container at level privileged",
    false,
    { ...context({ privileged: true }), others: enforces("privileged") },
  ],
  ["a Namespace without a level", false, { ...context({ privileged: true }), others: [namespace({})] }],
  [
    "a level that only warns",
    false,
    {
      ...context({ privileged: true }),
      others: [namespace({ labels: { "pod-security.kubernetes.io/warn": "restricted" } })],
    },
  ],
  [
    "the level of another Namespace",
    false,
    {
      ...context({ privileged: true }),
      others: [
        {
          apiVersion: "v1",
          kind: "Namespace",
          metadata: { name: "blog", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
        },
      ],
    },
  ],
]);

const policy = (spec: Mapping, name = "egress"): Mapping =>
  object(
    "networking.k8s.io/v1",
    "NetworkPolicy",
    { name },
    {
      spec: { podSelector: {}, policyTypes: ["Egress"], ...spec },
    },
  );
const dns = { ports: [{ protocol: "UDP", port: 53 }, { port: 53 }] };
const to = (endpoint: string, ...others: Mapping[]): Case => ({ others, spec: { collector: { endpoint } } });
const service = (port: Mapping) => object("v1", "Service", { name: "jaeger-collector" }, { spec: { ports: [port] } });
const collector = "jaeger-collector:14250";

table("warn-blocked-by-network-policy", [
  [
    "a policy that allows only DNS",
    /"egress" selects the pod.*collector's port 14250\/TCP/,
    to(collector, policy({ egress: [dns] })),
  ],
  [
    "a policy that allows only the collector",
    /reach DNS/,
    to(collector, policy({ egress: [{ ports: [{ port: 14250 }] }] })),
  ],
  [
    "a policy that allows another port",
    /443\/TCP/,
    to("dns:///collector.tracing.example.com:443", policy({ egress: [dns, { ports: [{ port: 14250 }] }] })),
  ],
  [
    "a policy that allows the port for UDP",
    true,
    to(collector, policy({ egress: [dns, { ports: [{ port: 14250, protocol: "UDP" }] }] })),
  ],
  [
    "a policy that allows a range next to the port",
    true,
    to(collector, policy({ egress: [dns, { ports: [{ port: 14000, endPort: 14249 }] }] })),
  ],
  [
    "a policy without policyTypes that has egress rules",
    true,
    to(collector, policy({ policyTypes: [], egress: [dns] })),
  ],
  [
    "several policies of which none allows the port",
    /The NetworkPolicies "egress" and "dns" select the pod, but none/,
    to(
      collector,
      policy({ egress: [] }),
      policy({ podSelector: { matchLabels: { app: "web" } }, egress: [dns] }, "dns"),
    ),
  ],
  [
    "a policy that selects the pod by a label that the configuration adds",
    true,
    {
      others: [policy({ podSelector: { matchLabels: { traced: "yes" } }, egress: [dns] })],
      spec: { pod: { labels: { traced: "yes" } } },
    },
  ],
  [
    "a policy that selects the pod by a label with a template",
    true,
    {
      others: [policy({ podSelector: { matchLabels: { traced: "web.deployment" } }, egress: [dns] })],
      spec: { pod: { labels: { traced: "{name}.{kind}" } } },
    },
  ],
  [
    "a policy that allows neither the Service's port nor that of its pods",
    true,
    to(
      "jaeger-collector:80",
      policy({ egress: [dns, { ports: [{ port: 4317 }] }] }),
      service({ port: 80, targetPort: 14250 }),
    ),
  ],
  ["a policy for ingress only", false, to(collector, policy({ policyTypes: ["Ingress"] }))],
  [
    "a policy without policyTypes that has only ingress rules",
    false,
    to(collector, policy({ policyTypes: [], ingress: [] })),
  ],
  ["a policy that allows everything", false, to(collector, policy({ egress: [{}] }))],
  ["a policy that allows both ports", false, to(collector, policy({ egress: [dns, { ports: [{ port: 14250 }] }] }))],
  [
    "a policy that allows certain peers",
    false,
    to(collector, policy({ egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] })),
  ],
  [
    "a policy that allows a range with the port",
    false,
    to(collector, policy({ egress: [dns, { ports: [{ port: 14000, endPort: 15000 }] }] })),
  ],
  ["a policy that allows a named port", false, to(collector, policy({ egress: [dns, { ports: [{ port: "grpc" }] }] }))],
  [
    "a policy that allows a protocol without a port",
    false,
    to(collector, policy({ egress: [dns, { ports: [{ protocol: "TCP" }] }] })),
  ],
  [
    "a policy if another policy allows the port",
    false,
    to(collector, policy({ egress: [dns] }), policy({ egress: [{ ports: [{ port: 14250 }] }] }, "tracing")),
  ],
  [
    "a policy for other pods",
    false,
    to(collector, policy({ podSelector: { matchLabels: { app: "api" } }, egress: [] })),
  ],
  [
    "a policy that excludes the pod by an expression",
    false,
    to(
      collector,
      policy({ podSelector: { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, egress: [] }),
    ),
  ],
  [
    "a policy in another namespace",
    false,
    to(
      collector,
      object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        { name: "deny", namespace: "blog" },
        { spec: { podSelector: {}, policyTypes: ["Egress"] } },
      ),
    ),
  ],
  ["a pod on the node's network", false, { ...to(collector, policy({})), pod: { hostNetwork: true } }],
  [
    "a policy without DNS if the endpoint is an IP address",
    false,
    to("10.0.0.1:14250", policy({ egress: [{ ports: [{ port: 14250 }] }] })),
  ],
  [
    "a policy without DNS if the endpoint is a host alias",
    false,
    {
      ...to(collector, policy({ egress: [{ ports: [{ port: 14250 }] }] })),
      pod: { hostAliases: [{ ip: "10.0.0.1", hostnames: ["jaeger-collector"] }] },
    },
  ],
  ["a collector in the pod itself", false, to("localhost:14250", policy({}))],
  ["an endpoint without a port", false, to("dns:///jaeger-collector", policy({ egress: [dns] }))],
  ["an endpoint that only gRPC can resolve", false, to("xds:///collector", policy({}))],
  [
    "a policy that allows the port of the Service's pods",
    false,
    to(
      "jaeger-collector:443",
      policy({ egress: [dns, { ports: [{ port: 9999 }] }] }),
      service({ port: 443, targetPort: 9999 }),
    ),
  ],
  [
    "a Service with a named target port",
    false,
    to("jaeger-collector:443", policy({ egress: [dns] }), service({ port: 443, targetPort: "grpc" })),
  ],
  [
    "a policy that allows a default port if the Service isn't in the input",
    false,
    to("jaeger-collector.tracing.svc:443", policy({ egress: [dns, { ports: [{ port: 4317 }] }] })),
  ],
  [
    "a policy that allows one of two collectors",
    false,
    to("10.0.0.1:1,10.0.0.2:2", policy({ egress: [{ ports: [{ port: 2 }] }] })),
  ],
  [
    "a policy that allows OpenShift's DNS port",
    false,
    to(collector, policy({ egress: [{ ports: [{ port: 14250 }, { port: 5353, protocol: "UDP" }] }] })),
  ],
  [
    "a policy if network policies of another kind could allow more",
    false,
    to(collector, policy({}), object("cilium.io/v2", "CiliumNetworkPolicy", { name: "tracing" })),
  ],
  [
    "a policy whose selector the API rejects",
    false,
    to(collector, policy({ podSelector: { matchLabels: { app: true } } })),
  ],
]);

test("NetworkPolicies are checked for each workload's own collector if the endpoint contains {name}", () => {
  const deployment = (name: string) => ({ ...web({}), metadata: { name, namespace: "shop" } });
  const collectorOf = (name: string, targetPort: number) =>
    object("v1", "Service", { name: `${name}-collector` }, { spec: { ports: [{ port: 14250, targetPort }] } });
  const messages = find("warn-blocked-by-network-policy", {
    others: [
      deployment("api"),
      collectorOf("web", 1001),
      collectorOf("api", 1002),
      policy({ egress: [dns, { ports: [{ port: 1001 }] }] }),
    ],
    spec: { selector: { names: ["web", "api"] }, collector: { endpoint: "{name}-collector:14250" } },
  });
  assert.equal(messages.length, 1, "api's collector is blocked, web's isn't");
});

const scaled = (spec: Mapping, apiVersion = "autoscaling/v2"): Mapping =>
  object(
    apiVersion,
    "HorizontalPodAutoscaler",
    { name: "web" },
    {
      spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, ...spec },
    },
  );
const utilization = (name: string): Mapping => ({
  metrics: [{ type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization: 80 } } }],
});
const withResources = (resources: Mapping, ...others: Mapping[]): Case => ({ others, spec: { agent: { resources } } });
const limits = (limit: Mapping, name = "limits") =>
  object("v1", "LimitRange", { name }, { spec: { limits: [{ type: "Container", ...limit }] } });

table("warn-autoscaler-needs-request", [
  [
    "a missing request for cpu",
    /"web" needs a cpu request.*Set spec.agent.resources.requests.cpu/,
    withResources({}, scaled(utilization("cpu"))),
  ],
  [
    "a missing request for memory",
    /memory/,
    withResources({ requests: { cpu: "50m" } }, scaled(utilization("memory"))),
  ],
  ["an autoscaler of v1", true, withResources({}, scaled({ targetCPUUtilizationPercentage: 80 }, "autoscaling/v1"))],
  [
    "an autoscaler of v2beta1",
    true,
    withResources(
      {},
      scaled(
        { metrics: [{ type: "Resource", resource: { name: "cpu", targetAverageUtilization: 80 } }] },
        "autoscaling/v2beta1",
      ),
    ),
  ],
  ["an autoscaler without metrics, which means cpu", true, withResources({}, scaled({}))],
  ["the default requests", false, { others: [scaled(utilization("cpu")), scaled(utilization("memory"))] }],
  [
    "a limit without a request, which defaults to the limit",
    false,
    withResources({ limits: { cpu: "1" } }, scaled(utilization("cpu"))),
  ],
  [
    "a missing request if a LimitRange adds one",
    false,
    withResources({}, scaled(utilization("cpu")), limits({ defaultRequest: { cpu: "10m" } })),
  ],
  [
    "a missing request if the whole pod has one",
    false,
    { ...withResources({}, scaled(utilization("cpu"))), pod: { resources: { requests: { cpu: "1" } } } },
  ],
  [
    "a target that is an absolute value",
    false,
    withResources(
      {},
      scaled({
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "AverageValue", averageValue: "1" } } }],
      }),
    ),
  ],
  [
    "a metric of a single container",
    false,
    withResources(
      {},
      scaled({
        metrics: [
          {
            type: "ContainerResource",
            containerResource: { container: "web", name: "cpu", target: { type: "Utilization" } },
          },
        ],
      }),
    ),
  ],
  [
    "an autoscaler of another workload",
    false,
    withResources({}, scaled({ ...utilization("cpu"), scaleTargetRef: { kind: "Deployment", name: "api" } })),
  ],
  [
    "an autoscaler of another kind with the same name",
    false,
    withResources({}, scaled({ ...utilization("cpu"), scaleTargetRef: { kind: "StatefulSet", name: "web" } })),
  ],
]);

const quota = (spec: Mapping): Mapping => object("v1", "ResourceQuota", { name: "team" }, { spec });

table("warn-resource-quota-needs-resources", [
  [
    "missing requests",
    /"team".*to set requests.cpu and requests.memory/,
    withResources({}, quota({ hard: { cpu: "4", "requests.memory": "8Gi" } })),
  ],
  [
    "a missing limit",
    /limits.memory/,
    withResources({ requests: { memory: "1Mi" } }, quota({ hard: { "limits.memory": "8Gi", memory: "8Gi" } })),
  ],
  [
    "the default resources",
    false,
    {
      others: [
        quota({ hard: { "requests.cpu": "4", "requests.memory": "8Gi", "limits.cpu": "4", "limits.memory": "8Gi" } }),
      ],
    },
  ],
  [
    "a quota on pods and storage",
    false,
    withResources({}, quota({ hard: { pods: "10", "requests.storage": "1Ti", "limits.ephemeral-storage": "1Gi" } })),
  ],
  ["a quota with scopes", false, withResources({}, quota({ hard: { "requests.cpu": "4" }, scopes: ["Terminating"] }))],
  [
    "a quota with a scope selector",
    false,
    withResources({}, quota({ hard: { "requests.cpu": "4" }, scopeSelector: { matchExpressions: [] } })),
  ],
  [
    "missing resources if a LimitRange adds them",
    false,
    withResources({}, quota({ hard: { "requests.cpu": "4", "limits.cpu": "4" } }), limits({ default: { cpu: "1" } })),
  ],
]);

table("warn-violates-limit-range", [
  [
    "a limit above the maximum",
    /"limits" rejects the pod: limits.cpu must be at most 50m, but the agent's is 100m/,
    { others: [limits({ max: { cpu: "50m" } })] },
  ],
  [
    "a request below the minimum",
    /requests.memory must be at least 128Mi, but the agent's is 64Mi/,
    { others: [limits({ min: { memory: "128Mi" } })] },
  ],
  ["a limit above a maximum in another unit", true, { others: [limits({ max: { memory: "0.125G" } })] }],
  [
    "a ratio of limit to request above the maximum",
    /at most 1 times/,
    { others: [limits({ maxLimitRequestRatio: { cpu: 1 } })] },
  ],
  [
    "a request above the default limit",
    /limits.cpu of the agent to the default 100m.*requests.cpu of 200m/,
    withResources({ requests: { cpu: "200m" } }, limits({ default: { cpu: "100m" } })),
  ],
  [
    "resources that equal the bounds",
    false,
    { others: [limits({ max: { cpu: 0.1, memory: "131072Ki" }, min: { cpu: "50m" } })] },
  ],
  [
    "a ratio of limit to request that equals the maximum",
    false,
    { others: [limits({ maxLimitRequestRatio: { cpu: "2" } })] },
  ],
  [
    "missing resources that get their defaults",
    false,
    withResources({}, limits({ min: { cpu: "10m" }, max: { cpu: "1" } })),
  ],
  ["a LimitRange for whole pods", false, { others: [limits({ type: "Pod", max: { cpu: "1m" } })] }],
  [
    "a LimitRange in another namespace",
    false,
    {
      others: [
        object(
          "v1",
          "LimitRange",
          { name: "limits", namespace: "blog" },
          { spec: { limits: [{ type: "Container", max: { cpu: "1m" } }] } },
        ),
      ],
    },
  ],
  ["a bound that isn't a quantity", false, { others: [limits({ max: { cpu: "lots" } })] }],
]);

const annotated = (annotations: Mapping): Case => ({ podMetadata: { labels: { app: "web" }, annotations } });
const openTelemetry = "sidecar.opentelemetry.io/inject";
const jaeger = "sidecar.jaegertracing.io/inject";

table("warn-other-injector", [
  ['"true" for OpenTelemetry', /OpenTelemetry Operator/, annotated({ [openTelemetry]: "true" })],
  ["the name of a sidecar for OpenTelemetry", true, annotated({ [openTelemetry]: "tracing/sidecar" })],
  [
    "the Namespace's annotation for OpenTelemetry",
    /of the Namespace/,
    { others: [namespace({ annotations: { [openTelemetry]: "true" } })] },
  ],
  ['"true" for Jaeger', /Jaeger Operator/, { metadata: { annotations: { [jaeger]: "true" } } }],
  ["the name of an instance for Jaeger", true, { metadata: { annotations: { [jaeger]: "simplest" } } }],
  ["the pod's annotation for Jaeger", true, annotated({ [jaeger]: "true" })],
  ['"false" for OpenTelemetry', false, annotated({ [openTelemetry]: "false" })],
  [
    `"false" for OpenTelemetry on the pod, which overrides the Namespace's annotation`,
    false,
    { ...annotated({ [openTelemetry]: "False" }), others: [namespace({ annotations: { [openTelemetry]: "true" } })] },
  ],
  ['"false" for Jaeger, which skips the workload', false, { metadata: { annotations: { [jaeger]: "false" } } }],
  ["an empty annotation for OpenTelemetry", false, annotated({ [openTelemetry]: "" })],
  [
    "the workload's annotation for OpenTelemetry, which the operator doesn't read",
    false,
    { metadata: { annotations: { [openTelemetry]: "true" } } },
  ],
  [
    "the Namespace's annotation for Jaeger",
    /of the Namespace makes the Jaeger Operator/,
    { others: [namespace({ annotations: { [jaeger]: "true" } })] },
  ],
  [
    "the workload's annotation for Jaeger, which overrides the Namespace's",
    /of the workload makes the Jaeger Operator/,
    { metadata: { annotations: { [jaeger]: "true" } }, others: [namespace({ annotations: { [jaeger]: "true" } })] },
  ],
  [
    "the Jaeger Operator's label, by which it removes the agent's container",
    /label .*injected. Remove the label/,
    { metadata: { labels: { "sidecar.jaegertracing.io/injected": "simplest" } } },
  ],
  [
    "the Jaeger Operator's label if the agent's container has another name",
    false,
    { metadata: { labels: { "sidecar.jaegertracing.io/injected": "simplest" } }, spec: { agent: { name: "agent" } } },
  ],
  [
    "an annotation that injects only an SDK",
    false,
    annotated({ "instrumentation.opentelemetry.io/inject-java": "true" }),
  ],
]);

const wave = (value: string, hook = {}): Case => ({
  metadata: { annotations: { "argocd.argoproj.io/sync-wave": value, ...hook } },
});
const certificateWave = (value: string): Case => certificateWith({ "argocd.argoproj.io/sync-wave": value });
const certificateWith = (annotations: Mapping): Case => {
  const tls = { clientCertificate: { certManager: { issuerRef: { name: "ca" }, annotations } } };
  return { spec: { collector: { endpoint: "jaeger-collector:14250", tls } } };
};

table("warn-certificate-after-workload", [
  ["a workload in an earlier wave", /wave -1, but.* wave -5\./, { ...wave("-5"), ...certificateWave("-1") }],
  ["a Certificate in a later wave", /wave 3, but.* wave 0\./, certificateWave("3")],
  ["a Certificate in an earlier wave", false, { ...wave("-5"), ...certificateWave("-6") }],
  ["a Certificate in the same wave", false, { ...wave("-5"), ...certificateWave("-5") }],
  ["a wave that Argo CD ignores", false, certificateWave("last")],
  [
    "a hook that runs after all waves",
    false,
    { ...wave("-5", { "argocd.argoproj.io/hook": "PostSync" }), ...certificateWave("-1") },
  ],
  ["a workload without replicas", false, { ...wave("-5"), ...certificateWave("-1"), replicas: 0 }],
  [
    "a Certificate that is a hook after the sync",
    /is a hook that Argo CD applies after the workload .*Remove the annotation from the Certificate\.$/,
    certificateWith({ "argocd.argoproj.io/hook": "PostSync" }),
  ],
  ["a Certificate that is a hook before the sync", false, certificateWith({ "argocd.argoproj.io/hook": "PreSync" })],
  ["a hook of Helm, which may not wait for the workload", false, certificateWith({ "helm.sh/hook": "post-install" })],
  [
    "a Certificate whose weight as a hook is higher",
    /wave 3, but.* wave 0\..*Remove the Certificate's annotation helm\.sh\/hook-weight,/,
    {
      metadata: { annotations: { "helm.sh/hook": "pre-install" } },
      ...certificateWith({ "helm.sh/hook": "pre-install", "helm.sh/hook-weight": "3" }),
    },
  ],
  [
    "a Certificate whose weight as a hook is lower",
    false,
    {
      metadata: { annotations: { "helm.sh/hook": "pre-install", "helm.sh/hook-weight": "5" } },
      ...certificateWith({ "helm.sh/hook": "pre-install", "helm.sh/hook-weight": "3" }),
    },
  ],
]);

const preSync = { "argocd.argoproj.io/hook": "PreSync" };
const ownSecret = (hook: Mapping, ...others: Mapping[]): Case => ({
  metadata: { annotations: hook },
  others,
  spec: {
    collector: {
      endpoint: "jaeger-collector:14250",
      tls: { ca: { configMapName: "ca" }, clientCertificate: { secretName: "client" } },
    },
  },
});
const clientSecret = (annotations: Mapping = {}) => object("v1", "Secret", { name: "client", annotations });
const clientCertificate = object(
  "cert-manager.io/v1",
  "Certificate",
  { name: "c" },
  { spec: { secretName: "client" } },
);

table("notice-hook-before-volume", [
  ["a Secret that isn't a hook", /needs Secret shop\/client, .*\(argocd.*hook\)/, ownSecret(preSync, clientSecret())],
  ["a Certificate that isn't a hook", /needs Certificate shop\/c,/, ownSecret(preSync, clientCertificate)],
  [
    "a ConfigMap with the CA",
    /needs ConfigMap shop\/ca,/,
    ownSecret(preSync, object("v1", "ConfigMap", { name: "ca" })),
  ],
  ["a Secret that is such a hook too", false, ownSecret(preSync, clientSecret(preSync))],
  ["a Secret that isn't in the input", false, ownSecret(preSync)],
  ["a hook that runs later", false, ownSecret({ "helm.sh/hook": "post-install" }, clientSecret())],
  ["a workload that isn't a hook", false, ownSecret({}, clientSecret())],
]);

const agentService = (spec: Mapping = {}, name = "jaeger-agent", namespaceName = "shop") =>
  object("v1", "Service", { name, namespace: namespaceName }, { spec });

table("notice-service-link-variable", [
  ["a Service jaeger-agent", /container "web".*JAEGER_AGENT_PORT/, { others: [agentService()] }],
  ["a Service without a cluster IP", false, { others: [agentService({ clusterIP: "None" })] }],
  [
    "a Service of type ExternalName",
    false,
    { others: [agentService({ type: "ExternalName", externalName: "a.example.com" })] },
  ],
  ["a pod without service links", false, { pod: { enableServiceLinks: false }, others: [agentService()] }],
  [
    "a container that sets the variable",
    false,
    { ...env({ name: "JAEGER_AGENT_PORT", value: "6831" }), others: [agentService()] },
  ],
  [
    "a configuration that sets the variable",
    false,
    { others: [agentService()], spec: { app: { env: [{ name: "JAEGER_AGENT_PORT", value: "6831" }] } } },
  ],
  ["a Service with another name", false, { others: [agentService({}, "jaeger-collector")] }],
  ["a Service in another namespace", false, { others: [agentService({}, "jaeger-agent", "tracing")] }],
]);

const scraped = { podMonitor: {} };
const ingressPolicy = (spec: Mapping, name = "ingress") => policy({ policyTypes: ["Ingress"], ...spec }, name);
const withIngress = (...others: Mapping[]): Case => ({ others, spec: scraped });

table("warn-blocked-by-network-policy", [
  [
    "a policy that allows ingress to another port",
    /^The NetworkPolicy "ingress" selects the pod, and no policy in the input allows ingress to the agent's port 14271\/TCP/,
    withIngress(ingressPolicy({ ingress: [{ ports: [{ port: 8080 }] }] })),
  ],
  ["a policy that allows no ingress", true, withIngress(ingressPolicy({}))],
  ["a policy without types, which restricts ingress", true, withIngress(ingressPolicy({ policyTypes: [] }))],
  ["a policy for the pod's labels", true, withIngress(ingressPolicy({ podSelector: { matchLabels: { app: "web" } } }))],
  [
    "a policy that allows the port for UDP",
    true,
    withIngress(ingressPolicy({ ingress: [{ ports: [{ port: 14271, protocol: "UDP" }] }] })),
  ],
  [
    "a range before the port",
    true,
    withIngress(ingressPolicy({ ingress: [{ ports: [{ port: 80, endPort: 14270 }] }] })),
  ],
  ["another port's name", true, withIngress(ingressPolicy({ ingress: [{ ports: [{ port: "http" }] }] }))],
  [
    "the default port, if the agent's port is another one",
    /port 9000\/TCP/,
    {
      ...withIngress(ingressPolicy({ ingress: [{ ports: [{ port: 14271 }] }] })),
      spec: { ...scraped, agent: { ports: { admin: 9000 } } },
    },
  ],
  ["a policy that allows the port", false, withIngress(ingressPolicy({ ingress: [{ ports: [{ port: 14271 }] }] }))],
  [
    "a policy that allows the port by its name",
    false,
    withIngress(ingressPolicy({ ingress: [{ ports: [{ port: "admin-http" }] }] })),
  ],
  [
    "a range with the port",
    false,
    withIngress(ingressPolicy({ ingress: [{ ports: [{ port: 80, endPort: 14271 }] }] })),
  ],
  ["a rule without ports", false, withIngress(ingressPolicy({ ingress: [{ from: [{ podSelector: {} }] }] }))],
  ["an empty rule", false, withIngress(ingressPolicy({ ingress: [{}] }))],
  ["a protocol without a port", false, withIngress(ingressPolicy({ ingress: [{ ports: [{ protocol: "TCP" }] }] }))],
  ["the port of an ambient mesh", false, withIngress(ingressPolicy({ ingress: [{ ports: [{ port: 15008 }] }] }))],
  [
    "a second policy that allows the port",
    false,
    withIngress(ingressPolicy({}), ingressPolicy({ ingress: [{ ports: [{ port: 14271 }] }] }, "prometheus")),
  ],
  ["a policy for egress", false, withIngress(policy({ egress: [{}] }))],
  ["a policy for other pods", false, withIngress(ingressPolicy({ podSelector: { matchLabels: { app: "db" } } }))],
  ["a configuration without a PodMonitor and a policy for ingress", false, { others: [ingressPolicy({})] }],
  ["ingress to the node's network", false, { ...withIngress(ingressPolicy({})), pod: { hostNetwork: true } }],
  [
    "ingress if there are policies of another kind",
    false,
    withIngress(ingressPolicy({}), object("cilium.io/v2", "CiliumNetworkPolicy", { name: "web" })),
  ],
]);

const peer = (spec: Mapping, namespaceName = "shop", name = "default"): Mapping =>
  object("security.istio.io/v1", "PeerAuthentication", { name, namespace: namespaceName }, { spec });
const strict = { mtls: { mode: "STRICT" } };
const selectsPod = { selector: { matchLabels: { app: "web" } } };
const meshed = (others: readonly Mapping[], annotations: Mapping = {}, spec: Mapping = { podMonitor: {} }): Case => ({
  podMetadata: { labels: { app: "web", "sidecar.istio.io/inject": "true" }, annotations },
  others,
  spec,
});

table("warn-mesh-blocks-scrape", [
  ["strict mode for the namespace", /"default".*Add "14271" to .*excludeInboundPorts/, meshed([peer(strict)])],
  ["strict mode for the pod", true, meshed([peer({ ...selectsPod, ...strict })])],
  ["strict mode for the mesh", true, meshed([peer(strict, "istio-system")])],
  ["strict mode for the port", true, meshed([peer({ ...selectsPod, portLevelMtls: { 14271: { mode: "STRICT" } } })])],
  [
    "a sidecar that the pod's annotation requests",
    true,
    { ...annotated({ "sidecar.istio.io/inject": "true" }), others: [peer(strict)], spec: { podMonitor: {} } },
  ],
  [
    "a sidecar that the Namespace's label requests",
    true,
    { others: [namespace({ labels: { "istio-injection": "enabled" } }), peer(strict)], spec: { podMonitor: {} } },
  ],
  [
    "a sidecar that the Namespace's revision label requests",
    true,
    { others: [namespace({ labels: { "istio.io/rev": "stable" } }), peer(strict)], spec: { podMonitor: {} } },
  ],
  [
    "a port's mode in a policy without a selector, which Istio ignores",
    true,
    meshed([peer({ ...strict, portLevelMtls: { 14271: { mode: "DISABLE" } } })]),
  ],
  ["a mesh without policies", false, meshed([])],
  ["a configuration without a PodMonitor", false, meshed([peer(strict)], {}, {})],
  ["a pod without a sidecar", false, { others: [peer(strict)], spec: { podMonitor: {} } }],
  [
    "a pod that opts out",
    false,
    {
      ...annotated({ "sidecar.istio.io/inject": "false" }),
      others: [namespace({ labels: { "istio-injection": "enabled" } }), peer(strict)],
      spec: { podMonitor: {} },
    },
  ],
  ["a pod on the node's network", false, { ...meshed([peer(strict)]), pod: { hostNetwork: true } }],
  ["permissive mode", false, meshed([peer({ mtls: { mode: "PERMISSIVE" } })])],
  [
    "a permissive policy for the pod, which overrides the namespace's",
    false,
    meshed([peer(strict), peer({ ...selectsPod, mtls: { mode: "PERMISSIVE" } }, "shop", "web")]),
  ],
  [
    "a policy for the namespace, which overrides the mesh's",
    false,
    meshed([peer(strict, "istio-system"), peer({ mtls: { mode: "DISABLE" } })]),
  ],
  [
    "a policy that disables mutual TLS for the port",
    false,
    meshed([peer({ ...selectsPod, ...strict, portLevelMtls: { 14271: { mode: "DISABLE" } } })]),
  ],
  ["a policy for other pods", false, meshed([peer({ selector: { matchLabels: { app: "api" } }, ...strict })])],
  [
    "policies of the same level that differ",
    false,
    meshed([peer({ ...selectsPod, ...strict }), peer({ ...selectsPod, mtls: { mode: "PERMISSIVE" } }, "shop", "web")]),
  ],
  [
    "an excluded port",
    false,
    meshed([peer(strict)], { "traffic.sidecar.istio.io/excludeInboundPorts": "9090, 14271" }),
  ],
  [
    "a port that isn't included",
    false,
    meshed([peer(strict)], { "traffic.sidecar.istio.io/includeInboundPorts": "8080" }),
  ],
  [
    "a port that the configuration excludes",
    false,
    meshed(
      [peer(strict)],
      {},
      { podMonitor: {}, pod: { annotations: { "traffic.sidecar.istio.io/excludeInboundPorts": "14271" } } },
    ),
  ],
]);

const authorization = (spec: Mapping, metadata: Mapping = {}) =>
  object("security.istio.io/v1", "AuthorizationPolicy", { name: "authorization", ...metadata }, { spec });
const toPorts = (...ports: string[]): Mapping => ({ rules: [{ to: [{ operation: { ports } }] }] });

table("warn-mesh-blocks-scrape", [
  [
    "an AuthorizationPolicy that allows nothing",
    /^The AuthorizationPolicy "authorization" selects the pod, and no policy in the input allows requests to the agent's port 14271,.*Add "14271" to .*excludeInboundPorts/,
    meshed([authorization({})]),
  ],
  ["one that allows other ports", true, meshed([authorization(toPorts("8080"))])],
  [
    "one that allows all ports except the agent's",
    true,
    meshed([authorization({ rules: [{ to: [{ operation: { notPorts: ["14271"] } }] }] })]),
  ],
  [
    "one with a port that is neither a text nor a number",
    true,
    meshed([authorization({ rules: [{ to: [{ operation: { ports: [newMapping(), "8080"] } }] }] })]),
  ],
  ["one for the pod", true, meshed([authorization(selectsPod)])],
  ["one for the mesh", true, meshed([authorization({}, { namespace: "istio-system" })])],
  [
    "one that denies everything",
    /denies all requests to the agent's port 14271/,
    meshed([authorization({ action: "DENY", rules: [{}] })]),
  ],
  [
    "one that denies the port, before one that allows it",
    /denies/,
    meshed([authorization({ action: "DENY", ...toPorts("14271") }), authorization(toPorts("14271"), { name: "b" })]),
  ],
  ["one that allows the port", false, meshed([authorization(toPorts("14271"))])],
  [
    "one that allows requests to any port",
    false,
    meshed([authorization({ rules: [{ to: [{ operation: { methods: ["GET"] } }] }] })]),
  ],
  [
    "one that allows a client",
    false,
    meshed([authorization({ rules: [{ from: [{ source: { namespaces: ["monitoring"] } }] }] })]),
  ],
  [
    "a second AuthorizationPolicy that allows the port",
    false,
    meshed([authorization({}), authorization(toPorts("14271"), { name: "prometheus" })]),
  ],
  ["one that denies other ports", false, meshed([authorization({ action: "DENY", ...toPorts("8080") })])],
  [
    "one that denies some requests",
    false,
    meshed([
      authorization({ action: "DENY", rules: [{ to: [{ operation: { ports: ["14271"], methods: ["POST"] } }] }] }),
    ]),
  ],
  [
    "one that denies some clients",
    false,
    meshed([authorization({ action: "DENY", rules: [{ from: [{ source: { notNamespaces: ["shop"] } }] }] })]),
  ],
  ["one that denies nothing", false, meshed([authorization({ action: "DENY" })])],
  ["an external authorizer", false, meshed([authorization({ action: "CUSTOM", rules: [{}] })])],
  ["an audit", false, meshed([authorization({ action: "AUDIT", rules: [{}] })])],
  ["a dry run", false, meshed([authorization({}, { annotations: { "istio.io/dry-run": "true" } })])],
  [
    "an AuthorizationPolicy for a gateway",
    false,
    meshed([authorization({ targetRefs: [{ kind: "Gateway", name: "a" }] })]),
  ],
  [
    "an AuthorizationPolicy for other pods",
    false,
    meshed([authorization({ selector: { matchLabels: { app: "db" } } })]),
  ],
  ["an AuthorizationPolicy in another namespace", false, meshed([authorization({}, { namespace: "other" })])],
  ["an AuthorizationPolicy, but no sidecar", false, { others: [authorization({})], spec: scraped }],
  ["an AuthorizationPolicy, but no PodMonitor", false, meshed([authorization({})], {}, {})],
  [
    "an AuthorizationPolicy and a port that is excluded from the sidecar",
    false,
    meshed([authorization({})], { "traffic.sidecar.istio.io/excludeInboundPorts": "14271" }),
  ],
]);

/** Another Deployment, with this selector and these pod labels. */
const selecting = (selector: Mapping, labels: Mapping, metadata: Mapping = {}): Mapping =>
  object(
    "apps/v1",
    "Deployment",
    { name: "other", ...metadata },
    {
      spec: {
        selector,
        template: { metadata: { labels }, spec: { containers: [{ name: "app", image: "shop/app:1.0" }] } },
      },
    },
  );
const bothScraped = (...others: Mapping[]): Case => ({ others, spec: { selector: {}, podMonitor: {} } });
const canary = { app: "web", track: "canary" };

table("warn-scraped-twice", [
  [
    "pods that another workload's selector matches",
    /^The PodMonitor "web-jaeger-agent" of Deployment shop\/web also selects the pods of this workload/,
    bothScraped(selecting({ matchLabels: canary }, canary)),
  ],
  [
    "pods that an expression matches",
    /"other-jaeger-agent" of Deployment shop\/other/,
    bothScraped(
      selecting({ matchExpressions: [{ key: "app", operator: "In", values: ["web", "other"] }] }, { app: "other" }),
    ),
  ],
  ["pods with other labels", false, bothScraped(selecting({ matchLabels: { app: "other" } }, { app: "other" }))],
  [
    "pods that may have labels that an expression excludes",
    false,
    bothScraped(selecting({ matchExpressions: [{ key: "track", operator: "DoesNotExist" }] }, { app: "other" })),
  ],
  ["pods in another namespace", false, bothScraped(selecting({ matchLabels: canary }, canary, { namespace: "blog" }))],
  [
    "the same pods without a PodMonitor",
    false,
    { others: [selecting({ matchLabels: canary }, canary)], spec: { selector: {} } },
  ],
]);

test("PodMonitors with the same selector are reported for each workload", () => {
  const same = selecting({ matchLabels: { app: "web" } }, { app: "web" });
  assert.equal(find("warn-scraped-twice", bothScraped(same)).length, 2);
});

const linkerd = (annotations: Mapping, ...others: Mapping[]): Case => ({
  ...annotated({ "linkerd.io/inject": "enabled", ...annotations }),
  others,
  spec: scraped,
});
const denied = { "config.linkerd.io/default-inbound-policy": "deny" };
const skipping = (ports: string) => ({ ...denied, "config.linkerd.io/skip-inbound-ports": ports });

table("warn-mesh-blocks-scrape", [
  [
    "Linkerd's default inbound policy deny",
    /^Linkerd's default inbound policy.*no Server that selects the agent's port 14271,/,
    linkerd(denied),
  ],
  ["the policy of the Namespace", true, linkerd({}, namespace({ annotations: denied }))],
  [
    "a Namespace that is injected",
    true,
    { others: [namespace({ annotations: { ...denied, "linkerd.io/inject": "enabled" } })], spec: scraped },
  ],
  ["other ports that skip Linkerd's proxy", true, linkerd(skipping("25,9000-9010"))],
  ["Linkerd without a policy", false, linkerd({})],
  [
    "the pod's own policy, which takes precedence",
    false,
    linkerd({ "config.linkerd.io/default-inbound-policy": "all-unauthenticated" }, namespace({ annotations: denied })),
  ],
  [
    "a policy for authenticated clients",
    false,
    linkerd({ "config.linkerd.io/default-inbound-policy": "all-authenticated" }),
  ],
  ["a pod that Linkerd doesn't inject", false, linkerd({ ...denied, "linkerd.io/inject": "disabled" })],
  ["a port that skips Linkerd's proxy", false, linkerd(skipping("25, 14271"))],
  ["a range of ports that skips Linkerd's proxy", false, linkerd(skipping("14000-15000"))],
  ["a namespace with a Server", false, linkerd(denied, object("policy.linkerd.io/v1beta3", "Server", { name: "a" }))],
  ["Linkerd's policy, but no PodMonitor", false, { ...linkerd(denied), spec: {} }],
  ["Linkerd's policy on the node's network", false, { ...linkerd(denied), pod: { hostNetwork: true } }],
]);

const annotatedScrape = { "prometheus.io/scrape": "true" };

table("notice-scraped-by-annotation", [
  [
    "a pod whose annotations name no port",
    /scrapes the agent's: admin-http\. Set prometheus\.io\/port/,
    annotated(annotatedScrape),
  ],
  [
    "all ports of the agent",
    /: otel-metrics, otel-health\./,
    { ...annotated(annotatedScrape), spec: { agent: { type: "otelcol" } } },
  ],
  ["a pod whose annotations name a port", false, annotated({ ...annotatedScrape, "prometheus.io/port": "8080" })],
  ["a pod that isn't scraped", false, annotated({ "prometheus.io/scrape": "false" })],
  ["a pod without annotations", false, {}],
  [
    "a pod in Istio's mesh, which replaces the port",
    false,
    annotated({ ...annotatedScrape, "sidecar.istio.io/inject": "true" }),
  ],
]);

const appPort = (port: Mapping, spec: Mapping = {}): Case => ({ container: { ports: [port] }, spec });

table("conflict-port", [
  [
    "a port number",
    /^Port 14271\/TCP is used by both container "web" and the agent\. Change it in the container, or in spec\.agent\.ports\.admin\.$/,
    appPort({ name: "http", containerPort: 14_271 }),
  ],
  [
    "a port name",
    /^The port name "admin-http" is used by both .*, or in spec\.agent\.portNames\.admin\.$/,
    appPort({ name: "admin-http", containerPort: 9990 }),
  ],
  [
    "a port number and a port name",
    /^Port 14271\/TCP and the port name "admin-http" are used .* Change them .*ports\.admin and spec\.agent\.portNames\.admin\.$/,
    appPort({ name: "admin-http", containerPort: 14_271 }),
  ],
  [
    "a port that agent.config sets",
    /^Port 9000\/TCP .*or in spec\.agent\.config\.$/,
    appPort(
      { containerPort: 9000 },
      { agent: { type: "otelcol", config: { extensions: { health_check: { endpoint: ":9000" } } } } },
    ),
  ],
  ["another protocol", false, appPort({ containerPort: 6831 })],
  [
    "a port number that the agent no longer uses",
    false,
    appPort({ containerPort: 14_271 }, { agent: { ports: { admin: 1 } } }),
  ],
  [
    "a port number that agent.ports sets",
    /ports\.admin/,
    appPort({ containerPort: 1 }, { agent: { ports: { admin: 1 } } }),
  ],
  [
    "a port name that the agent no longer uses",
    false,
    appPort({ name: "admin-http", containerPort: 80 }, { agent: { portNames: { admin: "agent-admin" } } }),
  ],
]);

table("conflict-volume", [
  ["the client certificate's volume", /change spec\.agent\.volumeName\.$/, volume("jaeger-agent-tls")],
  ["the CA's volume, whose name follows from the agent's", /change spec\.agent\.name\.$/, volume("jaeger-agent-ca")],
  ["another volume", false, volume("tls")],
]);

function volume(name: string): Case {
  const tls = { ca: { secretName: "ca" }, clientCertificate: { secretName: "client" } };
  return {
    pod: { volumes: [{ name, emptyDir: {} }] },
    spec: { collector: { endpoint: "jaeger-collector:14250", tls } },
  };
}

const onNode = { hostNetwork: true };
const selectAll = { selector: {} };
const ports = (port: Mapping, podSpec: Mapping = {}) =>
  api({ containers: [{ name: "api", ports: [port] }], ...podSpec }, "blog");

table("conflict-host-port", [
  [
    "two agents on the node's network",
    /agent's ports 14271\/TCP, 6831\/UDP, .* conflict with Deployment shop\/web.* another configuration that sets other/,
    { pod: onNode, others: [api({ containers: [{ name: "api" }], ...onNode }, "blog")], spec: selectAll },
  ],
  [
    "another workload on the node's network with the port",
    /port 14271\/TCP/,
    { pod: onNode, others: [ports({ containerPort: 14271 }, onNode)] },
  ],
  [
    "another workload's hostPort",
    /port 6831\/UDP/,
    { pod: onNode, others: [ports({ containerPort: 1, hostPort: 6831, protocol: "UDP" })] },
  ],
  [
    "workloads whose node selectors can match the same node",
    true,
    {
      pod: { ...onNode, nodeSelector: { zone: "a" } },
      others: [ports({ containerPort: 14271 }, { ...onNode, nodeSelector: { disk: "ssd" } })],
    },
  ],
  [
    "the port of another workload, if agent.ports can resolve the conflict",
    /Set another port in spec\.agent\.ports/,
    { pod: onNode, others: [ports({ containerPort: 14271 }, onNode)] },
  ],
  [
    "another workload's port, if the agent has another one",
    false,
    {
      pod: onNode,
      others: [ports({ containerPort: 14271 }, onNode)],
      spec: { agent: { ports: { admin: 14_272 } } },
    },
  ],
  ["a single agent on the node's network", false, { pod: onNode }],
  [
    "the same port number of another protocol",
    false,
    { pod: onNode, others: [ports({ containerPort: 6831 }, onNode)] },
  ],
  ["a port in another pod's own network", false, { pod: onNode, others: [ports({ containerPort: 14271 })] }],
  ["an agent in its pod's own network", false, { others: [ports({ containerPort: 14271 }, onNode)] }],
  [
    "another agent in its pod's own network",
    false,
    { pod: onNode, others: [api({ containers: [{ name: "api" }] })], spec: selectAll },
  ],
  [
    "a workload that isn't selected",
    false,
    { pod: onNode, others: [api({ containers: [{ name: "api" }], ...onNode })] },
  ],
  [
    "workloads that never run on the same node",
    false,
    {
      pod: { ...onNode, nodeSelector: { zone: "a" } },
      others: [ports({ containerPort: 14271 }, { ...onNode, nodeSelector: { zone: "b" } })],
    },
  ],
]);

const native = { agent: { native: true } };
const optedOut = { "sidecar.istio.io/inject": "true", "sidecar.istio.io/nativeSidecar": "false" };
table("warn-mesh-starts-after-agent", [
  ["a pod that opts out of Istio's native sidecar", /nativeSidecar: "false"/, { ...annotated(optedOut), spec: native }],
  [
    "a proxy that is an ordinary container",
    /"istio-proxy"/,
    { pod: { containers: [{ name: "web" }, { name: "istio-proxy" }] }, spec: native },
  ],
  ["an agent that is an ordinary container", false, annotated(optedOut)],
  [
    "a pod outside the mesh",
    false,
    { ...annotated({ ...optedOut, "sidecar.istio.io/inject": "false" }), spec: native },
  ],
  [
    "a pod that leaves the choice to Istio",
    false,
    { ...annotated({ "sidecar.istio.io/inject": "true" }), spec: native },
  ],
]);

const initContainer = (app: Mapping, agent: Mapping = {}, more: Mapping = {}): Case => ({
  pod: { initContainers: [{ name: "migrate", image: "shop/migrate:1.0", ...more }] },
  spec: { app, agent },
});
table("warn-init-container-before-agent", [
  ["a named init container", /"migrate"/, initContainer({ containers: ["migrate"] })],
  ["one before a native sidecar", /"migrate"/, initContainer({ containers: ["web", "migrate"] }, { native: true })],
  ["one that isn't named", false, initContainer({ containers: ["web"] })],
  ["one after the agent", false, initContainer({ containers: ["migrate"] }, { native: true, position: "first" })],
  ["init containers if no container is named", false, initContainer({})],
  [
    "one that is itself a native sidecar",
    false,
    initContainer({ containers: ["migrate"] }, {}, { restartPolicy: "Always" }),
  ],
]);

const named = (...containers: string[]) => ({ spec: { app: { containers } } });
table("warn-unknown-container", [
  ["a name that no workload has", /"wbe"/, named("web", "wbe")],
  ["each name once", /"wbe"/, { ...named("web", "wbe"), others: [{ ...web({}), metadata: { name: "api" } }] }],
  ["a container of the only workload", false, named("web")],
  ["an init container", false, initContainer({ containers: ["migrate"] })],
  ["no names", false, {}],
  ["names if no workload is selected", false, { spec: { selector: { names: ["api"] }, app: { containers: ["wbe"] } } }],
  [
    "names that a skipped workload has",
    false,
    { ...named("web"), metadata: { annotations: { "tracing-sidecar.dev/inject": "false" } } },
  ],
  [
    "names that a refused workload may have",
    false,
    {
      ...named("wbe"),
      spec: { app: { containers: ["wbe"] }, collector: { endpoint: "{namespace}" } },
      metadata: { namespace: undefined as unknown as string },
    },
  ],
]);

describe("state: absent reports nothing", () => {
  for (const [code, testCase] of [
    ["warn-bypasses-agent", env({ name: host, value: "elsewhere" })],
    ["conflict-host-port", { pod: onNode, others: [ports({ containerPort: 14271 }, onNode)] }],
  ] as const) {
    test(code, () => assert.deepEqual(find(code, { ...testCase, spec: { state: "absent" } }), []));
  }
});

describe("cost in line with the input", () => {
  /** Measures a run over workloads in one namespace, each with its own policy, autoscaler and Ingress. */
  function milliseconds(count: number): number {
    const items = Array.from({ length: count }, (_, i) => {
      const labels = { part: "shop", app: `web-${i}` };
      return [
        { ...web({ podMetadata: { labels }, pod: onNode }), metadata: { name: `web-${i}`, namespace: "shop" } },
        policy({ podSelector: { matchLabels: labels }, egress: [dns] }, `web-${i}`),
        scaled({ scaleTargetRef: { kind: "Deployment", name: `web-${i}` } }),
        { ...ingress(`web-${i}-jaeger-agent-tls`), metadata: { name: `web-${i}`, namespace: "shop" } },
        object("v1", "ResourceQuota", { name: `quota-${i}` }, { spec: { hard: { "requests.cpu": "1" } } }),
        peer({ selector: { matchLabels: labels }, ...strict }, "shop", `web-${i}`),
      ];
    }).flat();
    const functionConfig = {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: { selector: {}, agent: { type: "jaeger" }, ...certManager(), podMonitor: {} },
    };
    const input = JSON.stringify({
      apiVersion: "config.kubernetes.io/v1",
      kind: "ResourceList",
      items,
      functionConfig,
    });
    const start = process.cpuUsage();
    run(input);
    return process.cpuUsage(start).user / 1000;
  }

  test("takes at most twenty times as long for ten times the input", () => {
    milliseconds(100);
    const few = milliseconds(100);
    const many = milliseconds(1000);
    assert.ok(many < 20 * few + 200, `${few} ms for 100 workloads, ${many} ms for 1,000`);
  });
});
