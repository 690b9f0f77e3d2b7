import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import type { TestContext } from "node:test";
import type { Mapping } from "../../src/yaml/value";
import { startBackend } from "../collector/backend";
import { answers, otelcol, startAgent } from "../collector/support";
import { find, temporaryFolder } from "../hosts/support";
import { freePort } from "../support/free-port";
import type { Case } from "./cases";
import { type Pod, type Process, render } from "./pod";
import { findProgram, type Sdk } from "./programs";

/** A case, run with one of its SDKs. */
export interface Run {
  readonly sdk: Sdk;
  readonly testCase: Case;
}

/** How a run ended. */
export interface Outcome {
  /** The attributes of the resource of each of the run's spans at the backend. */
  readonly received: readonly Mapping[];
  readonly pod: Pod;
  /** What the SDK's process wrote. */
  readonly log: string;
}

/**
 * Renders each case, and runs its SDKs with the environment of its app, next to the pod's agent. Pods with identical
 * agents share one, and an SDK runs once for all cases in which its environment is the same, too. If rendering a case
 * fails, its outcome is the error.
 */
export async function runAll(t: TestContext, runs: readonly Run[]): Promise<ReadonlyMap<Run, Outcome | Error>> {
  const [otlp, jaeger] = [await freePort(), await freePort()];
  const pods = renderAll(runs, { otelcol: `dns:///127.0.0.1:${otlp}`, jaeger: `dns:///127.0.0.1:${jaeger}` });
  await ownPorts(t);
  const backend = await startBackend(t, temporaryFolder(t), backendConfig(otlp, jaeger));
  const logs = new Map<Run, string>();
  const spanOf = (run: Run) => `span-${runs.indexOf(run)}.`;
  const firsts = firstsOf(runs, pods);
  for (const group of groupByAgent([...new Set(firsts.values())], pods)) {
    const agent = await startAgentOf(t, group.pod);
    await inParallel(group.runs, async (run) => {
      logs.set(run, await runSdk(run.sdk, spanOf(run), (pods.get(run.testCase) as Pod).app.env));
    });
    // An agent sends its remaining spans when it stops.
    await agent.stop();
  }
  await backend.stop();
  return new Map(
    runs.map((run): [Run, Outcome | Error] => {
      const pod = pods.get(run.testCase) as Pod | Error;
      if (pod instanceof Error) return [run, pod];
      const same = firsts.get(run) as Run;
      return [run, { received: backend.received(spanOf(same)), pod, log: logs.get(same) ?? "" }];
    }),
  );
}

/** Returns for each run the first one with the same SDK, environment and agent. Cases that weren't rendered have none. */
function firstsOf(runs: readonly Run[], pods: ReadonlyMap<Case, Pod | Error>): ReadonlyMap<Run, Run> {
  const firstByKey = new Map<string, Run>();
  const firsts = new Map<Run, Run>();
  for (const run of runs) {
    const pod = pods.get(run.testCase);
    if (pod === undefined || pod instanceof Error) continue;
    const key = JSON.stringify([run.sdk, [...pod.app.env].sort(), keyOf(pod.agent)]);
    const first = firstByKey.get(key) ?? run;
    firstByKey.set(key, first);
    firsts.set(run, first);
  }
  return firsts;
}

function keyOf({ args, env }: Process): string {
  return JSON.stringify([args, [...env]]);
}

function renderAll(runs: readonly Run[], backends: Parameters<typeof render>[1]): ReadonlyMap<Case, Pod | Error> {
  const cases = new Set(runs.map(({ testCase }) => testCase));
  return new Map(
    [...cases].map((testCase): [Case, Pod | Error] => {
      try {
        return [testCase, render(testCase, backends)];
      } catch (error) {
        return [testCase, error as Error];
      }
    }),
  );
}

/**
 * Waits until this process can use the agents' ports. They are fixed, because SDKs use them by default, so only one
 * process at a time can run the agents. An additional port is the lock: other processes wait until it is free.
 */
async function ownPorts(t: TestContext): Promise<void> {
  const server = createServer();
  const listen = () =>
    new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(14319, "127.0.0.1", () => resolve(true));
    });
  for (let attempt = 0; !(await listen()); attempt++) {
    assert.ok(attempt < 600, "another process uses the ports of a pod for too long");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  t.after(() => server.close());
}

/** Accepts every signal, and stores the spans. */
function backendConfig(otlp: number, jaeger: number): string {
  return JSON.stringify({
    receivers: {
      otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${otlp}` } } },
      jaeger: { protocols: { grpc: { endpoint: `127.0.0.1:${jaeger}` } } },
    },
    exporters: { debug: {} },
    service: {
      pipelines: {
        traces: { receivers: ["otlp", "jaeger"] },
        metrics: { receivers: ["otlp"], exporters: ["debug"] },
        logs: { receivers: ["otlp"], exporters: ["debug"] },
      },
    },
  });
}

interface Group {
  readonly pod: Pod;
  readonly runs: readonly Run[];
}

/** Groups the runs by the arguments and environment of their agents. */
function groupByAgent(runs: readonly Run[], pods: ReadonlyMap<Case, Pod | Error>): Group[] {
  const groups = new Map<string, { pod: Pod; runs: Run[] }>();
  for (const run of runs) {
    const pod = pods.get(run.testCase);
    if (pod === undefined || pod instanceof Error) continue;
    const key = keyOf(pod.agent);
    const group = groups.get(key) ?? { pod, runs: [] };
    group.runs.push(run);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function startAgentOf(t: TestContext, { type, agent: { args, env }, health }: Pod) {
  const program = type === "jaeger" ? findProgram("jaeger-agent") : find(otelcol);
  return startAgent(t, program as string, { args, env, ready: () => answers(health) });
}

/** Runs an asynchronous function on every element, on a few at a time: an SDK that waits for an answer needs no core. */
async function inParallel<T>(elements: readonly T[], run: (element: T) => Promise<void>): Promise<void> {
  const queue = [...elements];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

/** Sends a span with an SDK, and returns what its process wrote. The timeout of two minutes is for busy machines. */
function runSdk(sdk: Sdk, span: string, env: Process["env"]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(findProgram(sdk) as string, [span], {
      env: { PATH: process.env["PATH"], ...Object.fromEntries(env) },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 120_000,
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        log += text;
      });
    }
    child.on("error", reject).on("close", (status, signal) => resolve(`${log}\nended with ${signal ?? status}`));
  });
}
