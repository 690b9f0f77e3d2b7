import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run } from "../../src/pipeline/run";
import type { Mapping } from "../../src/yaml/value";
import { resultsOf } from "../support/fixture";

/*
 * Settings of an app that lose its spans with some or all SDKs. Next to each is one that must not be reported. `test/sdk/`
 * shows them with real SDKs.
 */

interface Case {
  /** The container's variables. A mapping is a value's source. */
  readonly env?: Readonly<Record<string, string | Mapping>>;
  readonly envFrom?: readonly Mapping[];
  readonly agent?: Mapping;
  readonly app?: Mapping;
  readonly others?: readonly Mapping[];
}

const codes = ["warn-bypasses-agent", "warn-agent-rejects-spans", "notice-protocol-unknown", "notice-sdk-config-file"];

/** Returns the findings about an app's spans, as `code: message`. The code of most is left out: `warn-bypasses-agent`. */
function findingsOf({ env = {}, envFrom = [], agent = {}, app = {}, others = [] }: Case): string[] {
  const entries = Object.entries(env).map(([name, value]) =>
    typeof value === "string" ? { name, value } : { name, valueFrom: value },
  );
  const container = { name: "web", image: "shop/web:1.0", env: entries, envFrom };
  const list = {
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items: [
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace: "shop" },
        spec: { selector: {}, template: { spec: { containers: [container] } } },
      },
      ...others,
    ],
    functionConfig: {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: {
        selector: {},
        collector: { endpoint: "collector:4317" },
        agent: { type: "otelcol", ...agent },
        app: { presets: agent["type"] === "jaeger" ? ["jaeger"] : ["opentelemetry"], ...app },
      },
    },
  };
  const found = resultsOf(run(JSON.stringify(list))).filter(({ tags }) => codes.includes(tags?.code ?? ""));
  for (const { message, severity, tags } of found) {
    assert.equal(severity, tags?.code?.startsWith("notice-") ? "info" : "warning");
    assert.match(message, /^[A-Z].*\.$/);
    assert.doesNotMatch(message, /\n|s3cret/);
  }
  return found.map(({ message, tags }) => (tags?.code === codes[0] ? message : `${tags?.code}: ${message}`));
}

/** Tests that each case has the expected findings, in their order. */
function table(title: string, cases: readonly [name: string, testCase: Case, ...expected: RegExp[]][]): void {
  describe(title, () => {
    for (const [name, testCase, ...expected] of cases) {
      test(name, () => {
        const found = findingsOf(testCase);
        assert.equal(found.length, expected.length, found.join("\n"));
        for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? "", pattern);
      });
    }
  });
}

const otlp = (settings: Readonly<Record<string, string | Mapping>>): Case => ({
  env: Object.fromEntries(Object.entries(settings).map(([name, value]) => [`OTEL_EXPORTER_OTLP_${name}`, value])),
});
const otel = (settings: Readonly<Record<string, string | Mapping>>): Case => ({
  env: Object.fromEntries(Object.entries(settings).map(([name, value]) => [`OTEL_${name}`, value])),
});
const secret = { secretKeyRef: { name: "s", key: "k" } };
const onlyTraces = { METRICS_EXPORTER: "none", LOGS_EXPORTER: "none" };

table("a variable that is empty", [
  [
    "turns the Java SDK off",
    otlp({ PROTOCOL: "" }),
    /^Container "web" exports no spans with the Java SDK: OTEL_EXPORTER_OTLP_PROTOCOL is empty\. Remove the variable\.$/,
  ],
  [
    "turns it off from a ConfigMap",
    { envFrom: [{ configMapRef: { name: "s" } }], others: [settings()] },
    /Java.*\(from/,
  ],
  ["turns it off for an endpoint", otlp({ ENDPOINT: "" }), /OTLP_ENDPOINT is empty/],
  ["turns it off for traces alone", otlp({ TRACES_PROTOCOL: "" }), /OTLP_TRACES_PROTOCOL is empty/],
  ["turns it off for metrics alone", otlp({ METRICS_ENDPOINT: "" }), /OTLP_METRICS_ENDPOINT is empty/],
  ["turns it off for a sampler", otel({ TRACES_SAMPLER: "" }), /OTEL_TRACES_SAMPLER is empty/],
  ["turns it off for a certificate", otlp({ CERTIFICATE: "" }), /OTLP_CERTIFICATE is empty/],
  ["doesn't matter if no signal uses it", otel({ ...onlyTraces, EXPORTER_OTLP_PROTOCOL: "" })],
  ["doesn't matter if metrics aren't exported", otel({ ...onlyTraces, EXPORTER_OTLP_METRICS_ENDPOINT: "" })],
  [
    "may not matter if a source that isn't in the input can turn the signal off",
    { ...otlp({ METRICS_ENDPOINT: "" }), envFrom: [{ secretRef: { name: "unknown" } }] },
  ],
  ["doesn't matter where SDKs treat it as unset", otlp({ HEADERS: "", TIMEOUT: "", INSECURE: "" })],
  ["doesn't matter to an agent that doesn't accept OTLP", { ...otlp({ PROTOCOL: "" }), agent: { type: "jaeger" } }],
  ["turns off Python's export", otel({ TRACES_EXPORTER: "" }), /with the Python SDK: OTEL_TRACES_EXPORTER is empty/],
  [
    "breaks gRPC in Python",
    otlp({ PROTOCOL: "grpc", INSECURE: "" }),
    /with the Python SDK: OTEL_EXPORTER_OTLP_INSECURE is empty/,
  ],
]);

function settings(): Mapping {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "s", namespace: "shop" },
    data: { OTEL_EXPORTER_OTLP_PROTOCOL: "" },
  };
}

table("a protocol", [
  [
    "that doesn't exist",
    otlp({ PROTOCOL: "http" }),
    /with some SDKs, such as the Java SDK: OTEL_EXPORTER_OTLP_PROTOCOL must be exactly grpc, http\/protobuf, or http\/json\. Change/,
  ],
  ["in uppercase", otlp({ PROTOCOL: "GRPC" }), /must be exactly grpc/],
  ["with a line break", otlp({ TRACES_PROTOCOL: "grpc\n" }), /OTLP_TRACES_PROTOCOL must be exactly grpc/],
  ["of metrics that doesn't exist", otlp({ METRICS_PROTOCOL: "http" }), /OTLP_METRICS_PROTOCOL must be exactly/],
  [
    "in uppercase, with the endpoint for gRPC",
    otlp({ PROTOCOL: "GRPC", ENDPOINT: "http://localhost:4317" }),
    /exactly/,
  ],
  ["of metrics that aren't exported", otel({ ...onlyTraces, EXPORTER_OTLP_METRICS_PROTOCOL: "http" })],
  ["that some SDKs have", otlp({ PROTOCOL: "http/json" })],
  [
    "that Python's exporter doesn't read",
    otel({ ...onlyTraces, TRACES_EXPORTER: "otlp_proto_http", EXPORTER_OTLP_PROTOCOL: "http" }),
  ],
  [
    "that isn't known",
    otlp({ PROTOCOL: secret }),
    /^notice-protocol-unknown: Container "web" gets no endpoint for its spans, because the value of OTEL_EXPORTER_OTLP_PROTOCOL isn't known\. Set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT to "http:\/\/127\.0\.0\.1:4317" for gRPC, or to "http:\/\/127\.0\.0\.1:4318\/v1\/traces" for HTTP\.$/,
  ],
  [
    "that isn't known, from a ConfigMap",
    otlp({ TRACES_PROTOCOL: { configMapKeyRef: { name: "s", key: "k" } } }),
    /OTLP_TRACES_PROTOCOL \(from ConfigMap "s"\) isn't known/,
  ],
  ["that isn't known, with an endpoint", otlp({ PROTOCOL: secret, ENDPOINT: "http://localhost:4318" })],
  ["that isn't known, without the preset", { ...otlp({ PROTOCOL: secret }), app: { presets: [] } }],
  [
    "that isn't known, if no spans are exported",
    otel({ TRACES_EXPORTER: secret, EXPORTER_OTLP_PROTOCOL: secret }),
    /unknown/,
  ],
]);

table("exporters", [
  [
    "otlp and none",
    otel({ TRACES_EXPORTER: "otlp,none" }),
    /with some SDKs, such as the Java SDK: OTEL_TRACES_EXPORTER contains none in addition to otlp\. Remove none from it\.$/,
  ],
  ["otlp and none of metrics", otel({ METRICS_EXPORTER: "none, otlp" }), /OTEL_METRICS_EXPORTER contains none/],
  ["otlp and console", otel({ TRACES_EXPORTER: "otlp,console" })],
  ["none of metrics", otel(onlyTraces)],
]);

table("a sampler", [
  [
    "that drops every span",
    otel({ TRACES_SAMPLER: "always_off" }),
    /sends no spans: OTEL_TRACES_SAMPLER selects a sampler that drops all of them\. Remove/,
  ],
  ["that keeps none", otel({ TRACES_SAMPLER: "traceidratio", TRACES_SAMPLER_ARG: "0.0" }), /sends no spans/],
  ["that keeps one in ten", otel({ TRACES_SAMPLER: "traceidratio", TRACES_SAMPLER_ARG: "0.1" })],
  ["that keeps all by default", otel({ TRACES_SAMPLER: "traceidratio" })],
  ["that keeps what other services sampled", otel({ TRACES_SAMPLER: "parentbased_always_off" })],
  [
    "that keeps what other services sampled, and no other",
    otel({ TRACES_SAMPLER: "parentbased_traceidratio", TRACES_SAMPLER_ARG: "0" }),
  ],
  ["whose argument isn't known", otel({ TRACES_SAMPLER: "traceidratio", TRACES_SAMPLER_ARG: secret })],
  [
    "with a percentage",
    otel({ TRACES_SAMPLER: "parentbased_traceidratio", TRACES_SAMPLER_ARG: "10" }),
    /the Java SDK: OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1\. Change the value\.$/,
  ],
  ["with the argument of another", otel({ TRACES_SAMPLER: "jaeger_remote", TRACES_SAMPLER_ARG: "endpoint=x" })],
]);

table("pairs", [
  [
    "without a value",
    otel({ RESOURCE_ATTRIBUTES: "team=a,s3cret" }),
    /the Java SDK: OTEL_RESOURCE_ATTRIBUTES has an entry that isn't of the form name=value\. Correct the entry\.$/,
  ],
  ["without a name", otel({ RESOURCE_ATTRIBUTES: "=a" }), /RESOURCE_ATTRIBUTES/],
  ["of headers", otlp({ HEADERS: "Bearer s3cret" }), /OTEL_EXPORTER_OTLP_HEADERS has an entry/],
  ["that are right", otel({ RESOURCE_ATTRIBUTES: " team=a=b, , empty=,", EXPORTER_OTLP_HEADERS: "a=b" })],
  ["that aren't known", otel({ RESOURCE_ATTRIBUTES: secret })],
]);

table("an endpoint without a scheme", [
  [
    "if TLS is turned off",
    otlp({ ENDPOINT: "localhost:4317", INSECURE: "true" }),
    /can't send spans to the agent with some SDKs: OTEL_EXPORTER_OTLP_ENDPOINT must start with http:\/\/\. Add the scheme\.$/,
  ],
  ["that has one", otlp({ ENDPOINT: "http://localhost:4317", INSECURE: "true" })],
]);

table("an agent that doesn't accept OTLP, and", [
  [
    "the exporter otlp",
    { ...otel({ TRACES_EXPORTER: "otlp" }), agent: { type: "jaeger" } },
    /can't send spans to the agent: OTEL_TRACES_EXPORTER is for OTLP\. This agent doesn't accept OTLP\. Send spans/,
  ],
  ["a protocol", { ...otlp({ PROTOCOL: "grpc" }), agent: { type: "jaeger" } }, /OTLP_PROTOCOL is for OTLP/],
  ["an endpoint", { ...otlp({ ENDPOINT: "http://localhost:4317" }), agent: { type: "jaeger" } }, /port 4317, which/],
  ["the exporter jaeger", { ...otel({ TRACES_EXPORTER: "jaeger" }), agent: { type: "jaeger" } }],
  ["both exporters", { ...otel({ TRACES_EXPORTER: "otlp,jaeger" }), agent: { type: "jaeger" } }],
  ["a protocol of metrics", { ...otlp({ METRICS_PROTOCOL: "grpc" }), agent: { type: "jaeger" } }],
  [
    "a protocol that no exporter reads",
    { ...otel({ TRACES_EXPORTER: "none", EXPORTER_OTLP_PROTOCOL: "grpc" }), agent: { type: "jaeger" } },
  ],
]);

const config = (patch: Mapping): Mapping => ({ config: patch });
const tls = { cert_file: "/tls.crt", key_file: "/tls.key" };
const toHttp = { protocols: { http: { tls } } };
const toBoth = { protocols: { http: { tls }, grpc: { tls } } };

table("an agent's receiver", [
  [
    "in no traces pipeline",
    { agent: config({ service: { pipelines: { traces: { receivers: ["jaeger"] } } } }) },
    /^warn-agent-rejects-spans: .*spec\.agent\.config: The agent rejects spans sent over OTLP: its receiver "otlp" isn't in a traces pipeline\. Add it to/,
  ],
  [
    "in another traces pipeline",
    {
      agent: config({
        service: { pipelines: { traces: { receivers: ["jaeger"] }, "traces/otlp": { receivers: ["otlp"] } } },
      }),
    },
  ],
  [
    "in no traces pipeline, if the app sends them by Jaeger's protocol",
    {
      ...otel({ TRACES_EXPORTER: "jaeger" }),
      agent: config({ service: { pipelines: { traces: { receivers: ["jaeger"] } } } }),
    },
  ],
  [
    "with TLS on every port",
    { agent: config({ receivers: { otlp: toBoth } }) },
    /^warn-agent-rejects-spans: .*spec\.agent\.config: The preset "opentelemetry" adds no endpoint: .* Remove tls from the receiver/,
  ],
  [
    "with TLS, and an endpoint of the app's own",
    {
      ...otlp({ ENDPOINT: "https://localhost:4318", CERTIFICATE: "/ca.crt" }),
      agent: config({ receivers: { otlp: toBoth } }),
    },
  ],
  ["with TLS, without the preset", { agent: config({ receivers: { otlp: toBoth } }), app: { presets: [] } }],
  ["with TLS on one port, so that the other is used", { agent: config({ receivers: { otlp: toHttp } }) }],
]);

table("a file with the SDK's configuration", [
  [
    "replaces all variables",
    otel({ CONFIG_FILE: "/etc/otel.yaml", EXPORTER_OTLP_ENDPOINT: "http://elsewhere:4318", SDK_DISABLED: "true" }),
    /^notice-sdk-config-file: Container "web" configures its SDK with a file \(OTEL_CONFIG_FILE\)\..* Make sure that .* to 127\.0\.0\.1:4318\.$/,
  ],
  ["by its earlier name", otel({ EXPERIMENTAL_CONFIG_FILE: "/etc/otel.yaml" }), /\(OTEL_EXPERIMENTAL_CONFIG_FILE\)/],
  ["that is empty", otel({ CONFIG_FILE: "" })],
  ["doesn't matter to an agent without OTLP", { ...otel({ CONFIG_FILE: "/x" }), agent: { type: "jaeger" } }],
]);

table("a Jaeger SDK", [
  ["that is disabled", { env: { JAEGER_DISABLED: "TRUE" } }, /sends no spans: JAEGER_DISABLED is true\. Remove/],
  ["that isn't disabled", { env: { JAEGER_DISABLED: "false" } }],
  [
    "that samples only what other services sampled",
    { env: { JAEGER_SAMPLER_TYPE: "const", JAEGER_SAMPLER_PARAM: "0" } },
  ],
  [
    "that is disabled, if the agent doesn't accept its protocol",
    { env: { JAEGER_DISABLED: "true" }, agent: config({ receivers: { jaeger: null } }) },
  ],
]);
