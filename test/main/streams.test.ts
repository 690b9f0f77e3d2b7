import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { inputOf, splitResults } from "../support/fixture";
import { deployment, functionConfig, head, unreadable } from "../support/hostile";
import { bundle, runBundle } from "../support/run-bundle";

/*
 * What is at the other end of the streams can fail too: there is a message then and a status that is not 0, never a cut
 * output that looks whole, and never a stack trace.
 */

const article = inputOf("article");
const configMap = `- apiVersion: v1\n  kind: ConfigMap\n  data: {key: ${"v".repeat(1000)}}\n`;
/** Its output is many times what a pipe holds. */
const large = head + configMap.repeat(20_000) + deployment() + functionConfig();

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

/** What a process gave until now, and what it ends with. */
function observe(child: ChildProcess): { readonly stdout: string; end(): Promise<Outcome> } {
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  }
  // A process that ends before it has read its input is no failure of the test's own writing.
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

function saysThatStdoutFailed({ stderr, status }: Pick<Outcome, "stderr" | "status">, code: string): void {
  assert.equal(status, 1);
  assert.match(stderr, /^(?:warning: .*\n)*error: stdout could not be written, so the output is not whole: .*\n$/);
  assert.ok(stderr.includes(code), stderr);
}

/** The bundle with files as its streams. */
function runOn(streams: { readonly stdin?: number; readonly stdout?: number; readonly stderr?: number }): Outcome {
  const { stdin, stdout, stderr } = streams;
  const child = spawnSync(process.execPath, [bundle], {
    stdio: [stdin ?? "pipe", stdout ?? "pipe", stderr ?? "pipe"],
    input: stdin === undefined ? article : undefined,
    encoding: "utf8",
  });
  return { ...child, stdout: child.stdout ?? "", stderr: child.stderr ?? "" };
}

describe("stdout that cannot be written", () => {
  test("a full disk", { skip: process.platform !== "linux" && "/dev/full is of Linux" }, () => {
    const full = openSync("/dev/full", "w");
    saysThatStdoutFailed(runOn({ stdout: full }), "ENOSPC");
    closeSync(full);
  });

  test("a descriptor that is open for reading only", () => {
    const readOnly = openSync(__filename, "r");
    saysThatStdoutFailed(runOn({ stdout: readOnly }), "EBADF");
    closeSync(readOnly);
  });

  test("the help text too", { skip: process.platform !== "linux" && "/dev/full is of Linux" }, () => {
    const full = openSync("/dev/full", "w");
    const child = spawnSync(process.execPath, [bundle, "--help"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    saysThatStdoutFailed(child, "ENOSPC");
    closeSync(full);
  });

  test("a reader that is gone before the first byte", async () => {
    const child = spawn(process.execPath, [bundle]);
    const { end } = observe(child);
    child.stdout.destroy();
    child.stdin.end(article);
    saysThatStdoutFailed(await end(), "EPIPE");
  });

  test("a reader that goes in the middle", async () => {
    const child = spawn(process.execPath, [bundle]);
    const { end } = observe(child);
    child.stdout.once("data", () => child.stdout.destroy());
    child.stdin.end(large);
    const outcome = await end();
    assert.ok(outcome.stdout.length < large.length);
    saysThatStdoutFailed(outcome, "EPIPE");
  });
});

test("a slow reader gets all of it", async () => {
  const child = spawn(process.execPath, [bundle]);
  const chunks: string[] = [];
  child.stdin.end(large);
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    chunks.push(chunk);
    if (chunks.length % 50 === 1) await setTimeout(10);
  }
  assert.equal(splitResults(chunks.join("")).rest, splitResults(runBundle(large).stdout).rest);
});

test("messages that cannot be written are a failure, and stdout is whole all the same", () => {
  const readOnly = openSync(__filename, "r");
  const path = join(folder, "nothing-selected.yaml");
  const input = head + deployment() + functionConfig().replace("selector: {}", "selector: {names: [another]}");
  writeFileSync(path, input);
  assert.match(runBundle(input).stderr, /^warning: .*\[warn-nothing-selected\]\n$/);
  const stdin = openSync(path, "r");
  const { stdout, status } = runOn({ stdin, stderr: readOnly });
  assert.equal(status, 1);
  assert.equal(splitResults(stdout).rest, splitResults(input).rest);
  closeSync(stdin);
  closeSync(readOnly);
});

describe("stdin that cannot be read", () => {
  const isRefused = ({ stdout, stderr, status }: Outcome, message: RegExp) => {
    assert.equal(status, 1);
    assert.match(stderr, /^error: .* \[invalid-input\]\n$/);
    assert.match(stderr, message);
    assert.equal(splitResults(stdout).rest, unreadable);
  };

  test("a folder", () => {
    const stdin = openSync(folder, "r");
    isRefused(runOn({ stdin }), /stdin could not be read: EISDIR/);
    closeSync(stdin);
  });

  test("a descriptor that is open for writing only", () => {
    const stdin = openSync(join(folder, "written"), "w");
    isRefused(runOn({ stdin }), /stdin could not be read: EBADF/);
    closeSync(stdin);
  });

  test("none at all", () => {
    const child = spawnSync("sh", ["-c", '"$0" "$1" <&-', process.execPath, bundle], { encoding: "utf8" });
    isRefused(child, /the input is empty/);
  });

  test("more than V8 can hold in one string", () => {
    const path = join(folder, "huge");
    writeFileSync(path, "");
    truncateSync(path, 512_000_001);
    const stdin = openSync(path, "r");
    isRefused(runOn({ stdin }), /the input must be at most 512 MB/);
    closeSync(stdin);
  });
});

test("a stdin that does not block is waited for", async () => {
  // Node makes its stdin a stream that does not block, and has no time to undo that for the next process.
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

describe("SIGTERM ends a run by the signal", () => {
  test("while it reads", async () => {
    const child = spawn(process.execPath, [bundle]);
    const { end } = observe(child);
    await new Promise((done) => child.stdin.write(large.slice(0, 1_000_000), done));
    child.kill("SIGTERM");
    assert.deepEqual(await end(), { stdout: "", stderr: "", status: null, signal: "SIGTERM" });
  });

  test("while it works", async () => {
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
