import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Mapping } from "../../src/yaml/value";
import { lacks, temporaryFolder } from "../hosts/support";
import { freePort } from "../support/free-port";
import { Authority } from "./authority";
import { type Backend, startBackend } from "./backend";
import { type Sidecar, startSidecar } from "./sidecar";
import { answers, mountSecret, otelcol, until } from "./support";

/*
 * The real path of a span: the app sends it with the preset's settings, the sidecar runs with the arguments and
 * environment of a rendered Deployment, and a second Collector requires a client certificate from the sidecar.
 */

const serverName = "collector.example.com";

test("a span arrives with its tags, with a client certificate and with the one that replaces it", async (t) => {
  if (lacks(t, otelcol, "openssl")) return;
  const folder = temporaryFolder(t);
  const servers = Authority.create(folder, "servers");
  const [oldClients, newClients] = [Authority.create(folder, "old-clients"), Authority.create(folder, "new-clients")];
  const mountPath = join(folder, "tls");
  const secretOf = (clients: Authority) => ({
    ...clients.issue("web@shop", "client auth"),
    "ca.crt": readFileSync(servers.certificate, "utf8"),
  });
  mountSecret(mountPath, secretOf(oldClients));
  const port = await freePort();
  const backend = await startBackendFor(t, folder, port, { servers, clients: oldClients });
  const sidecar = await startSidecarFor(t, port, mountPath, {
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
  const next = await startBackendFor(t, folder, port, { servers, clients: newClients });
  await sidecar.send("second");
  await next.span("second", sidecar);
});

test("a span without a client certificate doesn't arrive", async (t) => {
  if (lacks(t, otelcol, "openssl")) return;
  const folder = temporaryFolder(t);
  const [servers, clients] = [Authority.create(folder, "servers"), Authority.create(folder, "clients")];
  mountSecret(join(folder, "ca"), { "ca.crt": readFileSync(servers.certificate, "utf8") });
  const port = await freePort();
  const backend = await startBackendFor(t, folder, port, { servers, clients });
  const sidecar = await startSidecarFor(t, port, join(folder, "tls"), { ca: { secretName: "collector-ca" } });
  await sidecar.send("first");
  await until(
    () => backend.log().includes("client didn't provide a certificate"),
    () => backend.log(),
  );
  assert.equal(backend.has("first"), false);
});

const metric: Mapping = {
  resourceMetrics: [
    { scopeMetrics: [{ metrics: [{ name: "requests", gauge: { dataPoints: [{ timeUnixNano: "1", asInt: "1" }] } }] }] },
  ],
};
const log: Mapping = {
  resourceLogs: [
    { scopeLogs: [{ scope: { name: "audit" }, logRecords: [{ timeUnixNano: "1", body: { stringValue: "x" } }] }] },
  ],
};

test("metrics and logs arrive if they are in agent.signals; otherwise the agent answers with 404", async (t) => {
  if (lacks(t, otelcol)) return;
  const folder = temporaryFolder(t);
  const port = await freePort();
  const pipeline = { receivers: ["otlp"], exporters: ["file"] };
  const config = {
    receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${port}` } } } },
    service: { pipelines: { traces: { receivers: ["otlp"] }, metrics: pipeline, logs: pipeline } },
  };
  const backend = await startBackend(t, folder, JSON.stringify(config));
  const collector = { endpoint: `dns:///127.0.0.1:${port}` };
  const statusesOf = async (sidecar: Sidecar) => [
    await sidecar.post("/v1/metrics", JSON.stringify(metric)),
    await sidecar.post("/v1/logs", JSON.stringify(log)),
  ];

  const tracesOnly = await startSidecar(t, { collector, mountPath: "/tls" });
  assert.deepEqual(await statusesOf(tracesOnly), [404, 404]);
  await tracesOnly.stop();

  const sidecar = await startSidecar(t, { collector, mountPath: "/tls", signals: ["traces", "metrics", "logs"] });
  assert.deepEqual(await statusesOf(sidecar), [200, 200]);
  for (const name of ["requests", "audit"])
    await until(
      () => backend.has(name),
      () => sidecar.log() + backend.log(),
    );
});

/** The authorities that sign the certificates of the backend, and of the clients that it accepts. */
interface Authorities {
  readonly servers: Authority;
  readonly clients: Authority;
}

/** Starts a Collector that accepts spans only from clients with a certificate of `clients`. */
function startBackendFor(
  t: TestContext,
  folder: string,
  port: number,
  { servers, clients }: Authorities,
): Promise<Backend> {
  const keysFolder = join(folder, "server");
  mountSecret(keysFolder, servers.issue(serverName, "server auth"));
  const [cert, key] = [join(keysFolder, "tls.crt"), join(keysFolder, "tls.key")];
  const tls = { cert_file: cert, key_file: key, client_ca_file: clients.certificate };
  const config = {
    receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${port}`, tls } } } },
    service: { pipelines: { traces: { receivers: ["otlp"] } } },
  };
  return startBackend(t, folder, JSON.stringify(config));
}

function startSidecarFor(t: TestContext, backend: number, mountPath: string, tls: Mapping): Promise<Sidecar> {
  return startSidecar(t, {
    collector: { endpoint: `dns:///127.0.0.1:${backend}`, tls: { serverName, ...tls } },
    mountPath,
    tags: {
      "k8s.pod.name": { fieldPath: "metadata.name" },
      version: { fieldPath: "metadata.labels['version']" },
      note: { fieldPath: "metadata.annotations['note']" },
      price: "$5 for $$ and $(POD_NAME)",
    },
  });
}
