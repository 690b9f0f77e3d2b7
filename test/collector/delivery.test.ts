import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { lacks, temporaryFolder } from "../hosts/support";
import { startBackend } from "./backend";
import { startSidecar } from "./sidecar";
import { freePort, otelcol, until } from "./support";

/*
 * What the rendered exporter does with spans, in the real Collector: it keeps them while the collector is away, and sends
 * them over HTTP with headers.
 */

test("a span that is sent while the collector is away arrives when it is back", async (t) => {
  if (lacks(t, otelcol)) return;
  const port = await freePort();
  const collector = { endpoint: `dns:///127.0.0.1:${port}` };
  const sidecar = await startSidecar(t, { collector, mountPath: "/tls" });
  await sidecar.send("early");
  await until(
    () => sidecar.log().includes("Exporting failed. Will retry the request after interval."),
    () => sidecar.log(),
  );
  const config = {
    receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${port}` } } } },
    service: { pipelines: { traces: { receivers: ["otlp"] } } },
  };
  const backend = await startBackend(t, temporaryFolder(t), JSON.stringify(config));
  await backend.span("early", sidecar);
});

test("a full queue rejects spans with a status that makes SDKs send them again, and the agent goes on", async (t) => {
  if (lacks(t, otelcol)) return;
  const port = await freePort();
  const sidecar = await startSidecar(t, {
    collector: { endpoint: `dns:///127.0.0.1:${port}` },
    mountPath: "/tls",
    agent: { resources: { limits: { memory: "8Mi" } } },
  });
  // The queue has space for an eighth of the memory limit.
  const span = { name: "x".repeat(100_000), traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" };
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
  const statuses: number[] = [];
  while (statuses.length < 100 && statuses.at(-1) !== 503) statuses.push(await sidecar.post("/v1/traces", body));
  assert.equal(statuses.at(-1), 503, sidecar.log());
  const accepted = statuses.filter((status) => status === 200).length;
  assert.ok(accepted >= 5 && accepted <= 15, `${accepted} of ${statuses.length} spans of 100 kB were accepted`);
  assert.match(sidecar.log(), /sending queue is full/);
});

test("OTLP over HTTP uses the endpoint's path and the headers from Secrets", async (t) => {
  if (lacks(t, otelcol)) return;
  const { requests, port } = await startServer(t);
  const sidecar = await startSidecar(t, {
    collector: { endpoint: `http://127.0.0.1:${port}/otlp` },
    mountPath: "/tls",
    agent: {
      protocol: "http",
      headersFrom: [{ name: "x-api-key", secretKeyRef: { name: "tracing-service", key: "api-key" } }],
    },
    // A value that YAML reads as a number.
    secrets: { HEADER_X_API_KEY: "0123" },
  });
  await sidecar.send("by-http");
  await until(
    () => requests.length > 0,
    () => sidecar.log(),
  );
  assert.equal(requests[0]?.url, "/otlp/v1/traces");
  assert.equal(requests[0]?.headers["x-api-key"], "0123");
});

/** Starts an HTTP server that accepts every request, and collects them. */
async function startServer(t: TestContext): Promise<{ requests: readonly IncomingMessage[]; port: number }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume().on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, port: (server.address() as AddressInfo).port };
}
