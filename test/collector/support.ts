import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { load } from "js-yaml";
import { run } from "../../src/pipeline/run";
import { getList, getString, type Mapping, type Value } from "../../src/yaml/value";
import { find, findAll } from "../hosts/support";

/** The name of the Collector that `.ci/run` builds from builder.yaml. */
export const otelcol = "otelcol-0.165.0-http";

/** A program of the Collector, and its version. */
export interface CollectorProgram {
  readonly program: string;
  readonly version: string;
}

const programName = /^otelcol-(\d+\.\d+\.\d+)-http$/;

/**
 * Returns the Collector that `.ci/run` builds, whether or not it is installed, and those of other versions that are
 * installed, in the order of their versions. `test/collector/build.sh` builds one of any version.
 */
export function collectorPrograms(): readonly CollectorProgram[] {
  const others = findAll(programName).filter((program) => program !== otelcol);
  return [otelcol, ...others.sort((a, b) => a.localeCompare(b, "en", { numeric: true }))].map((program) => ({
    program,
    version: programName.exec(program)?.[1] as string,
  }));
}

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

/** A running Collector, or another agent. */
export interface Collector {
  /** Returns everything that it has logged so far. */
  log(): string;
  /** Reports whether it still runs. */
  isRunning(): boolean;
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
  /** Reports whether the agent is ready. It gets everything that the agent has logged so far. */
  readonly ready: (log: string) => boolean | Promise<boolean>;
  /** Limits the process with this ID, before it runs the program. */
  readonly confine?: (pid: number) => void;
}

/**
 * Starts an agent or a collector with only this environment, and waits until `ready` returns true. It is stopped at the end
 * of the test at the latest. Fails with its log if it doesn't start.
 */
export async function startAgent(
  t: TestContext,
  program: string,
  { args, env, ready, confine }: Start,
): Promise<Collector> {
  // A process that is to be limited waits for a line of input before it becomes the program.
  const command =
    confine === undefined ? [program, ...args] : ["/bin/sh", "-c", 'read -r _; exec "$@"', "sh", program, ...args];
  const child = spawn(command[0] as string, command.slice(1), { env: Object.fromEntries(env) });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  }
  const collector = { log: () => log, isRunning: () => !hasEnded(child), stop: () => end(child) };
  t.after(collector.stop);
  confine?.(child.pid as number);
  // A program that has already ended doesn't read it.
  child.stdin.on("error", () => undefined).end("\n");
  await until(
    () => {
      assert.ok(!hasEnded(child), log);
      return ready(log);
    },
    () => `${program} did not start:\n${log}`,
  );
  return collector;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (hasEnded(child)) return resolve();
    const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    // Its log is complete now.
    child.once("close", () => {
      clearTimeout(killer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** Waits up to 30 seconds, or another time, until a condition is met. Fails with `complaint` otherwise. */
export async function until(
  isMet: () => boolean | Promise<boolean>,
  complaint: () => string,
  seconds = 30,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
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
