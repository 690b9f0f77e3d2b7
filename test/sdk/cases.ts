import type { Mapping } from "../../src/yaml/value";
import type { Sdk } from "./programs";

/** A test case: an app's settings, and the expected result for its span. */
export interface Case {
  readonly name: string;
  /** The SDKs that it is run with, one after the other. */
  readonly sdks: readonly Sdk[];
  /** The app's own variables. A mapping is a value's source. */
  readonly env?: Readonly<Record<string, string | Mapping>>;
  /** The data of the ConfigMap `settings`. */
  readonly configMap?: Readonly<Record<string, string>>;
  /** The `envFrom` prefix for the ConfigMap's data. If omitted, the app has no `envFrom`. */
  readonly envFrom?: string;
  /** Annotations of the Deployment. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Metadata of the pod template. */
  readonly pod?: Mapping;
  /** `spec.agent` of the configuration; default: the OpenTelemetry Collector. */
  readonly agent?: Mapping;
  /** `spec.app` of the configuration; default: the preset `opentelemetry`. */
  readonly app?: Mapping;
  readonly expected: Expected;
}

/** The expected result for a span. */
export interface Expected {
  /**
   * `arrives`: the span arrives at the backend exactly once, and no warning names an SDK variable. `lost`: the span
   * doesn't arrive, and a warning says why. `arrives or warned`: either is accepted. `warned`: a warning is required,
   * but the span may still arrive: this SDK ignores the variable, or the variable is for another signal.
   */
  readonly span: "arrives" | "lost" | "warned" | "arrives or warned";
  /** A warning must name at least one of these variables. */
  readonly warning?: readonly string[];
  /** Attributes of the span's resource; `service.name` is `web` by default. */
  readonly resource?: Readonly<Record<string, string | RegExp>>;
  /** The text of an info result. */
  readonly info?: RegExp;
  /** If true, the SDK must not report a failed export. */
  readonly quiet?: boolean;
}

const otlp = "OTEL_EXPORTER_OTLP_";
const arrives: Expected = { span: "arrives" };

const lost = (...warning: readonly string[]): Expected => ({ span: "lost", warning });
const warned = (...warning: readonly string[]): Expected => ({ span: "warned", warning });
const arrivesOrWarned = (...warning: readonly string[]): Expected => ({ span: "arrives or warned", warning });
const arrivesWith = (resource: Readonly<Record<string, string | RegExp>>): Expected => ({ span: "arrives", resource });

/** Where a variable of the app comes from. */
const sources: Readonly<Record<string, (name: string, value: string) => Partial<Case>>> = {
  "an entry": (name, value) => ({ env: { [name]: value } }),
  "a ConfigMap's key": (name, value) => ({
    configMap: { setting: value },
    env: { [name]: { configMapKeyRef: { name: "settings", key: "setting" } } },
  }),
  envFrom: (name, value) => ({ configMap: { [name]: value }, envFrom: "" }),
};

/** Returns one case for each source of a variable. */
function fromEachSource(name: string, value: string, rest: Pick<Case, "sdks" | "expected">): Case[] {
  return Object.entries(sources).map(([source, from]) => ({
    name: `${name}=${value} from ${source}`,
    ...from(name, value),
    ...rest,
  }));
}

/** The protocol, from each source, with every SDK. */
const everySdk = ["go", "java", "javaagent", "node", "python"] as const;
const protocols: readonly Case[] = [
  { name: "no settings", sdks: everySdk, expected: arrives },
  ...fromEachSource(`${otlp}PROTOCOL`, "http/protobuf", { sdks: everySdk, expected: arrives }),
  ...fromEachSource(`${otlp}PROTOCOL`, "grpc", { sdks: everySdk, expected: arrives }),
  { name: "a variable of gRPC alone", sdks: everySdk, env: { [`${otlp}INSECURE`]: "true" }, expected: arrives },
];

/** The Go SDK sends OTLP over HTTP by default, and Python's over gRPC. */
const bothDefaults = ["go", "python"] as const;
const exporters: readonly Case[] = [
  ...fromEachSource(`${otlp}TRACES_PROTOCOL`, "grpc", { sdks: bothDefaults, expected: arrives }),
  ...fromEachSource(`${otlp}ENDPOINT`, "http://otel-collector.tracing.invalid:4317", {
    sdks: bothDefaults,
    expected: lost(`${otlp}ENDPOINT`),
  }),
  ...(
    [
      [{ PROTOCOL: "" }, arrivesOrWarned(`${otlp}PROTOCOL`)],
      [{ PROTOCOL: "grpc", TRACES_PROTOCOL: "http/protobuf" }, arrives],
      [{ PROTOCOL: "grpc", INSECURE: "true" }, arrives],
      [{ TRACES_INSECURE: "true" }, arrives],
      [{ INSECURE: "false" }, arrivesOrWarned(`${otlp}INSECURE`)],
      // Variables of other signals alone.
      [{ METRICS_ENDPOINT: "http://127.0.0.1:9090/api/v1/otlp/v1/metrics" }, arrives],
      [{ METRICS_PROTOCOL: "grpc" }, arrives],
      [{ METRICS_INSECURE: "true" }, arrives],
      [{ LOGS_PROTOCOL: "grpc" }, arrives],
      // Endpoints of the agent.
      [{ ENDPOINT: "http://localhost:4318", PROTOCOL: "http/protobuf" }, arrives],
      [{ ENDPOINT: "http://localhost:4317", PROTOCOL: "grpc" }, arrives],
      [{ ENDPOINT: "http://localhost:4318" }, arrivesOrWarned(`${otlp}ENDPOINT`)],
      [{ ENDPOINT: "http://localhost:4317" }, arrivesOrWarned(`${otlp}ENDPOINT`)],
      [{ ENDPOINT: "localhost:4317", PROTOCOL: "grpc" }, arrivesOrWarned(`${otlp}ENDPOINT`)],
      [{ ENDPOINT: "localhost:4318", PROTOCOL: "http/protobuf" }, lost(`${otlp}ENDPOINT`)],
      [{ ENDPOINT: "", PROTOCOL: "grpc" }, arrivesOrWarned(`${otlp}ENDPOINT`)],
      [{ TRACES_ENDPOINT: "http://localhost:4318/v1/traces", PROTOCOL: "http/protobuf" }, arrives],
      [{ TRACES_ENDPOINT: "http://localhost:4317", TRACES_PROTOCOL: "grpc" }, arrives],
      [{ TRACES_ENDPOINT: "http://localhost:4318" }, arrivesOrWarned(`${otlp}TRACES_ENDPOINT`)],
      [{ ENDPOINT: "http://otel.invalid:4318", TRACES_ENDPOINT: "http://localhost:4317", PROTOCOL: "grpc" }, arrives],
      // Endpoints that the agent doesn't answer.
      [{ TRACES_ENDPOINT: "http://localhost:4318", TRACES_PROTOCOL: "http/protobuf" }, lost(`${otlp}TRACES_ENDPOINT`)],
      [{ ENDPOINT: "http://localhost:4318/v1/traces", PROTOCOL: "http/protobuf" }, lost(`${otlp}ENDPOINT`)],
      [{ ENDPOINT: "http://localhost:4317", PROTOCOL: "http/protobuf" }, lost(`${otlp}ENDPOINT`, `${otlp}PROTOCOL`)],
      [{ ENDPOINT: "http://localhost:4318", PROTOCOL: "grpc" }, lost(`${otlp}ENDPOINT`, `${otlp}PROTOCOL`)],
      [{ ENDPOINT: "http://localhost:9411" }, lost(`${otlp}ENDPOINT`)],
      [{ TRACES_ENDPOINT: "http://otel.invalid:4318/v1/traces" }, lost(`${otlp}TRACES_ENDPOINT`)],
    ] as const
  ).map(([env, expected]) => exporterCase(env, expected)),
  {
    name: "a prefix, and an entry that replaces a variable of envFrom",
    sdks: bothDefaults,
    env: { [`${otlp}PROTOCOL`]: "grpc" },
    configMap: { PROTOCOL: "http/protobuf", METRICS_PROTOCOL: "http/protobuf" },
    envFrom: otlp,
    expected: arrives,
  },
  { name: "http/json", sdks: ["node"], env: { [`${otlp}PROTOCOL`]: "http/json" }, expected: arrives },
];

function exporterCase(env: Readonly<Record<string, string>>, expected: Expected): Case {
  const variables = Object.entries(env).map(([name, value]) => [otlp + name, value] as const);
  return {
    name: variables.map(([name, value]) => `${name}=${value}`).join(" "),
    sdks: bothDefaults,
    env: Object.fromEntries(variables),
    expected,
  };
}

const disabled = lost("OTEL_SDK_DISABLED");
const otherExporter = lost("OTEL_TRACES_EXPORTER");
const others: readonly Case[] = [
  { name: "OTEL_TRACES_EXPORTER=otlp", sdks: bothDefaults, env: { OTEL_TRACES_EXPORTER: "otlp" }, expected: arrives },
  {
    name: "OTEL_TRACES_EXPORTER=none",
    sdks: bothDefaults,
    env: { OTEL_TRACES_EXPORTER: "none" },
    expected: otherExporter,
  },
  {
    name: "OTEL_TRACES_EXPORTER=console",
    sdks: bothDefaults,
    env: { OTEL_TRACES_EXPORTER: "console" },
    expected: otherExporter,
  },
  {
    name: "OTEL_TRACES_EXPORTER=console,otlp",
    sdks: ["python", "node"],
    env: { OTEL_TRACES_EXPORTER: "console,otlp" },
    expected: arrives,
  },
  {
    name: "Zipkin's exporter",
    sdks: ["node"],
    env: { OTEL_TRACES_EXPORTER: "zipkin", OTEL_EXPORTER_ZIPKIN_ENDPOINT: "http://zipkin.invalid:9411/api/v2/spans" },
    expected: lost("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_ZIPKIN_ENDPOINT"),
  },
  {
    name: "OTEL_METRICS_EXPORTER=otlp, which the agent doesn't forward",
    sdks: bothDefaults,
    env: { OTEL_METRICS_EXPORTER: "otlp" },
    expected: warned("OTEL_METRICS_EXPORTER"),
  },
  ...fromEachSource("OTEL_SDK_DISABLED", "true", { sdks: ["node", "python"], expected: disabled }),
  {
    name: "OTEL_SDK_DISABLED=true, which the Go SDK ignores",
    sdks: ["go"],
    env: { OTEL_SDK_DISABLED: "true" },
    expected: warned("OTEL_SDK_DISABLED"),
  },
  { name: "OTEL_SDK_DISABLED=false", sdks: bothDefaults, env: { OTEL_SDK_DISABLED: "false" }, expected: arrives },
];

/** A case whose name is its variables. */
function envCase(sdks: Case["sdks"], env: Readonly<Record<string, string>>, expected: Expected): Case {
  const name = Object.entries(env).map(([variable, value]) => `${variable}=${value}`);
  return { name: name.join(" "), sdks, env, expected };
}

/** Values that some SDKs reject, so that they export nothing. */
const refused: readonly Case[] = (
  [
    // The Java SDK rejects empty values, even of other signals.
    [["java", "javaagent"], { [`${otlp}PROTOCOL`]: "" }],
    [["java"], { [`${otlp}ENDPOINT`]: "" }],
    [["java"], { [`${otlp}TRACES_PROTOCOL`]: "" }],
    [["java"], { [`${otlp}METRICS_ENDPOINT`]: "" }],
    [["java"], { [`${otlp}CERTIFICATE`]: "" }],
    [["java"], { [`${otlp}COMPRESSION`]: "" }],
    [["java"], { OTEL_TRACES_SAMPLER: "" }],
    [["python"], { OTEL_TRACES_EXPORTER: "" }],
    [["python"], { [`${otlp}INSECURE`]: "", [`${otlp}PROTOCOL`]: "grpc" }],
    [["python"], { [`${otlp}TIMEOUT`]: "", [`${otlp}PROTOCOL`]: "grpc" }],
    // Protocols that don't exist.
    [["go", "java", "python"], { [`${otlp}PROTOCOL`]: "http" }],
    [["go", "java", "python"], { [`${otlp}TRACES_PROTOCOL`]: "GRPC" }],
    [["go", "java"], { [`${otlp}PROTOCOL`]: "grpc\n" }],
    [["java", "python"], { [`${otlp}METRICS_PROTOCOL`]: "http" }],
    [["go", "java", "python"], { OTEL_TRACES_EXPORTER: "otlp,none" }],
    [["java", "javaagent"], { OTEL_RESOURCE_ATTRIBUTES: "team=a,b" }],
    [["java"], { [`${otlp}HEADERS`]: "Bearer" }],
    [["java"], { OTEL_TRACES_SAMPLER_ARG: "10", OTEL_TRACES_SAMPLER: "traceidratio" }],
    [["java"], { [`${otlp}ENDPOINT`]: "localhost:4317", [`${otlp}INSECURE`]: "true" }],
    // Samplers that drop every span.
    [["go", "java", "node", "python"], { OTEL_TRACES_SAMPLER: "always_off" }],
    [["go", "java", "node", "python"], { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0" }],
  ] as const
).map(([sdks, env]) => envCase(sdks, env, lost(...Object.keys(env))));

/** The same kinds of values where every SDK accepts them. */
const accepted: readonly Case[] = [
  ...["HEADERS", "TIMEOUT", "INSECURE"].map((name) => ({ [otlp + name]: "" })),
  { OTEL_RESOURCE_ATTRIBUTES: "team=a, ,b=" },
  { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "1.0" },
  { OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", [`${otlp}PROTOCOL`]: "" },
].map((env) => envCase(["java", "python"], env, arrives));

const named = ["go", "node"] as const;
const serviceName = "resource.opentelemetry.io/service.name";
const identities: readonly Case[] = [
  {
    name: "the workload's name",
    sdks: everySdk,
    expected: arrivesWith({
      "service.name": "web",
      "service.namespace": "shop",
      "service.instance.id": "shop.web-5d4f6c7b8-x2x2x.web",
    }),
  },
  ...fromEachSource("OTEL_SERVICE_NAME", "cart", { sdks: named, expected: arrivesWith({ "service.name": "cart" }) }),
  ...fromEachSource("OTEL_RESOURCE_ATTRIBUTES", "service.name=cart,team=a", {
    sdks: named,
    expected: arrivesWith({ "service.name": "cart", team: "a" }),
  }),
  ...fromEachSource("OTEL_RESOURCE_ATTRIBUTES", "team=a", {
    sdks: named,
    expected: arrivesWith({ "service.name": "web", team: "a" }),
  }),
  {
    name: "both name the service",
    sdks: named,
    env: { OTEL_SERVICE_NAME: "cart", OTEL_RESOURCE_ATTRIBUTES: "service.name=other" },
    expected: arrivesWith({ "service.name": "cart" }),
  },
  {
    name: "the pod's annotation",
    sdks: named,
    pod: { annotations: { [serviceName]: "orders" } },
    annotations: { [serviceName]: "other" },
    expected: arrivesWith({ "service.name": "orders" }),
  },
  {
    name: "the workload's annotation",
    sdks: named,
    annotations: { [serviceName]: "orders" },
    expected: arrivesWith({ "service.name": "orders" }),
  },
  {
    name: "the pod's annotation for the namespace",
    sdks: named,
    pod: { annotations: { "resource.opentelemetry.io/service.namespace": "retail" } },
    expected: arrivesWith({ "service.namespace": "retail" }),
  },
  {
    name: "the annotation, and the app's own name",
    sdks: named,
    env: { OTEL_SERVICE_NAME: "cart" },
    pod: { annotations: { [serviceName]: "orders" } },
    expected: arrivesWith({ "service.name": "cart" }),
  },
  {
    name: "labels, which are not asked for",
    sdks: named,
    pod: { labels: { "app.kubernetes.io/name": "other" } },
    expected: arrives,
  },
  {
    name: "labels, which are asked for",
    sdks: named,
    pod: { labels: { "app.kubernetes.io/name": "other", "app.kubernetes.io/instance": "orders" } },
    app: { presets: ["opentelemetry"], identity: { fromLabels: true } },
    expected: arrivesWith({ "service.name": "orders" }),
  },
  {
    name: "no identity",
    sdks: named,
    app: { presets: ["opentelemetry"], identity: "none" },
    expected: arrivesWith({ "service.name": /^unknown_service/ }),
  },
  {
    name: "the app's own POD_NAME",
    sdks: named,
    env: { POD_NAME: "my-static-name" },
    expected: arrivesWith({ "service.name": "web", "service.instance.id": "shop.web-5d4f6c7b8-x2x2x.web" }),
  },
];

/** The Java agent exports metrics and logs by default. */
const signals: readonly Case[] = [
  {
    name: "other signals are left",
    sdks: ["javaagent"],
    expected: { span: "arrives", info: /metrics.*logs|otherSignals/ },
  },
  {
    name: "other signals are disabled",
    sdks: ["javaagent", "python"],
    app: { presets: ["opentelemetry"], otherSignals: "disable" },
    expected: { span: "arrives", quiet: true },
  },
  {
    name: "the agent accepts the other signals",
    sdks: ["javaagent", "python"],
    agent: { type: "otelcol", signals: ["traces", "metrics", "logs"] },
    expected: { span: "arrives", quiet: true },
  },
  ...["PROTOCOL", "TRACES_PROTOCOL"].map(
    (name): Case => ({
      name: `the agent accepts the other signals: ${otlp}${name}=grpc`,
      sdks: ["javaagent"],
      env: { [otlp + name]: "grpc" },
      agent: { type: "otelcol", signals: ["traces", "metrics", "logs"] },
      expected: { span: "arrives", quiet: true },
    }),
  ),
];

/** The Jaeger agent doesn't accept OTLP. */
const withoutOtlp = [{ OTEL_TRACES_EXPORTER: "otlp" }, { [`${otlp}PROTOCOL`]: "grpc" }].map(
  (env): Case => ({
    ...envCase(["node"], env, lost(...Object.keys(env))),
    agent: { type: "jaeger" },
    app: { presets: [] },
  }),
);

/** Jaeger's SDK samples one trace in a thousand by default. */
const sampled = { JAEGER_SAMPLER_TYPE: "const", JAEGER_SAMPLER_PARAM: "1" };
const jaeger: readonly Case[] = ["jaeger", "otelcol"].flatMap((type) =>
  (
    [
      ["no settings", {}, arrives],
      ["its own name", { JAEGER_SERVICE_NAME: "cart" }, arrivesWith({ "service.name": "cart" })],
      ["the pod's annotation", {}, arrivesWith({ "service.name": "orders" }), { [serviceName]: "orders" }],
      ["another agent", { JAEGER_AGENT_HOST: "jaeger.invalid" }, lost("JAEGER_AGENT_HOST")],
      ["another port", { JAEGER_AGENT_PORT: "16831" }, lost("JAEGER_AGENT_PORT")],
      ["disabled", { JAEGER_DISABLED: "true" }, lost("JAEGER_DISABLED")],
      ["the collector", { JAEGER_ENDPOINT: "http://jaeger.invalid:14268/api/traces" }, lost("JAEGER_ENDPOINT")],
    ] as const
  ).map(
    ([name, env, expected, annotations = {}]): Case => ({
      name: `Jaeger's SDK with the agent type ${type}: ${name}`,
      sdks: ["jaeger-go"],
      env: { ...sampled, ...env },
      pod: { annotations },
      agent: { type },
      app: { presets: ["jaeger"] },
      expected,
    }),
  ),
);

/** Agents that leave all default ports to the app. */
const ports: readonly Case[] = [
  ...["http/protobuf", "grpc"].map(
    (protocol): Case => ({
      name: `OTLP with ${protocol}`,
      sdks: bothDefaults,
      env: { [`${otlp}PROTOCOL`]: protocol },
      agent: {
        type: "otelcol",
        ports: {
          metrics: 18888,
          health: 18133,
          otlpGrpc: 14317,
          otlpHttp: 14318,
          jaegerCompact: 16831,
          jaegerBinary: 16832,
        },
      },
      expected: arrives,
    }),
  ),
  ...[
    {
      type: "jaeger",
      ports: { admin: 18271, sampling: 18778, jaegerCompact: 16831, jaegerBinary: 16832, zipkinCompact: 18775 },
    },
    { type: "otelcol", ports: { jaegerCompact: 16831, jaegerBinary: 16832 } },
  ].map(
    (agent): Case => ({
      name: `Jaeger's SDK with the agent type ${agent.type}`,
      sdks: ["jaeger-go"],
      env: sampled,
      agent,
      app: { presets: ["jaeger"] },
      expected: arrives,
    }),
  ),
];

/** Every case, by what it is about. */
export const cases: Readonly<Record<string, readonly Case[]>> = {
  protocols,
  exporters,
  "other variables": others,
  "refused values": [...refused, ...accepted],
  identities,
  signals,
  "an agent without OTLP": withoutOtlp,
  jaeger,
  "other ports": ports,
};
