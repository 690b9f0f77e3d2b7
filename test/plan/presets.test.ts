import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toObject } from "../../src/kube/object";
import { toWorkload, type Workload } from "../../src/kube/workload";
import { agentTypeOf } from "../../src/plan/agents/index";
import { appContainers } from "../../src/plan/app/app-env";
import { indexObjects } from "../../src/plan/object-index";
import { contentOf } from "../../src/plan/relevant-fields";
import type { Mapping } from "../../src/yaml/value";
import { configured } from "../support/configured";

/*
 * The variables that the presets of `spec.app` add to a container. `test/sdk/` runs real SDKs with them.
 */

/** The differences from a Deployment shop/web with one container, and from its configuration. */
interface Case {
  readonly kind?: string;
  readonly metadata?: Mapping;
  readonly podMetadata?: Mapping;
  readonly container?: Mapping;
  readonly app?: Mapping;
  readonly agent?: Mapping;
  readonly others?: readonly Mapping[];
  readonly pod?: Mapping;
}

/** Returns the added variables by name. Those of pod fields have the field's path. */
function addedTo(testCase: Case): Record<string, unknown> {
  const entries = entriesOf(testCase).map(({ name, value, valueFrom }) => {
    const field = valueFrom as { fieldRef?: { fieldPath: string } } | undefined;
    return [String(name), value ?? field?.fieldRef?.fieldPath];
  });
  return Object.fromEntries(entries);
}

function entriesOf(testCase: Case): readonly Mapping[] {
  const { app, agent, others = [] } = testCase;
  const configuration = configured({
    agent: { type: "otelcol", ...agent },
    app: { presets: ["opentelemetry"], ...app },
  });
  const workload = workloadOf(testCase);
  const kept = others.map(toObject).map((object) => ({ ...object, value: contentOf(object) }));
  const [container] = appContainers({
    workload,
    configuration,
    parts: agentTypeOf(configuration).build(configuration, workload),
    sources: { namespace: "shop", find: indexObjects(kept, undefined).find },
  });
  return container?.added ?? [];
}

function workloadOf({ kind = "Deployment", metadata, podMetadata, container, pod }: Case): Workload {
  const template = {
    metadata: { labels: { app: "web" }, ...podMetadata },
    spec: { containers: [{ name: "app", image: "shop/web:1.4@sha256:0123", ...container }], ...pod },
  };
  const apiVersion = kind === "Pod" ? "v1" : kind.endsWith("Job") ? "batch/v1" : "apps/v1";
  const spec =
    kind === "Pod" ? template.spec : kind === "CronJob" ? { jobTemplate: { spec: { template } } } : { template };
  const own = kind === "Pod" ? podMetadata : {};
  const workload = toWorkload(
    toObject({ apiVersion, kind, metadata: { name: "web", namespace: "shop", ...own, ...metadata }, spec }),
  );
  assert.ok(workload);
  return workload;
}

const env = (variables: Readonly<Record<string, string>>) => ({
  container: { env: Object.entries(variables).map(([name, value]) => ({ name, value })) },
});

const http = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318", OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" };
const grpcEndpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4317" };

describe("the preset opentelemetry sets where and how spans are exported:", () => {
  const cases: [name: string, own: Readonly<Record<string, string>>, expected: Mapping][] = [
    ["HTTP by default", {}, http],
    ["gRPC if the app chose it", { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, grpcEndpoint],
    [
      "HTTP if the app chose it",
      { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" },
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" },
    ],
    [
      "gRPC if the app chose it for traces",
      { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc" },
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4317" },
    ],
    [
      "the protocol for traces takes precedence",
      { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" },
    ],
    [
      "gRPC if a variable that only gRPC has is set",
      { OTEL_EXPORTER_OTLP_INSECURE: "true" },
      { ...grpcEndpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
    ],
    [
      "gRPC if a variable that only gRPC has is set for traces",
      { OTEL_EXPORTER_OTLP_TRACES_INSECURE: "true" },
      {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4317",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc",
      },
    ],
    ["HTTP if that variable is false", { OTEL_EXPORTER_OTLP_INSECURE: "false" }, http],
    [
      "gRPC if Python's exporter for it is selected",
      { OTEL_TRACES_EXPORTER: "console, otlp_proto_grpc", OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" },
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4317" },
    ],
    [
      "for traces alone if metrics have their own endpoint",
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://prom:9090/api/v1/otlp/v1/metrics" },
      {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
      },
    ],
    ["nothing if the app has an endpoint", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }, {}],
    [
      "nothing if the app has an endpoint for traces",
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector:4318" },
      {},
    ],
    [
      "the protocol of an endpoint that is the agent's port for gRPC",
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4317" },
      { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
    ],
    [
      "the protocol of an endpoint that is the agent's port for HTTP",
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://localhost:4318/v1/traces" },
      { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf" },
    ],
    ["no protocol for another port", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:9411" }, {}],
    [
      "for traces alone if the endpoint of all signals has no value",
      { OTEL_EXPORTER_OTLP_ENDPOINT: "", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4317" },
    ],
    [
      "for traces alone if the protocol of all signals has no value",
      { OTEL_EXPORTER_OTLP_PROTOCOL: "" },
      {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
      },
    ],
    [
      "a variable without a value is never replaced",
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "", OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "" },
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      },
    ],
  ];
  for (const [name, own, expected] of cases) {
    test(name, () => assert.deepEqual(addedTo({ ...env(own), app: { identity: "none" } }), expected));
  }

  test("from a ConfigMap in the input, by its key or by envFrom", () => {
    const others = [
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "s", namespace: "shop" }, data: { PROTOCOL: "grpc" } },
    ];
    const valueFrom = { configMapKeyRef: { name: "s", key: "PROTOCOL" } };
    const byKey = { env: [{ name: "OTEL_EXPORTER_OTLP_PROTOCOL", valueFrom }] };
    const all = { envFrom: [{ prefix: "OTEL_EXPORTER_OTLP_", configMapRef: { name: "s" } }] };
    for (const container of [byKey, all])
      assert.deepEqual(addedTo({ container, others, app: { identity: "none" } }), grpcEndpoint);
    assert.deepEqual(addedTo({ container: byKey, app: { identity: "none" } }), {}, "an unknown protocol");
  });

  test("for an alias of the agent's address, but not for another loopback address", () => {
    const pod = { hostAliases: [{ ip: "127.0.0.1", hostnames: ["tracing"] }] };
    const endpoint = (value: string) => env({ OTEL_EXPORTER_OTLP_ENDPOINT: value });
    const app = { identity: "none" };
    const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
    assert.deepEqual(addedTo({ ...endpoint(" http://tracing:4317"), pod, app }), grpc);
    for (const host of ["[::1]", "127.0.0.2", "ip6-localhost"])
      assert.deepEqual(addedTo({ ...endpoint(`http://${host}:4317`), app }), {});
  });

  test("on the port without TLS", () => {
    const tls = { cert_file: "/tls.crt", key_file: "/tls.key" };
    const config = (protocols: Mapping) => ({ config: { receivers: { otlp: { protocols } } } });
    const app = { identity: "none" };
    assert.deepEqual(addedTo({ app, agent: config({ http: { tls } }) }), {
      ...grpcEndpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    });
    assert.deepEqual(addedTo({ app, agent: config({ grpc: { tls } }) }), http);
    assert.deepEqual(addedTo({ app, agent: config({ grpc: { tls }, http: { tls } }) }), {});
    assert.deepEqual(addedTo({ app, agent: config({ http: { tls: null } }) }), http);
  });

  test("on the ports of the agent's configuration", () => {
    const protocols = { grpc: null, http: { endpoint: "127.0.0.1:5000", traces_url_path: "/spans" } };
    const agent = { config: { receivers: { otlp: { protocols } } } };
    const app = { identity: "none" };
    assert.deepEqual(addedTo({ agent, app }), {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:5000/spans",
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
    });
    assert.deepEqual(addedTo({ agent, app, ...env({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }) }), {});
    const grpcAlone = { config: { receivers: { otlp: { protocols: { http: null } } } } };
    assert.deepEqual(addedTo({ agent: grpcAlone, app }), { ...grpcEndpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" });
    assert.deepEqual(addedTo({ agent: { config: { receivers: { otlp: null } } }, app }), {});
  });
});

describe("the preset opentelemetry names the service", () => {
  const name = (testCase: Case) => addedTo(testCase)["OTEL_SERVICE_NAME"];
  const key = "resource.opentelemetry.io/service.name";
  const labels = { "app.kubernetes.io/instance": "shop-1", "app.kubernetes.io/name": "shop" };

  test("after the workload", () => assert.equal(name({}), "web"));
  test("after an annotation of the workload", () => {
    assert.equal(name({ metadata: { annotations: { [key]: "front" } } }), "front");
  });
  test("after an annotation of the pod first", () => {
    const metadata = { annotations: { [key]: "front" } };
    assert.equal(name({ metadata, podMetadata: { annotations: { [key]: "back" } } }), "back");
  });
  test("after labels only on request", () => {
    const podMetadata = { labels };
    assert.equal(name({ podMetadata }), "web");
    assert.equal(name({ podMetadata, app: { identity: { fromLabels: true } } }), "shop-1");
    const { "app.kubernetes.io/instance": _, ...others } = labels;
    assert.equal(name({ podMetadata: { labels: others }, app: { identity: { fromLabels: true } } }), "shop");
    const annotations = { [key]: "back" };
    assert.equal(name({ podMetadata: { labels, annotations }, app: { identity: { fromLabels: true } } }), "back");
  });
  test("as if labels and annotations without a value didn't exist", () => {
    const podMetadata = { labels: { ...labels, "app.kubernetes.io/instance": "" }, annotations: { [key]: " " } };
    assert.equal(name({ podMetadata, app: { identity: { fromLabels: true } } }), "shop");
    assert.equal(name({ podMetadata, metadata: { annotations: { [key]: "front" } } }), "front");
  });
  test("but not if the app names it", () => {
    assert.equal(name(env({ OTEL_SERVICE_NAME: "" })), undefined);
    assert.equal(name(env({ OTEL_RESOURCE_ATTRIBUTES: "team=a, service.name=own" })), undefined);
    assert.equal(name(env({ OTEL_RESOURCE_ATTRIBUTES: "service.name=$(UNKNOWN)" })), undefined);
    assert.equal(name(env({ OTEL_RESOURCE_ATTRIBUTES: "service.name=,team=a" })), "web");
    assert.equal(name({ app: { identity: "none" } }), undefined);
  });
  test("with a reference of the kubelet escaped", () => {
    assert.equal(name({ podMetadata: { annotations: { [key]: "a$(B)" } } }), "a$$(B)");
  });
});

describe("the preset opentelemetry describes the resource", () => {
  const attributes = (testCase: Case) => {
    const text = addedTo(testCase)["OTEL_RESOURCE_ATTRIBUTES"];
    return text === undefined
      ? undefined
      : Object.fromEntries(
          String(text)
            .split(",")
            .map((pair) => pair.split("=")),
        );
  };
  const annotated = (annotations: Mapping) => ({ podMetadata: { annotations } });

  test("with the pod, the container and the workload", () => {
    assert.deepEqual(attributes({}), {
      "service.namespace": "$(POD_NAMESPACE)",
      "service.instance.id": "$(POD_NAMESPACE).$(POD_NAME).app",
      "k8s.namespace.name": "$(POD_NAMESPACE)",
      "k8s.pod.name": "$(POD_NAME)",
      "k8s.container.name": "app",
      "k8s.deployment.name": "web",
    });
  });
  test("with the variables it refers to, before it", () => {
    const { OTEL_RESOURCE_ATTRIBUTES: _, ...others } = addedTo({ app: { identity: {} } });
    assert.deepEqual(others, {
      ...http,
      OTEL_SERVICE_NAME: "web",
      POD_NAME: "metadata.name",
      POD_NAMESPACE: "metadata.namespace",
    });
  });
  for (const [kind, attribute] of [
    ["StatefulSet", "k8s.statefulset.name"],
    ["CronJob", "k8s.cronjob.name"],
    ["Job", "k8s.job.name"],
    ["Pod", undefined],
  ] as const) {
    test(`with the name of a ${kind}, if it has an attribute`, () => {
      const { "k8s.deployment.name": _, ...expected } = attributes({}) ?? {};
      assert.deepEqual(attributes({ kind }), attribute === undefined ? expected : { ...expected, [attribute]: "web" });
    });
  }
  test("with annotations, encoded", () => {
    const found = attributes(
      annotated({
        "resource.opentelemetry.io/service.version": "1.0",
        "resource.opentelemetry.io/service.namespace": "front, back",
        "resource.opentelemetry.io/team": "a=b+c %41 \u00e9 $(X)",
        "resource.opentelemetry.io/empty": "",
      }),
    );
    assert.equal(found?.["service.version"], "1.0");
    assert.equal(found?.["service.namespace"], "front%2C%20back");
    assert.equal(found?.["team"], "a%3Db%2Bc%20%2541%20%C3%A9%20%24(X)");
    assert.equal(found?.["empty"], undefined);
  });
  test("without annotations whose name the API refuses", () => {
    const names = ["", " e", "x y,z=1", "$(A)", "a/b"];
    const annotations = Object.fromEntries(names.map((name) => [`resource.opentelemetry.io/${name}`, "v"]));
    assert.deepEqual(attributes(annotated(annotations)), attributes({}));
  });
  test("with a version only on request, or from an annotation", () => {
    const version = (testCase: Case) => attributes(testCase)?.["service.version"];
    assert.equal(version({}), undefined);
    const app = { identity: { versionFromImage: true } };
    assert.equal(version({ app }), "1.4@sha256:0123");
    assert.equal(version({ app, container: { image: "web" } }), undefined);
    assert.equal(version({ app, container: { image: "web@sha256:0123" } }), "sha256:0123");
    assert.equal(version({ app, container: { image: "r:5000/web:2" } }), "2");
    const podMetadata = { labels: { "app.kubernetes.io/version": "7" } };
    assert.equal(version({ podMetadata }), undefined);
    assert.equal(version({ podMetadata, app: { identity: { fromLabels: true, versionFromImage: true } } }), "7");
  });
  test("but keeps the attributes of the app", () => {
    assert.equal(attributes(env({ OTEL_RESOURCE_ATTRIBUTES: "team=a" })), undefined);
    assert.equal(attributes({ app: { identity: "none" } }), undefined);
  });
  test("with variables of its own, which come before it", () => {
    const own = { name: "ME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
    assert.equal(attributes({ container: { env: [own] } })?.["k8s.pod.name"], "$(POD_NAME)");
  });
  test("with another variable if the app's own has the name", () => {
    const found = attributes(env({ POD_NAME: "my-static-name" }));
    assert.equal(found?.["k8s.pod.name"], "$(POD_NAME_2)");
  });
});

describe("the preset jaeger", () => {
  const app = { presets: ["jaeger"] };

  for (const type of ["jaeger", "otelcol"]) {
    test(`makes SDKs send to the agent, under the name of the service (${type})`, () => {
      assert.deepEqual(addedTo({ agent: { type }, app }), {
        JAEGER_AGENT_HOST: "127.0.0.1",
        JAEGER_SERVICE_NAME: "web",
      });
    });
  }
  for (const type of ["jaeger", "otelcol"]) {
    test(`sets the port if the compact protocol doesn't have its default port (${type})`, () => {
      assert.deepEqual(addedTo({ agent: { type, ports: { jaegerCompact: 6900, jaegerBinary: 6901 } }, app }), {
        JAEGER_AGENT_HOST: "127.0.0.1",
        JAEGER_AGENT_PORT: "6900",
        JAEGER_SERVICE_NAME: "web",
      });
    });
  }
  test("is applied once, however often it is listed", () => {
    assert.deepEqual(addedTo({ app: { presets: ["jaeger", "jaeger"] } }), addedTo({ app }));
    assert.equal(entriesOf({ app: { presets: ["jaeger", "jaeger"] } }).length, 2);
  });
  test("keeps what the app has", () => {
    for (const own of ["JAEGER_AGENT_HOST", "JAEGER_ENDPOINT"])
      assert.deepEqual(addedTo({ app, ...env({ [own]: "x" }) }), { JAEGER_SERVICE_NAME: "web" });
    assert.deepEqual(addedTo({ app, ...env({ JAEGER_SERVICE_NAME: "own" }) }), { JAEGER_AGENT_HOST: "127.0.0.1" });
    assert.deepEqual(addedTo({ app: { ...app, identity: "none" } }), { JAEGER_AGENT_HOST: "127.0.0.1" });
  });
  test("adds the host to a port that the app has", () => {
    for (const agent of [{}, { ports: { jaegerCompact: 6900, jaegerBinary: 6901 } }])
      assert.deepEqual(addedTo({ agent, app, ...env({ JAEGER_AGENT_PORT: "6901" }) }), {
        JAEGER_AGENT_HOST: "127.0.0.1",
        JAEGER_SERVICE_NAME: "web",
      });
  });
  test("adds no host if the agent has no port for it", () => {
    const agent = { type: "otelcol", config: { receivers: { jaeger: null } } };
    assert.deepEqual(addedTo({ agent, app }), { JAEGER_SERVICE_NAME: "web" });
  });
});
