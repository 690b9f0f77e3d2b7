import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { plainConfiguration } from "../cli/support";
import { inputOf, splitResults } from "../support/fixture";
import { deployment, functionConfig, head, unreadable } from "../support/hostile";
import { bundle, runBundle } from "../support/run-bundle";

/*
 * Streams that fail. The run must end with a message and a status other than 0, never with truncated output that looks
 * complete, and never with a stack trace.
 */

const article = inputOf("article");
const configMap = `- apiVersion: v1\n  kind: ConfigMap\n  data: {key: ${"v".repeat(1000)}}\n`;
/** A list of 2 MB: its output is many times the capacity of a pipe. */
const large = head + configMap.repeat(2_000) + deployment() + functionConfig();

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
});
after(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Collects the output of a process. `stdout` is the output so far; `end` waits for the end of the process. */
function observe(child: ChildProcess): { readonly stdout: string; end(): Promise<Outcome> } {
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  }
  // Ignore the error of writing to a process that ends before it has read its input.
  child.stdin?.on("error", () => {});
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    get stdout() {
      return texts.stdout;
    },
    end: async () => {
      const [status, signal] = await closed;
      return { ...texts, status, signal };
    },
  };
}

function assertStdoutFailed({ stderr, status }: Pick<Outcome, "stderr" | "status">, code: string): void {
  assert.equal(status, 1);
  assert.match(stderr, /^(?:warning: .*\n)*error: can't write to stdout, so the output is incomplete: .*\n$/);
  assert.ok(stderr.includes(code), stderr);
}

/** Runs the bundle with open files as its streams. */
function runWithStreams(streams: {
  readonly stdin?: number;
  readonly stdout?: number;
  readonly stderr?: number;
}): Outcome {
  const { stdin, stdout, stderr } = streams;
  const child = spawnSync(process.execPath, [bundle], {
    stdio: [stdin ?? "pipe", stdout ?? "pipe", stderr ?? "pipe"],
    input: stdin === undefined ? article : undefined,
    encoding: "utf8",
  });
  return { ...child, stdout: child.stdout ?? "", stderr: child.stderr ?? "" };
}

describe("stdout that cannot be written is an error", () => {
  test("on a full disk", { skip: process.platform !== "linux" && "/dev/full exists only on Linux" }, () => {
    const full = openSync("/dev/full", "w");
    assertStdoutFailed(runWithStreams({ stdout: full }), "ENOSPC");
    closeSync(full);
  });

  test("with a descriptor that is open for reading only", () => {
    const readOnly = openSync(__filename, "r");
    assertStdoutFailed(runWithStreams({ stdout: readOnly }), "EBADF");
    closeSync(readOnly);
  });

  test("for the help text", { skip: process.platform !== "linux" && "/dev/full exists only on Linux" }, () => {
    const full = openSync("/dev/full", "w");
    const child = spawnSync(process.execPath, [bundle, "--help"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    assertStdoutFailed(child, "ENOSPC");
    closeSync(full);
  });

  test("with a reader that closes the pipe before the first byte", async () => {
    const child = spawn(process.execPath, [bundle]);
    const { end } = observe(child);
    child.stdout.destroy();
    child.stdin.end(article);
    assertStdoutFailed(await end(), "EPIPE");
  });

  test("with a reader that closes the pipe in the middle", async () => {
    const child = spawn(process.execPath, [bundle]);
    const { end } = observe(child);
    child.stdout.once("data", () => child.stdout.destroy());
    child.stdin.end(large);
    const outcome = await end();
    assert.ok(outcome.stdout.length < large.length);
    assertStdoutFailed(outcome, "EPIPE");
  });
});

test("a slow reader gets the whole output", async () => {
  const child = spawn(process.execPath, [bundle]);
  const chunks: string[] = [];
  child.stdin.end(large);
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    chunks.push(chunk);
    if (chunks.length % 50 === 1) await setTimeout(10);
  }
  assert.equal(splitResults(chunks.join("")).rest, splitResults(runBundle(large).stdout).rest);
});

test("stderr that cannot be written is an error, but stdout is complete", () => {
  const readOnly = openSync(__filename, "r");
  const path = join(folder, "nothing-selected.yaml");
  const input = head + deployment() + functionConfig().replace("selector: {}", "selector: {names: [another]}");
  writeFileSync(path, input);
  assert.match(runBundle(input).stderr, /^warning: .*\[warn-nothing-selected\]\n$/);
  const stdin = openSync(path, "r");
  const { stdout, status } = runWithStreams({ stdin, stderr: readOnly });
  assert.equal(status, 1);
  assert.equal(splitResults(stdout).rest, splitResults(input).rest);
  closeSync(stdin);
  closeSync(readOnly);
});

describe("stdin that cannot be read is an error", () => {
  const assertRefused = ({ stdout, stderr, status }: Outcome, message: RegExp) => {
    assert.equal(status, 1);
    assert.match(stderr, /^error: .* \[invalid-input\]\n$/);
    assert.match(stderr, message);
    assert.equal(splitResults(stdout).rest, unreadable);
  };

  test("if it is a folder", () => {
    const stdin = openSync(folder, "r");
    assertRefused(runWithStreams({ stdin }), /can't read stdin: EISDIR/);
    closeSync(stdin);
  });

  test("if it is open for writing only", () => {
    const stdin = openSync(join(folder, "written"), "w");
    assertRefused(runWithStreams({ stdin }), /can't read stdin: EBADF/);
    closeSync(stdin);
  });

  test("if it is closed", () => {
    const child = spawnSync("sh", ["-c", '"$0" "$1" <&-', process.execPath, bundle], { encoding: "utf8" });
    assertRefused(child, /the input is empty/);
  });

  test("if it is longer than a string of V8 can be", () => {
    const path = join(folder, "huge");
    writeFileSync(path, "");
    truncateSync(path, 512_000_001);
    const stdin = openSync(path, "r");
    assertRefused(runWithStreams({ stdin }), /the input must be at most 512 MB/);
    closeSync(stdin);
  });
});

test("waits for a stdin that does not block", async () => {
  // Node sets its stdin to non-blocking. SIGKILL leaves it no time to undo that for the next process.
  const unblock = "process.stdin.resume(); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20)";
  const script = '"$0" -e "$1"; echo ready >&2; exec "$0" "$2"';
  const child = spawn("sh", ["-c", script, process.execPath, unblock, bundle]);
  const { end } = observe(child);
  await once(child.stderr, "data");
  const bytes = Buffer.from(article);
  for (const [from, to] of [
    [0, 100],
    [100, 1000],
    [1000, bytes.length],
  ]) {
    await setTimeout(150);
    child.stdin.write(bytes.subarray(from, to));
  }
  child.stdin.end();
  const { stdout, stderr, status } = await end();
  assert.equal(status, 0, stderr);
  assert.equal(stdout, runBundle(article).stdout);
});

describe("SIGTERM ends a run with the signal", () => {
  test("while it reads", async () => {
    const child = spawn(process.execPath, [bundle]);
    const { end } = observe(child);
    await new Promise((done) => child.stdin.write(large.slice(0, 1_000_000), done));
    child.kill("SIGTERM");
    assert.deepEqual(await end(), { stdout: "", stderr: "", status: null, signal: "SIGTERM" });
  });

  test("while it computes", async () => {
    const child = spawn(process.execPath, [bundle]);
    const { end } = observe(child);
    await new Promise<void>((done) => child.stdin.end(large, done));
    child.kill("SIGTERM");
    const { status, signal } = await end();
    assert.deepEqual({ status, signal }, { status: null, signal: "SIGTERM" });
  });

  test("while it writes", async () => {
    const child = spawn(process.execPath, [bundle]);
    const { end } = observe(child);
    child.stdout.once("data", () => {
      child.stdout.pause();
      child.kill("SIGTERM");
    });
    child.stdin.end(large);
    await once(child, "exit");
    child.stdout.resume();
    const { stdout, status, signal } = await end();
    assert.deepEqual({ status, signal }, { status: null, signal: "SIGTERM" });
    assert.ok(stdout.length < large.length);
  });
});

test("the command line ends quietly if the reader closes the pipe", async () => {
  const manifests = join(folder, "large.yaml");
  writeFileSync(manifests, `kind: A\ntext: ${"v".repeat(1_000)}\n---\n`.repeat(2_000));
  const config = join(folder, "tracing.yaml");
  writeFileSync(config, plainConfiguration);
  const child = spawn(process.execPath, [bundle, "--quiet", "-c", config, manifests]);
  const { end } = observe(child);
  child.stdout.once("data", () => child.stdout.destroy());
  const { stderr, status } = await end();
  assert.match(stderr, /^warning: .*No workload was selected.*\n$/);
  assert.equal(status, 141);
});
