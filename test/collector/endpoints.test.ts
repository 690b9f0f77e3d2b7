import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mapping } from "../../src/yaml/value";
import { lacks, run as runProgram } from "../hosts/support";
import { accepted, neverConnects, refusedAtStart } from "../support/collector-endpoints";
import { configured, partsOf } from "../support/configured";
import { freePort } from "../support/free-port";
import { argsOf, environmentOf } from "../support/kubelet";
import { answers, otelcol, start, until } from "./support";

/*
 * The real Collector validates the endpoints that `test/plan/collector-endpoint.test.ts` expects to be accepted or rejected.
 */

const fields = { "metadata.name": "web-0", "metadata.namespace": "shop" };

/** Returns what `validate` prints about the Collector's configuration for an endpoint, and its exit status. */
function validate(endpoint: string) {
  const { container } = partsOf(configured({ agent: { type: "otelcol" }, collector: { endpoint } }));
  const variables = environmentOf(container, fields);
  return runProgram(otelcol, ["validate", ...argsOf(container, variables)], { env: Object.fromEntries(variables) });
}

for (const [what, endpoints, status] of [
  ["accepts", accepted, 0],
  ["refuses", refusedAtStart, 1],
  ["accepts, although gRPC can't connect,", neverConnects, 0],
] as const) {
  test(`validate ${what} the same endpoints`, (t) => {
    if (lacks(t, otelcol)) return;
    for (const endpoint of endpoints) {
      const result = validate(endpoint);
      assert.equal(result.status, status, `${endpoint}: ${result.stderr}`);
    }
  });
}

test("gRPC can't connect to the other endpoints that are rejected, even if the collector is there", async (t) => {
  if (lacks(t, otelcol)) return;
  const [grpc, http] = [await freePort(), await freePort()];
  // An exporter and a pipeline for each endpoint, and a collector as `localhost`, in one process.
  const endpoints = [`localhost:${grpc}`, ...neverConnects.map((endpoint) => onThisMachine(endpoint, grpc))];
  const exporter = (endpoint: string): Mapping => ({
    endpoint,
    tls: { insecure: true },
    sending_queue: { queue_size: 10 },
    retry_on_failure: { enabled: false },
    timeout: "5s",
  });
  const named = (value: (endpoint: string, index: number) => Mapping, prefix: string) =>
    Object.fromEntries(endpoints.map((endpoint, index) => [`${prefix}/${index}`, value(endpoint, index)]));
  const config = {
    receivers: {
      "otlp/in": { protocols: { http: { endpoint: `127.0.0.1:${http}` } } },
      "otlp/out": { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` } } },
    },
    exporters: { ...named(exporter, "otlp_grpc"), debug: {} },
    service: {
      telemetry: { metrics: { level: "none" }, logs: { sampling: { enabled: false } } },
      pipelines: {
        ...named((_, index) => ({ receivers: ["otlp/in"], exporters: [`otlp_grpc/${index}`] }), "traces"),
        "traces/out": { receivers: ["otlp/out"], exporters: ["debug"] },
      },
    },
  };
  const span = { traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174", name: "x", kind: 1 };
  const url = `http://127.0.0.1:${http}/v1/traces`;
  const send = () =>
    answers(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    });
  const env = new Map([["CONFIG", JSON.stringify(config)]]);
  const collector = await start(t, ["--config=env:CONFIG"], env, send);
  const failed = (index: number) =>
    new RegExp(`"otelcol.component.id": "otlp_grpc/${index}".*"error": `).test(collector.log());
  const received = () => /"spans": 1\b/.test(collector.log());
  // The first spans can be too early for the one that can connect.
  await until(
    async () => received() || ((await send()) && false),
    () => collector.log(),
  );
  for (const [index, endpoint] of endpoints.entries()) {
    if (index === 0) continue;
    await until(
      () => failed(index),
      () => `${endpoint} did not fail:\n${collector.log()}`,
    );
  }
});

/** Returns an endpoint with the host `localhost` and a port of this machine, instead of `collector` and 4317. */
function onThisMachine(endpoint: string, port: number): string {
  return endpoint.replace("4317", String(port)).replace("collector", "localhost");
}
