import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Mapping } from "../../src/yaml/value";
import { lacks, temporaryFolder } from "../hosts/support";
import { freePort } from "../support/free-port";
import { startBackend } from "./backend";
import { lacksMemoryCgroup, memoryCgroup } from "./memory-cgroup";
import { exporterOf, type Sidecar, startSidecar } from "./sidecar";
import { type CollectorProgram, collectorPrograms, until } from "./support";

/*
 * The agent with its default memory limit, which the kernel enforces, while the collector is away: it rejects spans before
 * it would be killed.
 */

const memoryLimit = 128 * 1024 ** 2;

const [defaultProgram, ...otherPrograms] = collectorPrograms() as [CollectorProgram, ...CollectorProgram[]];

for (const program of [defaultProgram, ...otherPrograms]) {
  test(`the Collector ${program.version} rejects spans instead of being killed, and sends those it accepted`, async (t) => {
    if (lacks(t, program.program) || lacksMemoryCgroup(t)) return;
    const port = await freePort();
    const sidecar = await startLimited(t, program, port);
    const load = await flood(sidecar, 200);
    assert.ok(sidecar.isRunning(), `it was killed after ${JSON.stringify(load)}`);
    assert.deepEqual(load.failures, []);

    const config = {
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${port}` } } } },
      service: { pipelines: { traces: { receivers: ["otlp"] } } },
    };
    await startBackend(t, temporaryFolder(t), JSON.stringify(config));
    let sent = 0;
    await until(
      async () => {
        assert.ok(
          sidecar.isRunning(),
          `it was killed after it sent ${sent} of ${load.accepted * spansOfRequest} spans`,
        );
        sent = await counter(sidecar, "otelcol_exporter_sent_spans");
        return sent === load.accepted * spansOfRequest;
      },
      () => `${sent} of ${load.accepted * spansOfRequest} spans were sent:\n${sidecar.log()}`,
      120,
    );
    await until(
      async () => (await sidecar.post("/v1/traces", request)) === 200,
      () => sidecar.log(),
    );
  });
}

/** A queue that is larger than the memory. */
const largeQueue = { queue_size: 2 ** 40 };

test("memory_limiter rejects spans even if the queue has space", async (t) => {
  if (lacks(t, defaultProgram.program) || lacksMemoryCgroup(t)) return;
  const config = { exporters: { [exporterOf(defaultProgram)]: { sending_queue: largeQueue } } };
  const sidecar = await startLimited(t, defaultProgram, await freePort(), config);
  // memory_limiter checks the memory once a second, so that how much more is used until then depends on the machine.
  const load = await flood(sidecar, 20, 15);
  assert.ok(sidecar.isRunning(), `it was killed after ${JSON.stringify(load)}`);
  assert.deepEqual(load.failures, []);
  assert.ok((await counter(sidecar, "otelcol_processor_memory_limiter_refused_spans")) > 0);
});

test("the kernel kills an agent that rejects no spans", async (t) => {
  if (lacks(t, defaultProgram.program) || lacksMemoryCgroup(t)) return;
  const config = {
    processors: { memory_limiter: null },
    exporters: { [exporterOf(defaultProgram)]: { sending_queue: largeQueue } },
    service: { pipelines: { traces: { processors: ["resource"] } } },
  };
  const sidecar = await startLimited(t, defaultProgram, await freePort(), config);
  await flood(sidecar, 1);
  await until(
    () => !sidecar.isRunning(),
    () => sidecar.log(),
  );
});

/** Starts the agent with its default memory limit. Its collector is on a port of this machine. */
function startLimited(t: TestContext, program: CollectorProgram, port: number, config?: Mapping): Promise<Sidecar> {
  return startSidecar(t, {
    collector: { endpoint: `dns:///127.0.0.1:${port}` },
    mountPath: "/tls",
    program,
    confine: memoryCgroup(t, memoryLimit),
    ...(config === undefined ? {} : { config }),
  });
}

const spansOfRequest = 250;

/** A request of about 100 kB, with spans as SDKs send them. */
const request = JSON.stringify({
  resourceSpans: [
    {
      resource: { attributes: [{ key: "service.name", value: { stringValue: "web" } }] },
      scopeSpans: [
        {
          spans: Array.from({ length: spansOfRequest }, (_, index) => ({
            traceId: "5b8efff798038103d269b633813fc60c",
            spanId: index.toString(16).padStart(16, "1"),
            name: "GET /products",
            kind: 2,
            startTimeUnixNano: "1700000000000000000",
            endTimeUnixNano: "1700000001000000000",
            attributes: Array.from({ length: 8 }, (_, number) => ({
              key: `attribute.${number}`,
              value: { stringValue: `value ${number} of span ${index}` },
            })),
          })),
        },
      ],
    },
  ],
});

/** How an agent answered. */
interface Load {
  readonly accepted: number;
  /** The number of requests that were rejected with a status that makes SDKs send them again. */
  readonly rejected: number;
  /** All other answers. */
  readonly failures: readonly string[];
}

/**
 * Sends requests, four at a time, until so many of them were rejected, or until one fails.
 *
 * @param pause The milliseconds from a request to the next.
 */
async function flood(sidecar: Sidecar, rejections: number, pause = 0): Promise<Load> {
  const load = { accepted: 0, rejected: 0, failures: [] as string[] };
  const deadline = Date.now() + 120_000;
  const sender = async () => {
    while (load.rejected < rejections && load.failures.length === 0) {
      assert.ok(Date.now() < deadline, `too few rejections: ${JSON.stringify(load)}`);
      const status = await sidecar.post("/v1/traces", request).catch(String);
      if (status === 200) load.accepted++;
      else if (status === 503) load.rejected++;
      else load.failures.push(`${status}, ${sidecar.isRunning() ? "while it runs" : "and it was killed"}`);
      await new Promise((resolve) => setTimeout(resolve, 4 * pause));
    }
  };
  await Promise.all(Array.from({ length: 4 }, sender));
  return load;
}

/** Returns a counter among the agent's metrics; 0 if it doesn't exist, or if the agent doesn't answer. */
async function counter({ metrics }: Sidecar, name: string): Promise<number> {
  const text = await fetch(metrics).then((response) => response.text(), String);
  return Number(new RegExp(`^${name}\\{.*\\} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
}
