import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run } from "../../src/pipeline/run";
import { agentTypeOf } from "../../src/plan/agents/index";
import { get, type Mapping } from "../../src/yaml/value";
import { collectorConfigOf } from "../support/collector-config";
import { accepted, neverConnects, refusedAtStart } from "../support/collector-endpoints";
import { configured, partsOf } from "../support/configured";

/*
 * The checks of the collector's endpoint, and the endpoint that an agent really sends to.
 */

/** An endpoint and the settings of the agent and of TLS. */
interface Case {
  readonly endpoint: string;
  readonly agent: Mapping;
  readonly tls?: Mapping;
}

const configurationOf = ({ endpoint, agent, tls }: Case) =>
  configured({ agent, collector: { endpoint, ...(tls === undefined ? {} : { tls }) } });

function findingsOf(testCase: Case) {
  const configuration = configurationOf(testCase);
  return agentTypeOf(configuration).checkEndpoint(configuration);
}

/** Returns the codes of the findings about an endpoint. */
const codesOf = (endpoint: string, agent: Mapping, tls?: Mapping) =>
  findingsOf({ endpoint, agent, ...(tls === undefined ? {} : { tls }) }).map(({ code }) => code);
const messageOf = (endpoint: string, agent: Mapping, tls?: Mapping) =>
  findingsOf({ endpoint, agent, ...(tls === undefined ? {} : { tls }) })
    .map(({ message }) => message)
    .join("\n");

const invalid = ["invalid-config"];
const image = (version: string): Mapping => ({ type: "otelcol", image: `otel/opentelemetry-collector:${version}` });
const otelcol = image("0.165.0");
const jaeger = (minor = 62, rest: Mapping = {}): Mapping => ({
  type: "jaeger",
  image: `jaegertracing/jaeger-agent:1.${minor}.0`,
  ...rest,
});

describe("the Collector", () => {
  test("accepts what it can connect to", () => {
    for (const endpoint of accepted) assert.deepEqual(codesOf(endpoint, otelcol), [], endpoint);
  });

  test("warns about its own port", () => {
    for (const endpoint of ["127.0.0.1:4317", "localhost:4317", "dns:///localhost:4317", ":4317"])
      assert.match(
        messageOf(endpoint, otelcol),
        /is the agent's own port 4317, so the agent sends every span to itself/,
      );
    for (const endpoint of ["127.0.0.1:4319", "[::1]:4317", "10.0.0.1:4317"])
      assert.deepEqual(codesOf(endpoint, otelcol), [], endpoint);
    assert.deepEqual(codesOf("localhost:4317", { ...otelcol, ports: { otlpGrpc: 4319 } }), []);
    assert.deepEqual(codesOf("localhost:4319", { ...otelcol, ports: { otlpGrpc: 4319 } }), ["warn-collector-endpoint"]);
  });

  test("rejects what it doesn't start with, and what gRPC can't connect to", () => {
    for (const endpoint of [...refusedAtStart, ...neverConnects])
      assert.deepEqual(codesOf(endpoint, otelcol), invalid, endpoint);
  });

  test("reports what is wrong and a valid endpoint", () => {
    const table: [string, RegExp][] = [
      ["collector", /^has no port, which OpenTelemetry Collector 0\.165 requires\. Add the/],
      ["https://collector", /has no port.* "https:\/\/otel-collector:4317"\.$/],
      ["grpc://c:1", /starts with "grpc:\/\/", which OpenTelemetry Collector 0\.165 doesn't support\. Use an address/],
      ["dns://c:1", /starts with "dns:\/\/" instead of "dns:\/\/\/"\. .* "dns:\/\/\/otel-collector:4317"\.$/],
      ["dns:c:1", /starts with "dns:" instead of "dns:\/\/\/"\. /],
      ["unix:/run/socket", /starts with "unix:\/" instead of "unix:\/\/\/"\. /],
      ["HTTP://c:1", /starts with "HTTP:\/\/", which OpenTelemetry Collector 0\.165 doesn't support/],
      ["c:65536", /must be a host and a port number from 1 to 65535\. Use an address such as "dns:\/\/\//],
      ["c:otlp", /must be a host and a port number from 1 to 65535\. /],
      ["::1", /must have an IPv6 address in brackets, as in \[::1\]:4317\. /],
      ["dns:///::1:4317", /must have an IPv6 address in brackets/],
      ["a:1,b:1", /must be a single host and port, not a list\. Use an address such as "dns:\/\/\//],
      [
        "dns:///c:1/v1/traces",
        /must be a single host and port, without a path or user\. Use an address such as "dns:\/\/\//,
      ],
    ];
    for (const [endpoint, expected] of table) assert.match(messageOf(endpoint, otelcol), expected);
  });

  test("never quotes a password", () => {
    const endpoints = ["https://u:s3cret@c:1", "u:s3cret@c:1", "grpc://u:s3cret@c:1", "dns://u:s3cret@8.8.8.8/c"];
    for (const endpoint of endpoints) {
      assert.deepEqual(codesOf(endpoint, otelcol), invalid);
      assert.doesNotMatch(messageOf(endpoint, otelcol), /s3cret/);
    }
  });

  test("accepts templates in a host, but not instead of a port", () => {
    for (const endpoint of ["{name}:4317", "dns:///c.{namespace}.svc:4317", "https://{name}-c.{namespace}:443"])
      assert.deepEqual(codesOf(endpoint, otelcol), [], endpoint);
    for (const endpoint of ["collector:{name}", "{name}", "{name}://collector:4317"])
      assert.deepEqual(codesOf(endpoint, otelcol), invalid, endpoint);
  });

  // The check of the Collector changed in 0.98, 0.99, 0.136 and 0.151. Before 0.98, gRPC alone reads the endpoint.
  const history: [string, Readonly<Record<string, readonly string[]>>][] = [
    ["dns:///collector:4317", { "0.73.0": [], "0.97.0": [], "0.98.0": invalid, "0.99.0": [], "0.165.0": [] }],
    ["dns:///collector", { "0.97.0": ["notice-default-port"], "0.99.0": invalid }],
    ["dns:collector:4317", { "0.97.0": [], "0.99.0": invalid }],
    ["collector", { "0.97.0": invalid, "0.98.0": invalid }],
    ["http://collector", { "0.97.0": invalid, "0.98.0": invalid }],
    ["collector:https", { "0.97.0": [], "0.98.0": invalid }],
    ["unix:///run/socket", { "0.97.0": [], "0.98.0": invalid, "0.135.0": invalid, "0.136.0": [] }],
    ["passthrough:///c:4317", { "0.97.0": [], "0.98.0": invalid, "0.150.0": invalid, "0.151.0": [] }],
  ];
  for (const [endpoint, versions] of history) {
    test(`reads ${endpoint} as each version does`, () => {
      for (const [version, codes] of Object.entries(versions))
        assert.deepEqual(codesOf(endpoint, image(version)), codes, version);
    });
  }

  test("warns about the usual port of another protocol", () => {
    assert.deepEqual(codesOf("collector:14250", otelcol), ["warn-collector-endpoint"]);
    assert.match(
      messageOf("dns:///c:14250", otelcol),
      /has port 14250, which is usually for Jaeger's own gRPC protocol/,
    );
    assert.match(
      messageOf("https://c:4318", otelcol),
      /OTLP over HTTP, .* the collector's port for that protocol, usually 4317, or set spec\.agent\.protocol to "http"\.$/,
    );
    for (const port of [4317, 443, 14251]) assert.deepEqual(codesOf(`collector:${port}`, otelcol), []);
  });

  test("warns about http:// with TLS", () => {
    assert.deepEqual(codesOf("http://c:1", otelcol, {}), ["warn-collector-endpoint"]);
    assert.match(messageOf("http://c:1", otelcol, {}), /but the agent uses TLS, because spec\.collector\.tls is set/);
    assert.deepEqual(codesOf("http://c:1", otelcol), []);
    assert.deepEqual(codesOf("https://c:1", otelcol, {}), []);
    assert.deepEqual(codesOf("c:1", otelcol, {}), []);
    const config = { exporters: { otlp_grpc: { tls: { insecure: true } } } };
    assert.deepEqual(codesOf("http://c:1", { ...otelcol, config }, {}), []);
  });

  test("uses TLS for https://, also in what it renders", () => {
    const tlsOf = (endpoint: string, version: string, tls?: Mapping) => {
      const testCase = { endpoint, agent: image(version), ...(tls === undefined ? {} : { tls }) };
      const exporters = get(collectorConfigOf(partsOf(configurationOf(testCase)).container), "exporters") as Mapping;
      return get(Object.values(exporters)[0], "tls");
    };
    assert.deepEqual(tlsOf("https://c:1", "0.165.0"), { insecure: false });
    assert.deepEqual(tlsOf("http://c:1", "0.165.0"), { insecure: true });
    assert.deepEqual(tlsOf("c:1", "0.140.0"), { insecure: true });
    assert.deepEqual(tlsOf("https://c:1", "0.165.0", {}), {});
  });

  describe("reports nothing about an endpoint that it doesn't use", () => {
    const exporters = (settings: Mapping | null) => ({ config: { exporters: { otlp_grpc: settings } } });
    const pipelines = { traces: { exporters: ["otlp_http"] } };
    const table: [string, Mapping][] = [
      ["another endpoint", exporters({ endpoint: "other:4317" })],
      ["no exporter", exporters(null)],
      ["more configuration", { args: ["--config=/etc/more.yaml"] }],
      ["a setting", { args: ["--set", "exporters.otlp_grpc.endpoint=c:1"] }],
    ];
    for (const [name, agent] of table) {
      test(name, () => {
        assert.deepEqual(codesOf("grpc://c:14250", { ...otelcol, ...agent }), []);
        assert.equal(
          partsOf(configurationOf({ endpoint: "c:1", agent: { ...otelcol, ...agent } })).endpoint,
          undefined,
        );
      });
    }

    test("but the Collector checks it even if no pipeline uses it", () => {
      const agent = {
        ...otelcol,
        config: { exporters: { otlp_http: { endpoint: "https://c" } }, service: { pipelines } },
      };
      assert.deepEqual(codesOf("grpc://c:14250", agent), invalid);
      assert.deepEqual(codesOf("c:14250", agent), []);
      assert.equal(partsOf(configurationOf({ endpoint: "c:1", agent })).endpoint, undefined);
    });

    test("and reports it if other settings are changed", () => {
      const agent = { ...otelcol, ...exporters({ compression: "none" }), args: ["--feature-gates=x"] };
      assert.deepEqual(codesOf("grpc://c:14250", agent), invalid);
      assert.equal(partsOf(configurationOf({ endpoint: "$c:1", agent })).endpoint, "$c:1");
    });
  });

  test("is checked only if its version is known", () => {
    assert.deepEqual(codesOf("collector", { type: "otelcol", image: "otel/opentelemetry-collector:latest" }), []);
  });
});

describe("the Jaeger agent", () => {
  const table: [string, number, readonly string[]][] = [
    ["collector:14250", 62, []],
    ["collector:https", 62, []],
    ["[::1]:14250", 62, []],
    [":14250", 62, []],
    ["{name}.{namespace}:443", 62, []],
    ["dns:///collector:14250", 12, []],
    ["dns:///collector:14250", 62, []],
    ["dns:collector:14250", 62, []],
    ["dns:/collector:14250", 62, []],
    ["dns://8.8.8.8/collector:14250", 62, []],
    ["passthrough:///collector:14250", 62, []],
    ["unix:///run/collector.sock", 62, []],
    ["unix:collector.sock", 62, []],
    ["a:14250,b:14250", 12, []],
    ["a:14250,[::1]:14250", 62, []],
    ["dns:///collector", 12, ["notice-default-port"]],
    ["dns:///collector", 62, ["notice-default-port"]],
    ["dns:///fe80::1", 62, ["notice-default-port"]],
    ["collector", 57, ["notice-default-port"]],
    ["collector", 56, invalid],
    ["passthrough:///collector", 62, invalid],
    ["https://collector:14250", 62, invalid],
    ["http://collector:14250", 62, invalid],
    ["grpc://collector:14250", 62, invalid],
    ["dns://collector:14250", 62, invalid],
    ["dns:///collector:14250/path", 62, invalid],
    ["dns:///collector:65536", 62, invalid],
    ["collector:", 62, invalid],
    ["a:14250,dns:///b:14250", 62, invalid],
    ["dns:///a:14250,b:14250", 62, invalid],
    ["a:14250,b", 62, invalid],
    ["a:14250,", 62, invalid],
    ["collector:4317", 62, ["warn-collector-endpoint"]],
    ["dns:///collector:4318", 62, ["warn-collector-endpoint"]],
    ["a:14250,b:14268", 62, ["warn-collector-endpoint"]],
  ];
  for (const [endpoint, minor, codes] of table) {
    test(`${codes[0] ?? "accepts"}: ${endpoint} in 1.${minor}`, () =>
      assert.deepEqual(codesOf(endpoint, jaeger(minor)), codes));
  }

  test("reports what is wrong and a valid endpoint", () => {
    assert.match(messageOf("https://c:1", jaeger()), /"https:\/\/", which Jaeger agent 1\.62\.0 doesn't support\. Use/);
    assert.match(
      messageOf("c", jaeger(21)),
      /no port, which Jaeger agent 1\.21\.0 requires\. Add .*"dns:\/\/\/jaeger-coll/,
    );
    assert.match(messageOf("dns:///c", jaeger()), /has no port, so gRPC uses port 443\. Add the port if/);
    assert.match(messageOf("a:1,dns:///b:2", jaeger()), /is a list, so each address must be a host and a port without/);
  });

  test("reports nothing about an endpoint that spec.agent.args replaces", () => {
    const agent = jaeger(62, { args: ["--reporter.grpc.host-port=collector:14250"] });
    assert.deepEqual(codesOf("https://c:4317", agent), []);
    assert.equal(partsOf(configurationOf({ endpoint: "c:1", agent })).endpoint, undefined);
    assert.equal(partsOf(configurationOf({ endpoint: "{name}:1", agent: jaeger() })).endpoint, "web:1");
  });
});

test("an invalid endpoint is reported once per run, and not for removal", () => {
  const findingsOfRun = (state: string) => {
    const workload = (name: string) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace: "shop" },
      spec: { selector: {}, template: { spec: { containers: [{ name, image: "x" }] } } },
    });
    const { stderr } = run(
      JSON.stringify({
        apiVersion: "config.kubernetes.io/v1",
        kind: "ResourceList",
        items: ["a", "b"].map(workload),
        functionConfig: {
          apiVersion: "tracing-sidecar.dev/v1alpha1",
          kind: "TracingSidecar",
          metadata: { name: "tracing" },
          spec: { selector: {}, state, collector: { endpoint: "grpc://{name}:4317" }, agent: { type: "otelcol" } },
        },
      }),
    );
    return stderr.split("\n").filter((line) => line !== "");
  };
  assert.equal(findingsOfRun("present").length, 1);
  assert.deepEqual(findingsOfRun("absent"), []);
});
