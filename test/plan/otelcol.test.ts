import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readConfiguration } from "../../src/config/read-tracing-sidecar";
import { findingText } from "../../src/kube/finding";
import { agentTypeOf } from "../../src/plan/agents/index";
import { goMemoryLimit } from "../../src/plan/agents/otelcol/memory";
import { get, getList, getString, type Mapping, type Value } from "../../src/yaml/value";
import { collectorConfigOf } from "../support/collector-config";
import { configured, partsOf, plain, problemsOf } from "../support/configured";

const otelcol = (agent: Mapping = {}, spec: Mapping = {}) =>
  configured({ agent: { type: "otelcol", ...agent }, ...spec });
const containerOf = (agent?: Mapping, spec?: Mapping) => partsOf(otelcol(agent, spec)).container;

const configOf = (container: Mapping) => collectorConfigOf(container, { "metadata.labels['v']": "1.10" });
const collectorOf = (agent?: Mapping, spec?: Mapping) => configOf(containerOf(agent, spec));

test("has its own defaults for the image, the name and the tags", () => {
  const { agent } = otelcol();
  assert.equal(agent.image, "otel/opentelemetry-collector:0.165.0");
  assert.equal(agent.name, "otel-collector");
  assert.deepEqual(plain(agent.tags), {
    "k8s.pod.name": { fieldPath: "metadata.name" },
    "k8s.namespace.name": { fieldPath: "metadata.namespace" },
  });
});

test("builds the complete agent", () => {
  const { container, volumes, certificateLifetime, ports, metricsPort, otlp } = partsOf(otelcol());
  const { env, ...rest } = plain(container) as Record<string, unknown>;
  assert.deepEqual(rest, {
    name: "otel-collector",
    image: "otel/opentelemetry-collector:0.165.0",
    args: ["--config=env:OTELCOL_CONFIG"],
    ports: [
      { name: "otel-metrics", protocol: "TCP", containerPort: 8888 },
      { name: "otel-health", protocol: "TCP", containerPort: 13133 },
    ],
    livenessProbe: { httpGet: { path: "/", port: "otel-health" } },
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "100m", memory: "128Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    },
  });
  assert.deepEqual(
    (env as Mapping[]).map(({ name }) => name),
    ["GOMEMLIMIT", "POD_NAME", "POD_NAMESPACE", "OTELCOL_CONFIG"],
  );
  assert.deepEqual(configOf(container), {
    receivers: {
      otlp: { protocols: { grpc: { endpoint: "127.0.0.1:4317" }, http: { endpoint: "127.0.0.1:4318" } } },
      jaeger: {
        protocols: { thrift_compact: { endpoint: "127.0.0.1:6831" }, thrift_binary: { endpoint: "127.0.0.1:6832" } },
      },
    },
    processors: {
      memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 },
      resource: {
        attributes: [
          { key: "k8s.pod.name", value: "web-0", action: "upsert" },
          { key: "k8s.namespace.name", value: "shop", action: "upsert" },
        ],
      },
    },
    exporters: {
      otlp_grpc: {
        endpoint: "dns:///collector:4317",
        tls: { insecure: true },
        sending_queue: {
          sizer: "bytes",
          queue_size: 16_777_216,
          batch: { sizer: "bytes", min_size: 1_048_576, max_size: 3_145_728, flush_timeout: "200ms" },
        },
      },
    },
    extensions: { health_check: { endpoint: ":13133" } },
    service: {
      extensions: ["health_check"],
      pipelines: {
        traces: {
          receivers: ["otlp", "jaeger"],
          processors: ["memory_limiter", "resource"],
          exporters: ["otlp_grpc"],
        },
      },
      telemetry: {
        metrics: {
          readers: [
            {
              pull: {
                exporter: {
                  prometheus: {
                    host: "",
                    port: 8888,
                    without_scope_info: true,
                    without_type_suffix: true,
                    without_units: true,
                  },
                },
              },
            },
          ],
        },
      },
    },
  });
  assert.deepEqual(volumes, []);
  assert.equal(certificateLifetime, undefined);
  assert.deepEqual(ports, [
    { use: "metrics", name: "otel-metrics", port: 8888, host: "", protocol: "TCP", field: "spec.agent.ports.metrics" },
    { use: "health", name: "otel-health", port: 13133, host: "", protocol: "TCP", field: "spec.agent.ports.health" },
    { use: "otlpGrpc", port: 4317, host: "127.0.0.1", protocol: "TCP", field: "spec.agent.ports.otlpGrpc" },
    { use: "otlpHttp", port: 4318, host: "127.0.0.1", protocol: "TCP", field: "spec.agent.ports.otlpHttp" },
    { use: "jaegerCompact", port: 6831, host: "127.0.0.1", protocol: "UDP", field: "spec.agent.ports.jaegerCompact" },
    { use: "jaegerBinary", port: 6832, host: "127.0.0.1", protocol: "UDP", field: "spec.agent.ports.jaegerBinary" },
  ]);
  assert.equal(metricsPort, "otel-metrics");
  assert.deepEqual(otlp, { grpcPort: 4317, httpPort: 4318, tracesPath: "/v1/traces", signals: ["traces"] });
});

describe("the configuration", () => {
  /** What each release needs: the name of the exporter, a list of metrics readers, and batches by the exporter. */
  const cases: [version: string, exporter: string, readers: boolean, queue: boolean][] = [
    ["0.73.0", "otlp", false, false],
    ["0.122.1", "otlp", false, false],
    ["0.123.0", "otlp", true, false],
    ["0.133.0", "otlp", true, false],
    ["0.134.0", "otlp", true, true],
    ["0.143.0", "otlp", true, true],
    ["0.144.0", "otlp_grpc", true, true],
    ["0.999.0", "otlp_grpc", true, true],
    ["1.0.0", "otlp_grpc", true, true],
  ];
  for (const [version, exporter, readers, queue] of cases) {
    test(`matches version ${version}`, () => {
      const config = collectorOf({ version });
      assert.deepEqual(Object.keys(get(config, "exporters") as Mapping), [exporter]);
      assert.deepEqual(getList(config, "service", "pipelines", "traces", "exporters"), [exporter]);
      const metrics = get(config, "service", "telemetry", "metrics") as Mapping;
      assert.deepEqual(Object.keys(metrics), [readers ? "readers" : "address"]);
      assert.equal(get(config, "exporters", exporter, "sending_queue", "batch") !== undefined, queue);
      assert.equal(getList(config, "service", "pipelines", "traces", "processors").includes("batch"), !queue);
      assert.equal(get(config, "processors", "batch") !== undefined, !queue);
    });
  }
  test("is a text of several lines, whose references are in quotes", () => {
    const text = getString(getList(containerOf(), "env").at(-1), "value") ?? "";
    assert.match(text, /^receivers:\n {2}otlp:\n/);
    assert.match(text, /^ +value: "\$\(POD_NAME\)"$/m);
  });
});

describe("the exporter's queue", () => {
  const queueOf = (agent: Mapping) => get(collectorOf(agent), "exporters", "otlp_grpc", "sending_queue");
  const sizes: [memory: string | undefined, queue: number, batch: number][] = [
    ["128Mi", 16_777_216, 1_048_576],
    ["1Gi", 134_217_728, 1_048_576],
    ["16Mi", 2_097_152, 524_288],
    [undefined, 16_777_216, 1_048_576],
  ];
  for (const [memory, queue, batch] of sizes) {
    test(`stores ${queue} bytes with a memory limit of ${memory}`, () => {
      const found = queueOf({ resources: memory === undefined ? {} : { limits: { memory } } });
      assert.deepEqual([get(found, "queue_size"), get(found, "batch", "min_size")], [queue, batch]);
    });
  }
  const batches: [string, Mapping][] = [
    ["configures the batch processor", { processors: { batch: { timeout: "1s" } } }],
    ["has the batch processor in a pipeline", { service: { pipelines: { traces: { processors: ["batch"] } } } }],
  ];
  for (const [subject, config] of batches) {
    test(`creates no batches if agent.config ${subject}`, () => {
      assert.deepEqual(queueOf({ config }), { num_consumers: 2 });
      assert.ok(getList(collectorOf({ config }), "service", "pipelines", "traces", "processors").includes("batch"));
      assert.ok("batch" in (get(collectorOf({ config }), "processors") as Mapping));
    });
  }
});

describe("the batch processor", () => {
  const sizesOf = (settings: Mapping) =>
    get(collectorOf({ config: { processors: { batch: settings } } }), "processors", "batch");
  test("has batches that don't need much memory", () => {
    const sizes = { send_batch_size: 2048, send_batch_max_size: 2048 };
    assert.deepEqual(get(collectorOf({ version: "0.133.0" }), "processors", "batch"), sizes);
    assert.deepEqual(sizesOf({ timeout: "1s" }), { ...sizes, timeout: "1s" });
  });
  for (const settings of [{ send_batch_size: 4096 }, { send_batch_max_size: 1024 }])
    test(`has the user's sizes alone: ${JSON.stringify(settings)}`, () =>
      assert.deepEqual(sizesOf(settings), settings));
});

describe("agent.protocol http", () => {
  const http = (endpoint: string, agent: Mapping = {}) =>
    otelcol({ protocol: "http", ...agent }, { collector: { endpoint } });
  test("uses the exporter for OTLP over HTTP, by its name in each release", () => {
    for (const [version, exporter] of [
      ["0.143.0", "otlphttp"],
      ["0.144.0", "otlp_http"],
    ] as const) {
      const exporters = get(collectorOf({ protocol: "http", version }), "exporters") as Mapping;
      assert.deepEqual(Object.keys(exporters), [exporter]);
    }
  });
  test("requires a URL", () => {
    const problems = (endpoint: string) => {
      const configuration = http(endpoint);
      return agentTypeOf(configuration)
        .checkEndpoint(configuration)
        .map(({ code }) => code);
    };
    for (const endpoint of ["https://c", "http://c:4318", "https://c.example.com:443/otlp/", "https://[::1]:4318"])
      assert.deepEqual(problems(endpoint), [], endpoint);
    for (const endpoint of ["c:4318", "dns:///c:4318", "HTTPS://c", "https://", "https://c:0", "https://c:x"])
      assert.deepEqual(problems(endpoint), ["invalid-config"], endpoint);
    for (const endpoint of ["https://c/v1/traces", "https://u:p@c", "https://c/?q", "https://c#f", "https://a,b"])
      assert.deepEqual(problems(endpoint), ["invalid-config"], endpoint);
    assert.deepEqual(problems("http://c:4317"), ["warn-collector-endpoint"]);
    assert.deepEqual(problems("http://127.0.0.1:4318"), ["warn-collector-endpoint"]);
  });
});

describe("agent.headersFrom", () => {
  const header = (name: string) => ({ name, secretKeyRef: { name: "vendor", key: "api-key" } });
  test("sends a Secret's value as a header", () => {
    const container = containerOf({ headersFrom: [header("x-api-key")] });
    assert.deepEqual(plain(get(configOf(container), "exporters", "otlp_grpc", "headers")), {
      "x-api-key": `\${env:HEADER_X_API_KEY}\${env:OTELCOL_UNSET:-}\${env:OTELCOL_UNSET:-}`,
    });
    assert.deepEqual(plain(getList(container, "env")[1]), {
      name: "HEADER_X_API_KEY",
      valueFrom: { secretKeyRef: { name: "vendor", key: "api-key" } },
    });
  });
  test("joins texts for releases that read headers as a list", () => {
    const headersOf = (version: string) =>
      plain(get(collectorOf({ version, headersFrom: [header("a")] }), "exporters", "otlp", "headers"));
    assert.deepEqual(headersOf("0.138.0"), { a: `\${env:HEADER_A}` });
    assert.deepEqual(headersOf("0.139.0"), { a: `\${env:HEADER_A}\${env:OTELCOL_UNSET:-}\${env:OTELCOL_UNSET:-}` });
  });
  test("requires a release that keeps a value such as 123 as a text", () => {
    const configuration = otelcol({ version: "0.104.0", headersFrom: [header("a")] });
    assert.deepEqual(problemsOf(configuration), ["error invalid-config spec.agent.headersFrom"]);
    assert.deepEqual(problemsOf(otelcol({ version: "0.105.0", headersFrom: [header("a")] })), []);
  });
});

describe("the version is spec.agent.version, or else the image's tag", () => {
  const image = "otel/opentelemetry-collector";
  const cases: [string, string | undefined, string[]][] = [
    [`${image}:0.158.0`, undefined, []],
    [`${image}:v0.159.0`, undefined, []],
    [`${image}-contrib:0.144.0-amd64`, undefined, []],
    [`${image}-k8s:0.144`, undefined, []],
    ["mirror/otelcol@sha256:01", "0.158.0", []],
    [`${image}:latest`, "0.158.0", []],
    [`${image}:latest`, undefined, ["error invalid-config spec.agent.image"]],
    [image, undefined, ["error invalid-config spec.agent.image"]],
    ["mirror/otelcol@sha256:01", undefined, ["error invalid-config spec.agent.image"]],
    [`${image}:0.72.0`, undefined, ["error invalid-config spec.agent.image"]],
    [`${image}:0.158.0`, "0.72.0", ["error invalid-config spec.agent.version"]],
    [`${image}:1.0.0`, undefined, ["info notice-unknown-components spec.agent.image"]],
    [`${image}:latest`, "1.0.0", ["info notice-unknown-components spec.agent.version"]],
    [`${image}:2.0.0`, undefined, ["error invalid-config spec.agent.image"]],
    [`${image}-otlp:0.158.0`, undefined, ["error invalid-config spec.agent.image"]],
  ];
  for (const [name, version, expected] of cases) {
    const subject = version === undefined ? name : `${name}, version ${version}`;
    const isRejected = expected.some((problem) => problem.startsWith("error"));
    test(`${isRejected ? "rejects" : "accepts"} ${subject}`, () =>
      assert.deepEqual(problemsOf(otelcol({ image: name, ...(version === undefined ? {} : { version }) })), expected));
  }
  test("an error names the supported versions", () => {
    const [finding] = agentTypeOf(otelcol()).check(otelcol({ version: "0.50.0" }));
    assert.match(finding?.message ?? "", /0\.73\.0 or later/);
  });
});

describe("reports a component that the image's distribution lacks", () => {
  const core = "otel/opentelemetry-collector";
  const sampling = { processors: { tail_sampling: { policies: [] } } };
  const warning = (path: string) => [`warning warn-missing-component spec.agent.config.${path}`];
  const notice = (path: string) => [`info notice-unknown-components spec.agent.config.${path}`];
  const cases: [name: string, image: string, config: Mapping, expected: string[]][] = [
    ["only in another distribution", `${core}:0.159.0`, sampling, warning("processors.tail_sampling")],
    ["with a name of its own", `${core}:0.159.0`, { exporters: { "loki/2": {} } }, warning('exporters["loki/2"]')],
    ["in the k8s distribution", `${core}-k8s:0.159.0`, { receivers: { kafka: {} } }, warning("receivers.kafka")],
    ["from Docker Hub by its full name", `docker.io/${core}:0.159.0`, sampling, warning("processors.tail_sampling")],
    [
      "from GitHub's registry",
      "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector:0.159.0",
      sampling,
      warning("processors.tail_sampling"),
    ],
    ["from a mirror", `mirror.example.com/docker.io/${core}:0.159.0`, sampling, warning("processors.tail_sampling")],
    ["as a notice in a newer release", `${core}:0.160.0`, sampling, notice("processors.tail_sampling")],
    ["not if the distribution contains it", `${core}-k8s:0.159.0`, sampling, []],
    ["not by an earlier or later spelling", `${core}:0.159.0`, { receivers: { host_metrics: {} } }, []],
    ["not if it was added to a newer release", `${core}:0.165.0`, { processors: { transform: {} } }, []],
    ["not in the contrib distribution", `${core}-contrib:0.159.0`, sampling, []],
    ["not in an image that may be the user's own", `registry.example.com/${core}:0.159.0`, sampling, []],
    ["not if it is removed", `${core}:0.159.0`, { processors: { tail_sampling: null } }, []],
  ];
  for (const [name, image, config, expected] of cases)
    test(name, () => assert.deepEqual(problemsOf(otelcol({ image, config })), expected));
});

describe("TLS", () => {
  const exporterTls = (tls: Mapping) =>
    plain(get(collectorOf({}, { collector: { endpoint: "c:1", tls } }), "exporters", "otlp_grpc", "tls"));
  test("uses the root certificates in the agent's image by default", () => assert.deepEqual(exporterTls({}), {}));
  test("reloads a client certificate every hour", () =>
    assert.deepEqual(exporterTls({ ca: { fromClientCertificate: true }, clientCertificate: { secretName: "x" } }), {
      ca_file: "/var/run/otel-collector/tls/ca.crt",
      cert_file: "/var/run/otel-collector/tls/tls.crt",
      key_file: "/var/run/otel-collector/tls/tls.key",
      reload_interval: "1h",
    }));
  test("uses a CA without a client certificate, and the server's name", () =>
    assert.deepEqual(exporterTls({ serverName: "{name}.example.com", ca: { secretName: "x" } }), {
      ca_file: "/var/run/otel-collector/ca/ca.crt",
      server_name_override: "web.example.com",
    }));
});

describe("tags", () => {
  const attributes = (agent: Mapping) => {
    const list = getList(collectorOf(agent), "processors", "resource", "attributes") as readonly Mapping[];
    return list.map(({ key, value }) => [key, value]);
  };
  test("need no processor if there are none", () => {
    const config = collectorOf({ tags: {} });
    assert.equal(get(config, "processors", "resource"), undefined);
    assert.deepEqual(getList(config, "service", "pipelines", "traces", "processors"), ["memory_limiter"]);
  });
  test("double the $ of a literal, because the Collector expands it", () =>
    assert.deepEqual(attributes({ tags: { price: "$5 $$ $(POD_NAME)" } }), [["price", "$$5 $$$$ $$(POD_NAME)"]]));
  test("keep a field that looks like a number as a string", () =>
    assert.deepEqual(attributes({ tags: { v: { fieldPath: "metadata.labels['v']" } } }), [["v", "1.10"]]));
  test("leave an annotation to the Collector, because it can contain any text", () => {
    const tags = { a: { fieldPath: "metadata.annotations['a']" } };
    assert.deepEqual(attributes({ tags }), [
      ["a", `\${env:POD_ANNOTATION_A}\${env:OTELCOL_UNSET:-}\${env:OTELCOL_UNSET:-}`],
    ]);
    assert.deepEqual(attributes({ tags, version: "0.109.0" }), [["a", `\${env:POD_ANNOTATION_A}`]]);
  });
  test("leave a user's variable to the Collector", () =>
    assert.deepEqual(
      attributes({ tags: { pod: { fieldPath: "metadata.name" } }, env: [{ name: "POD_NAME", value: '"' }] }),
      [["pod", `\${env:POD_NAME}\${env:OTELCOL_UNSET:-}\${env:OTELCOL_UNSET:-}`]],
    ));
});

describe("agent.signals", () => {
  const pipelinesFor = (...signals: string[]) =>
    plain(get(collectorOf({ signals }), "service", "pipelines")) as Record<string, Mapping>;
  test("gives each signal a pipeline, in a fixed order", () =>
    assert.deepEqual(Object.keys(pipelinesFor("logs", "traces", "metrics")), ["traces", "metrics", "logs"]));
  test("gives metrics and logs what traces have, except the receiver for Jaeger's protocols", () => {
    const { traces, metrics, logs } = pipelinesFor("traces", "metrics", "logs");
    assert.deepEqual(traces?.["receivers"], ["otlp", "jaeger"]);
    assert.deepEqual(metrics, { ...traces, receivers: ["otlp"] });
    assert.deepEqual(logs, metrics);
  });
  test("doesn't depend on a repetition", () =>
    assert.deepEqual(Object.keys(pipelinesFor("traces", "logs", "logs")), ["traces", "logs"]));
  test("is known to the plan, as are the pipelines of agent.config", () => {
    assert.deepEqual(partsOf(otelcol({ signals: ["metrics", "traces"] })).otlp?.signals, ["traces", "metrics"]);
    const config = { service: { pipelines: { "logs/own": { receivers: ["otlp"] }, traces: null } } };
    assert.deepEqual(partsOf(otelcol({ config })).otlp?.signals, ["logs"]);
  });
});

describe("agent.config", () => {
  test("is merged over the defaults", () => {
    const config = collectorOf({
      config: { receivers: { jaeger: null }, processors: { batch: { timeout: "1s" } }, exporters: { debug: {} } },
    });
    assert.deepEqual(Object.keys(get(config, "receivers") as Mapping), ["otlp"]);
    assert.equal(get(config, "processors", "batch", "timeout"), "1s");
    assert.deepEqual(Object.keys(get(config, "exporters") as Mapping), ["otlp_grpc", "debug"]);
  });
  test("reaches the Collector unchanged", () => {
    const exporters = { debug: { a: "$$5", b: `\${env:HOME}`, c: "$(HOME)", $$d: 'it\'s "x" \\ \n ü' } };
    assert.deepEqual(get(collectorOf({ config: { exporters } }), "exporters", "debug"), exporters.debug);
  });
  test("can change the ports", () => {
    const { container, ports, otlp } = partsOf(
      otelcol({
        config: {
          receivers: { jaeger: null, otlp: { protocols: { grpc: null, http: { endpoint: "127.0.0.1:1" } } } },
          extensions: { health_check: { endpoint: "0.0.0.0:2", path: "/live" } },
          service: {
            telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: "", port: 3 } } } }] } },
          },
        },
      }),
    );
    assert.deepEqual(ports, [
      { use: "metrics", name: "otel-metrics", port: 3, host: "", protocol: "TCP", field: "spec.agent.config" },
      { use: "health", name: "otel-health", port: 2, host: "", protocol: "TCP", field: "spec.agent.config" },
      { use: "otlpHttp", port: 1, host: "127.0.0.1", protocol: "TCP", field: "spec.agent.config" },
    ]);
    assert.deepEqual(
      getList(container, "ports").map((port) => get(port, "containerPort")),
      [3, 2],
    );
    assert.deepEqual(container.livenessProbe, { httpGet: { path: "/live", port: "otel-health" } });
    assert.deepEqual(otlp, { httpPort: 1, tracesPath: "/v1/traces", signals: ["traces"] });
  });
  test("takes precedence over agent.ports", () => {
    const config = { receivers: { otlp: { protocols: { grpc: { endpoint: "127.0.0.2:2" } } } } };
    const configuration = otelcol({ ports: { otlpGrpc: 1, otlpHttp: 2 }, config });
    const { ports, otlp } = partsOf(configuration);
    assert.deepEqual([otlp?.grpcPort, otlp?.httpPort], [2, 2]);
    const fields = ports.flatMap(({ use, field }) => (use.startsWith("otlp") ? [field] : []));
    assert.deepEqual(fields, ["spec.agent.config", "spec.agent.ports.otlpHttp"]);
    assert.deepEqual(problemsOf(configuration), [], "another address can have the same port");
  });
  test("removes the probe if it removes the health check", () => {
    for (const config of [{ extensions: null, service: { extensions: null } }, { service: { extensions: [] } }]) {
      const container = containerOf({ config });
      assert.equal("livenessProbe" in container, false);
      assert.deepEqual(
        getList(container, "ports").map((port) => getString(port, "name")),
        ["otel-metrics"],
      );
    }
  });
  const traces = (pipeline: Mapping) => ({ service: { pipelines: { traces: pipeline } } });
  const queue = (settings: Mapping) => ({ exporters: { otlp_grpc: { sending_queue: settings } } });
  const rejected: [subject: string, field: string, message: RegExp, config: Mapping, agent?: Mapping][] = [
    [
      "refers to the exporter by the name in earlier versions",
      "service.pipelines.traces.exporters",
      /^"otlp" isn't in exporters, .* is called otlp_grpc\.$/,
      { exporters: { debug: {} }, ...traces({ exporters: ["otlp", "debug"] }) },
    ],
    [
      "removes a component that a default pipeline has",
      "service.pipelines.traces.receivers",
      /^"jaeger" isn't in receivers/,
      { receivers: { jaeger: null } },
    ],
    [
      "has null for a component without settings",
      "service.pipelines.traces.exporters",
      /^"debug" isn't in exporters, .* Null removes a component\.$/,
      { exporters: { debug: null }, ...traces({ exporters: ["otlp_grpc", "debug"] }) },
    ],
    ["removes an extension", "service.extensions", /^"health_check"/, { extensions: { health_check: null } }],
    ["has no pipeline", "service.pipelines", /^must have a pipeline/, { service: { pipelines: null } }],
    [
      "has settings for the exporter under the name in earlier versions",
      "exporters.otlphttp",
      /^has no endpoint, .* is called otlp_http\.$/,
      { exporters: { otlphttp: { timeout: "5s" } } },
      { protocol: "http" },
    ],
    [
      "sets a queue size as if it counted requests",
      "exporters.otlp_grpc.sending_queue",
      /^queue_size, 1000, must be at least batch\.min_size, 1048576\. Both are in bytes/,
      queue({ queue_size: 1000 }),
    ],
    ["has no space in the queue", "exporters.otlp_grpc.sending_queue", /greater than 0/, queue({ queue_size: 0 })],
    [
      "has batches that are too small",
      "exporters.otlp_grpc.sending_queue",
      /^batch\.max_size, 1000, must be at least batch\.min_size/,
      queue({ batch: { max_size: 1000 } }),
    ],
  ];
  for (const [subject, field, message, config, agent] of rejected) {
    test(`is rejected if it ${subject}, because the Collector doesn't start`, () => {
      const configuration = otelcol({ ...agent, config });
      const findings = agentTypeOf(configuration).check(configuration);
      assert.deepEqual(
        findings.map(({ severity, configField }) => [severity, configField?.path]),
        [["error", `spec.agent.config.${field}`]],
      );
      assert.match(findings[0]?.message ?? "", message);
      const merging = otelcol({ ...agent, config, args: ["--config=file:/more.yaml"] });
      assert.deepEqual(problemsOf(merging), [], "more configuration is merged over it");
    });
  }
  const accepted: Mapping[] = [
    queue({ enabled: false, queue_size: 0 }),
    queue({ sizer: "requests", queue_size: 1000 }),
    queue({ queue_size: 1000, batch: null }),
    { exporters: `\${file:/exporters.yaml}`, ...traces({ exporters: ["any"] }) },
    { connectors: { "forward/x": {} }, ...traces({ receivers: ["otlp", "forward/x"], exporters: ["forward/x"] }) },
    { exporters: { "otlphttp/x": { traces_endpoint: "https://x/v1/traces" } } },
    traces({ exporters: [`\${env:EXPORTER}`] }),
  ];
  for (const config of accepted) {
    test(`can be ${JSON.stringify(config)}`, () => assert.deepEqual(problemsOf(otelcol({ config })), []));
  }

  test("must keep a metrics port if there is a PodMonitor", () => {
    const reader = (host: string) => ({ pull: { exporter: { prometheus: { host, port: 8888 } } } });
    for (const metrics of [{ level: "none", readers: null }, { readers: [reader("localhost")] }]) {
      const config = { service: { telemetry: { metrics } } };
      assert.deepEqual(problemsOf(otelcol({ config }, { podMonitor: {} })), ["error invalid-config spec.agent.config"]);
      assert.deepEqual(problemsOf(otelcol({ config })), []);
    }
    for (const host of ["0.0.0.0", "::", `\${env:POD_IP}`]) {
      const config = { service: { telemetry: { metrics: { readers: [reader(host)] } } } };
      assert.deepEqual(problemsOf(otelcol({ config }, { podMonitor: {} })), [], host);
    }
  });
  test("can't open a port twice, unless on different addresses", () => {
    const withHealth = (endpoint: string) =>
      otelcol({
        livenessProbe: null,
        ports: { otlpHttp: 9000 },
        config: { extensions: { health_check: { endpoint } } },
      });
    for (const endpoint of [":8888", "127.0.0.1:8888", "0.0.0.0:4317", "[::]:4317", ":9000", "127.0.0.1:9000"])
      assert.equal(problemsOf(withHealth(endpoint)).length, 1, endpoint);
    for (const endpoint of [":9001", "127.0.0.2:9000", `\${env:POD_IP}:9000`, "0.0.0.0:4318"])
      assert.deepEqual(problemsOf(withHealth(endpoint)), [], endpoint);
  });
  test("must serve a health check that the kubelet can reach, unless it has no probe", () => {
    const withHealth = (endpoint: string, agent: Mapping = {}) =>
      otelcol({ config: { extensions: { health_check: { endpoint } } }, ...agent });
    for (const endpoint of ["127.0.0.1:13133", "localhost:13133", "[::1]:9"]) {
      assert.deepEqual(problemsOf(withHealth(endpoint)), ["error invalid-config spec.agent.livenessProbe"], endpoint);
      assert.deepEqual(problemsOf(withHealth(endpoint, { livenessProbe: null })), [], endpoint);
    }
    assert.deepEqual(problemsOf(withHealth("localhost:1", { livenessProbe: null, native: true })), [
      "error invalid-config spec.agent.startupProbe",
    ]);
    for (const endpoint of [":9", "0.0.0.0:9", `\${env:POD_IP}:13133`])
      assert.deepEqual(problemsOf(withHealth(endpoint)), [], endpoint);
  });
  test("has a variable that must stay unset", () =>
    assert.deepEqual(problemsOf(otelcol({ env: [{ name: "OTELCOL_UNSET", value: "x" }] })), [
      "error invalid-config spec.agent.env",
    ]));
  test("is the only way to change the configuration", () =>
    assert.deepEqual(problemsOf(otelcol({ env: [{ name: "OTELCOL_CONFIG", value: "{}" }] })), [
      "error invalid-config spec.agent.env",
    ]));
});

describe("GOMEMLIMIT", () => {
  const cases: [Value | undefined, string | undefined][] = [
    ["128Mi", "102MiB"],
    ["1Gi", "819MiB"],
    ["128M", "97MiB"],
    ["4Mi", "3276KiB"],
    [134217728, "102MiB"],
    ["1.5Gi", "1228MiB"],
    [undefined, undefined],
    ["0", undefined],
  ];
  for (const [memory, expected] of cases) {
    test(`is ${expected} for a memory limit of ${memory}`, () =>
      assert.equal(goMemoryLimit(memory === undefined ? {} : { limits: { memory } }), expected));
  }
  test("keeps the user's value", () => {
    const env = [{ name: "GOMEMLIMIT", value: "50MiB" }];
    assert.deepEqual(
      plain((getList(containerOf({ env }), "env") as readonly Mapping[]).filter(({ name }) => name === "GOMEMLIMIT")),
      env,
    );
  });
});

describe("fields that only the Collector supports", () => {
  const messages = (spec: Mapping) => {
    const result = readConfiguration({
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: { selector: {}, collector: { endpoint: "c:1" }, ...spec },
    });
    return "findings" in result ? result.findings.map((finding) => findingText(finding, undefined)) : [];
  };
  const signals = "spec.agent.signals: must be omitted unless `type` is `otelcol`: other agents forward only traces";
  const withoutTraces = "spec.agent.signals: must contain `traces`";
  const otherSignals =
    "spec.app.otherSignals: must be `leave` with `agent.type: jaeger`: the Jaeger agent doesn't accept OTLP";
  const presets =
    "spec.app.presets: must not contain `opentelemetry` with `agent.type: jaeger`: the Jaeger agent doesn't accept OTLP. Set `spec.agent.type` to `otelcol`, or use the preset `jaeger`";
  const cases: [string, Mapping, string[]][] = [
    ["presets", { agent: { type: "jaeger" }, app: { presets: ["opentelemetry"] } }, [presets]],
    ["presets without a type", { app: { presets: ["opentelemetry"] } }, []],
    ["no presets", { app: { presets: [] } }, []],
    [
      "config",
      { agent: { type: "jaeger", config: {} } },
      ["spec.agent.config: must be omitted unless `type` is `otelcol`: it configures the OpenTelemetry Collector"],
    ],
    [
      "config and presets with type otelcol",
      { agent: { type: "otelcol", config: {} }, app: { presets: ["opentelemetry"] } },
      [],
    ],
    ["config without a type", { agent: { config: {} } }, []],
    ["signals", { agent: { type: "jaeger", signals: ["traces"] } }, [signals]],
    ["signals without traces", { agent: { type: "otelcol", signals: ["metrics", "logs"] } }, [withoutTraces]],
    ["no signals", { agent: { type: "otelcol", signals: [] } }, [withoutTraces]],
    ["all signals", { agent: { type: "otelcol", signals: ["logs", "metrics", "traces"] } }, []],
    [
      "an unknown signal",
      { agent: { type: "otelcol", signals: ["traces", "metric"] } },
      ['spec.agent.signals[1]: unknown signal "metric"; did you mean "metrics"?'],
    ],
    ["otherSignals: disable", { agent: { type: "jaeger" }, app: { otherSignals: "disable" } }, [otherSignals]],
    ["otherSignals: leave", { agent: { type: "jaeger" }, app: { otherSignals: "leave" } }, []],
    ["otherSignals: disable with type otelcol", { agent: { type: "otelcol" }, app: { otherSignals: "disable" } }, []],
    [
      "an unknown preset",
      { agent: { type: "otelcol" }, app: { presets: ["zipkin"] } },
      ['spec.app.presets[0]: must be `opentelemetry` or `jaeger`, not "zipkin"'],
    ],
  ];
  for (const [name, spec, expected] of cases)
    test(`${expected.length === 0 ? "accepts" : "rejects"} ${name}`, () => assert.deepEqual(messages(spec), expected));
});
