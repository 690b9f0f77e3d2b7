import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { get, type Mapping } from "../../src/yaml/value";
import { lacks, temporaryFolder } from "../hosts/support";
import { argsOf, environmentOf, type PodFields } from "../support/kubelet";
import {
  Authority,
  answers,
  type Collector,
  containersOf,
  freePort,
  isCollector,
  mountSecret,
  otelcol,
  rendered,
  start,
  textOf,
  until,
} from "./support";

/*
 * A span on its way, for real: the app sends it as the preset says, the sidecar runs with the arguments and the
 * environment of a rendered Deployment, and a second Collector behind it asks for a client certificate.
 */

const serverName = "collector.example.com";
const fields: PodFields = {
  "metadata.name": "web-5d4f6c7b8-x2x2x",
  "metadata.namespace": "shop",
  "metadata.labels['version']": "1.10",
  "metadata.annotations['note']": "any text",
};

test("a span arrives with the tags, by a client certificate and by the one that takes its place", async (t) => {
  if (lacks(t, otelcol, "openssl")) return;
  const folder = temporaryFolder(t);
  const servers = new Authority(folder, "servers");
  const [oldClients, newClients] = [new Authority(folder, "old-clients"), new Authority(folder, "new-clients")];
  const mountPath = join(folder, "tls");
  const secretOf = (clients: Authority) => ({
    ...clients.issue("web@shop", "clientAuth"),
    "ca.crt": readFileSync(servers.certificate, "utf8"),
  });
  mountSecret(mountPath, secretOf(oldClients));
  const port = await freePort();
  const backend = await startBackend(t, folder, port, servers, oldClients);
  const sidecar = await startSidecar(t, port, mountPath, {
    ca: { fromClientCertificate: true },
    clientCertificate: { secretName: "web-client" },
  });

  await sidecar.send("first");
  const received = await backend.span("first", sidecar);
  assert.deepEqual(received, {
    "k8s.pod.name": { stringValue: "web-5d4f6c7b8-x2x2x" },
    "service.name": { stringValue: "web" },
    version: { stringValue: "1.10" },
    note: { stringValue: "any text" },
    price: { stringValue: "$5 for $$ and $(POD_NAME)" },
  });
  assert.ok(await answers(sidecar.metrics));

  mountSecret(mountPath, secretOf(newClients));
  await backend.stop();
  const next = await startBackend(t, folder, port, servers, newClients);
  await sidecar.send("second");
  await next.span("second", sidecar);
});

test("without a client certificate it does not arrive", async (t) => {
  if (lacks(t, otelcol, "openssl")) return;
  const folder = temporaryFolder(t);
  const [servers, clients] = [new Authority(folder, "servers"), new Authority(folder, "clients")];
  mountSecret(join(folder, "ca"), { "ca.crt": readFileSync(servers.certificate, "utf8") });
  const port = await freePort();
  const backend = await startBackend(t, folder, port, servers, clients);
  const sidecar = await startSidecar(t, port, join(folder, "tls"), { ca: { secretName: "collector-ca" } });
  await sidecar.send("first");
  await until(
    () => /certificate required|bad certificate/.test(sidecar.log()),
    () => sidecar.log(),
  );
  assert.equal(backend.has("first"), false);
});

interface Backend extends Pick<Collector, "stop"> {
  has(span: string): boolean;
  /** The attributes of the resource that the span came with. */
  span(name: string, sender: Collector): Promise<unknown>;
}

/** A Collector that takes spans from whoever shows a certificate of these clients' authority. */
async function startBackend(
  t: TestContext,
  folder: string,
  port: number,
  servers: Authority,
  clients: Authority,
): Promise<Backend> {
  const health = await freePort();
  const tls = join(folder, "server");
  mountSecret(tls, servers.issue(serverName, "serverAuth"));
  const file = join(folder, `spans-${health}.json`);
  const config = {
    receivers: {
      otlp: {
        protocols: {
          grpc: {
            endpoint: `127.0.0.1:${port}`,
            tls: {
              cert_file: join(tls, "tls.crt"),
              key_file: join(tls, "tls.key"),
              client_ca_file: clients.certificate,
            },
          },
        },
      },
    },
    exporters: { file: { path: file, flush_interval: "100ms" } },
    extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
    service: {
      extensions: ["health_check"],
      pipelines: { traces: { receivers: ["otlp"], exporters: ["file"] } },
      telemetry: { metrics: { level: "none" } },
    },
  };
  const env = new Map([["BACKEND", JSON.stringify(config)]]);
  const collector = await start(t, ["--config=env:BACKEND"], env, () => answers(`http://127.0.0.1:${health}/`));
  const has = (span: string) => textOf(file).includes(`"name":"${span}"`);
  return {
    stop: collector.stop,
    has,
    async span(name, sender) {
      await until(
        () => has(name),
        () => `no span "${name}":\n${sender.log()}\n${collector.log()}`,
      );
      const line = textOf(file)
        .split("\n")
        .find((one) => one.includes(`"name":"${name}"`));
      const attributes = JSON.parse(line ?? "").resourceSpans[0].resource.attributes as {
        key: string;
        value: unknown;
      }[];
      return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
    },
  };
}

interface Sidecar extends Collector {
  /** Where Prometheus scrapes. */
  readonly metrics: string;
  send(span: string): Promise<void>;
}

/** The sidecar of a rendered Deployment, and its app's way to send to it. */
async function startSidecar(t: TestContext, backend: number, mountPath: string, tls: Mapping): Promise<Sidecar> {
  const ports = await Promise.all(Array.from({ length: 6 }, freePort));
  const [grpc = 0, http = 0, compact = 0, binary = 0, health = 0, metrics = 0] = ports;
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  const config = {
    receivers: {
      otlp: { protocols: { grpc: at(grpc), http: at(http) } },
      jaeger: { protocols: { thrift_compact: at(compact), thrift_binary: at(binary) } },
    },
    processors: { batch: { timeout: "100ms" } },
    exporters: {
      otlp_grpc: {
        retry_on_failure: { initial_interval: "500ms", max_interval: "1s" },
        ...("clientCertificate" in tls ? { tls: { reload_interval: "1s" } } : {}),
      },
    },
    extensions: { health_check: at(health) },
    service: {
      telemetry: {
        metrics: { readers: [{ pull: { exporter: { prometheus: { host: "127.0.0.1", port: metrics } } } }] },
      },
    },
  };
  const collector = { endpoint: `dns:///127.0.0.1:${backend}`, tls: { serverName, ...tls } };
  const [workload] = rendered(deploymentWith(collector, mountPath, config));
  const containers = containersOf(get(workload, "spec", "template", "spec"));
  const [app, agent] = [containers.find((one) => !isCollector(one)), containers.find(isCollector)];
  assert.ok(app !== undefined && agent !== undefined);
  const variables = environmentOf(agent, fields);
  const running = await start(t, argsOf(agent, variables), variables, () => answers(`http://127.0.0.1:${health}/`));
  return {
    ...running,
    metrics: `http://127.0.0.1:${metrics}/metrics`,
    send: (span) => send(environmentOf(app, fields), span),
  };
}

/** A list as a host sends it; JSON is YAML. */
function deploymentWith(collector: Mapping, mountPath: string, config: Mapping): string {
  return JSON.stringify({
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items: [
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace: "shop" },
        spec: { template: { spec: { containers: [{ name: "web", image: "shop/web:1.0" }] } } },
      },
    ],
    functionConfig: {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: {
        selector: {},
        collector,
        agent: {
          type: "otelcol",
          mountPath,
          tags: {
            "k8s.pod.name": { fieldPath: "metadata.name" },
            version: { fieldPath: "metadata.labels['version']" },
            note: { fieldPath: "metadata.annotations['note']" },
            price: "$5 for $$ and $(POD_NAME)",
          },
          config,
        },
        app: { presets: ["opentelemetry"] },
      },
    },
  });
}

/** What an SDK does: its environment says where to, how, and which pod it is in. */
async function send(env: ReadonlyMap<string, string>, span: string): Promise<void> {
  assert.equal(env.get("OTEL_EXPORTER_OTLP_PROTOCOL"), "http/protobuf");
  const given = (env.get("OTEL_RESOURCE_ATTRIBUTES") ?? "").split(",").map((pair) => pair.split("="));
  assert.deepEqual(given[0], ["k8s.pod.name", fields["metadata.name"]]);
  const body = {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "web" } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: "5b8efff798038103d269b633813fc60c",
                spanId: "eee19b7ec3c1b174",
                name: span,
                kind: 2,
                startTimeUnixNano: "1700000000000000000",
                endTimeUnixNano: "1700000001000000000",
              },
            ],
          },
        ],
      },
    ],
  };
  const response = await fetch(`${env.get("OTEL_EXPORTER_OTLP_ENDPOINT")}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.text());
}
