import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { lacks, temporaryFolder } from "../hosts/support";
import { freePort } from "../support/free-port";
import { startBackend } from "./backend";
import { startSidecar } from "./sidecar";
import { collectorPrograms, otelcol, until } from "./support";

/*
 * What the rendered exporter does with spans, in the real Collector: it keeps them while the collector is away, and sends
 * them over HTTP with headers.
 */

/** How long the collector is away. For 1 or more, the agent retries as rendered; otherwise, within seconds. */
const outage = Number(process.env["OUTAGE_SECONDS"] ?? 0);

for (const program of collectorPrograms()) {
  test(`spans that are sent while the collector is away arrive when it is back (${program.version})`, async (t) => {
    if (lacks(t, program.program, otelcol)) return;
    const port = await freePort();
    const config = JSON.stringify({
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${port}` } } } },
      service: { pipelines: { traces: { receivers: ["otlp"] } } },
    });
    const first = await startBackend(t, temporaryFolder(t), config);
    const sidecar = await startSidecar(t, {
      collector: { endpoint: `dns:///127.0.0.1:${port}` },
      mountPath: "/tls",
      program,
      ...(outage > 0 ? { config: {} } : {}),
    });
    await sidecar.send("before");
    await first.span("before", sidecar);

    await first.stop();
    const away: string[] = [];
    const end = Date.now() + outage * 1000;
    const retries = () => sidecar.log().split("Exporting failed. Will retry the request after interval.").length - 1;
    while (retries() < 3 || Date.now() < end) {
      assert.ok(Date.now() < end + 30_000, sidecar.log());
      away.push(`away-${away.length}`);
      await sidecar.send(away.at(-1) as string);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }

    const second = await startBackend(t, temporaryFolder(t), config);
    const back = Date.now();
    await sidecar.send("after");
    const expected = [...away, "after"];
    await until(
      () => expected.every((name) => second.has(name)),
      () => `${expected.filter((name) => !second.has(name))} of ${expected} are missing:\n${sidecar.log()}`,
      30 + 4 * outage,
    );
    t.diagnostic(`${away.length} spans arrived within ${(Date.now() - back) / 1000} s of the collector's return`);
  });
}

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
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
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
