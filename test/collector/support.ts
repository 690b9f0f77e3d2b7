import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { load } from "js-yaml";
import { run } from "../../src/pipeline/run";
import { getList, getString, type Mapping, type Value } from "../../src/yaml/value";
import { find } from "../hosts/support";

/** The name of the Collector that `.ci/run` builds from builder.yaml. */
export const otelcol = "otelcol-0.165.0-http";

/** Runs the function on a ResourceList and returns the objects of its output. Fails if the run fails. */
export function rendered(list: string): readonly Mapping[] {
  const { stdout, stderr, status } = run(list);
  assert.equal(status, 0, stderr);
  return getList(load(stdout) as Value, "items") as readonly Mapping[];
}

/** Returns every container of a pod, including init containers. */
export function containersOf(podSpec: Value | undefined): readonly Mapping[] {
  return ["initContainers", "containers"].flatMap((list) => getList(podSpec, list)) as Mapping[];
}

/** Reports whether a container runs the Collector: it has the variable with the configuration. */
export function isCollector(container: Mapping): boolean {
  return getList(container, "env").some((entry) => getString(entry, "name") === "OTELCOL_CONFIG");
}

/** Returns a TCP port of the loopback address on which nothing listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** A running Collector, or another agent. */
export interface Collector {
  /** Returns everything that it has logged so far. */
  log(): string;
  /** Stops it, and waits until it has ended. */
  stop(): Promise<void>;
}

/** Starts a Collector, as `startAgent` does. */
export function start(
  t: TestContext,
  args: readonly string[],
  env: ReadonlyMap<string, string>,
  ready: () => Promise<boolean>,
): Promise<Collector> {
  return startAgent(t, find(otelcol) as string, { args, env, ready });
}

/** What an agent is started with. */
export interface Start {
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly ready: () => Promise<boolean>;
}

/**
 * Starts an agent or a collector with only this environment, and waits until `ready` returns true. It is stopped at the end
 * of the test at the latest. Fails with its log if it doesn't start.
 */
export async function startAgent(t: TestContext, program: string, { args, env, ready }: Start): Promise<Collector> {
  const child = spawn(program, args, { env: Object.fromEntries(env) });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  }
  const collector = { log: () => log, stop: () => end(child) };
  t.after(collector.stop);
  await until(
    () => {
      assert.equal(child.exitCode, null, log);
      return ready();
    },
    () => `${program} did not start:\n${log}`,
  );
  return collector;
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    child.once("exit", () => {
      clearTimeout(killer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** Waits up to 30 seconds until a condition is met. Fails with `complaint` otherwise. */
export async function until(isMet: () => boolean | Promise<boolean>, complaint: () => string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isMet())) {
    assert.ok(Date.now() < deadline, complaint());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Reports whether an HTTP server answers a request with a success status. */
export async function answers(url: string, request?: RequestInit): Promise<boolean> {
  return fetch(url, request).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Returns a file's text; empty if the file doesn't exist yet. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/**
 * Writes a Secret's keys into its mount folder as the kubelet does: the files are links through `..data` to a folder per
 * version, and an update atomically replaces the link `..data` (kubernetes `pkg/volume/util/atomic_writer.go`).
 */
export function mountSecret(folder: string, keys: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  const version = `..${process.hrtime.bigint()}`;
  mkdirSync(join(folder, version));
  for (const [key, text] of Object.entries(keys)) writeFileSync(join(folder, version, key), text);
  symlinkSync(version, join(folder, "..data_tmp"));
  renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
  for (const key of Object.keys(keys)) {
    rmSync(join(folder, key), { force: true });
    symlinkSync(join("..data", key), join(folder, key));
  }
}
