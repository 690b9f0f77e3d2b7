import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { nodeFileSystem } from "../../src/cli/file-system";
import { type Signal, signals } from "../../src/cli/system";
import { readTree } from "../hosts/support";
import { bundle } from "../support/run-bundle";
import { deployment, folderOf, plainConfiguration, runInBundle, runInProcess } from "./support";

/*
 * How files are written: each atomically, only those that change, and none if there is an error.
 */

const write = ["-c", "tracing.yaml", "--write", "."];

/** Creates a folder of 20 files. Returns their old and new texts by name. */
async function createFiles(t: TestContext) {
  const names = Array.from({ length: 20 }, (_, i) => `web-${String(i).padStart(2, "0")}`);
  const old = Object.fromEntries(names.map((name) => [`${name}.yaml`, deployment(name)]));
  const files = { "tracing.yaml": plainConfiguration, ...old };
  const reference = folderOf(t, files);
  assert.equal((await runInProcess(reference, write)).status, 0);
  return { names: Object.keys(old), folder: folderOf(t, files), old, updated: Object.fromEntries(readTree(reference)) };
}

/**
 * Counts the files with their new text. Every other file must have its old text, and the names of additional files must
 * match `allowed`.
 */
function countWritten(
  { names, folder, old, updated }: Awaited<ReturnType<typeof createFiles>>,
  allowed = /^$/,
): number {
  const others = readdirSync(folder).filter((name) => !names.includes(name) && name !== "tracing.yaml");
  assert.deepEqual(
    others.filter((name) => !allowed.test(name)),
    [],
  );
  return names.filter((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    if (text !== updated[name]) assert.equal(text, old[name], `${name} has neither its old nor its new text`);
    return text === updated[name];
  }).length;
}

describe("a signal during the writing of files", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`stops it between two files: ${signal}`, async (t) => {
      for (const pause of [1, 2, 7, 20]) {
        const all = await createFiles(t);
        const { stderr, status } = await runInProcess(all.folder, write, { interruptAt: { pause, signal } });
        assert.equal(countWritten(all), pause - 1);
        assert.equal(status, signal === "SIGINT" ? 130 : 143);
        assert.match(stderr, new RegExp(`error: interrupted by ${signal}; wrote ${pause - 1} of 20 files`));
      }
    });
  }

  const points: readonly (readonly [signal: Signal | "SIGKILL", when: "before" | "after", file: number])[] = [
    ["SIGINT", "after", 1],
    ["SIGTERM", "before", 7],
    ["SIGHUP", "after", 15],
    ["SIGKILL", "before", 1],
    ["SIGKILL", "after", 1],
    ["SIGKILL", "before", 13],
    ["SIGKILL", "after", 19],
  ];
  for (const [signal, when, file] of points) {
    test(`leaves only whole files, and another run writes the rest: ${signal} ${when} file ${file} is replaced`, async (t) => {
      const all = await createFiles(t);
      const { status, stderr } = runInterrupted(t, all.folder, { signal, when, file });
      // Only a signal that can't be caught leaves a temporary file.
      const leftOver = signal === "SIGKILL" && when === "before" ? /^\.web-\d+\.yaml\.\d+\.tmp$/ : /^$/;
      const count = countWritten(all, leftOver);
      if (signal === "SIGKILL") {
        assert.equal(count, when === "before" ? file - 1 : file);
      } else {
        // Node reports a signal a few files later.
        assert.ok(count >= file && count < all.names.length, `${count} files`);
        assert.equal(status, 128 + signals[signal], stderr);
      }
      assert.equal((await runInBundle(all.folder, write)).status, 0);
      assert.equal(countWritten(all, leftOver), all.names.length);
    });
  }
});

interface Interruption {
  readonly signal: Signal | "SIGKILL";
  /** Whether the signal comes before or after a file is replaced. */
  readonly when: "before" | "after";
  /** The number of the file, from 1. */
  readonly file: number;
}

/** Runs the bundle in a process that sends itself a signal while it writes files. */
function runInterrupted(t: TestContext, cwd: string, { signal, when, file }: Interruption) {
  const script = join(folderOf(t, {}), "interrupt.js");
  const kill = `if (count === ${file}) process.kill(process.pid, "${signal}");`;
  writeFileSync(
    script,
    `const files = require("node:fs");
     const { renameSync } = files;
     let count = 0;
     files.renameSync = (from, to) => {
       count++;
       ${when === "before" ? kill : ""}
       renameSync(from, to);
       ${when === "after" ? kill : ""}
     };`,
  );
  return spawnSync(process.execPath, ["--require", script, bundle, ...write], { cwd, encoding: "utf8" });
}

describe("a file", () => {
  const files = { "tracing.yaml": plainConfiguration, "web.yaml": deployment("web"), "other.yaml": "kind: Other\n" };

  test("keeps its mode, and is not written if it does not change", async (t) => {
    const folder = folderOf(t, files);
    chmodSync(join(folder, "web.yaml"), 0o640);
    const before = statSync(join(folder, "other.yaml")).ino;
    assert.equal((await runInBundle(folder, write)).status, 0);
    assert.equal(statSync(join(folder, "web.yaml")).mode & 0o7777, 0o640);
    assert.equal(statSync(join(folder, "other.yaml")).ino, before);
  });

  test("is written through a link, which stays, and only once for two links", async (t) => {
    const folder = folderOf(t, { "tracing.yaml": plainConfiguration, "real/web.yml": deployment("web") });
    symlinkSync("real/web.yml", join(folder, "link.yaml"));
    symlinkSync("link.yaml", join(folder, "second.yaml"));
    symlinkSync(".", join(folder, "loop"));
    const { stderr, status } = await runInBundle(folder, write);
    assert.equal(status, 0);
    assert.match(stderr, /^1 of 1 file changed: 1 workload injected\.$/m);
    assert.equal(readlinkSync(join(folder, "link.yaml")), "real/web.yml");
    assert.ok(lstatSync(join(folder, "second.yaml")).isSymbolicLink());
    assert.match(readFileSync(join(folder, "real/web.yml"), "utf8"), /name: otel-collector/);
  });

  test("after a link and .. is the one that was read, not one in the folder before the link", async (t) => {
    const folder = folderOf(t, {
      "repo/tracing.yaml": plainConfiguration,
      "repo/web.yaml": deployment("inner"),
      "elsewhere/web.yaml": deployment("outer"),
      "elsewhere/k8s/other.yaml": "",
    });
    const repo = join(folder, "repo");
    symlinkSync("../elsewhere/k8s", join(repo, "k8s"));
    for (const path of ["k8s/../web.yaml", "k8s/.."]) {
      writeFileSync(join(folder, "elsewhere/web.yaml"), deployment("outer"));
      const { stderr, status } = await runInBundle(repo, ["-c", "tracing.yaml", "--write", path]);
      assert.equal(status, 0, stderr);
      assert.equal(readFileSync(join(repo, "web.yaml"), "utf8"), deployment("inner"));
      assert.match(readFileSync(join(folder, "elsewhere/web.yaml"), "utf8"), /name: outer\n[\s\S]*otel-collector/);
    }
  });

  test("that another program changed since it was read is an error and is not written", async (t) => {
    const folder = folderOf(t, files);
    const path = join(folder, "web.yaml");
    let reads = 0;
    const read = (name: string) => {
      if (name === "web.yaml" && ++reads === 2) writeFileSync(path, "kind: Changed\n");
      return nodeFileSystem("test").read(join(folder, name));
    };
    const { stderr, status } = await runInProcess(folder, write, { files: { read } });
    assert.match(stderr, /^error: web\.yaml changed on disk after it was read; wrote 0 of 1 file/m);
    assert.equal(status, 1);
    assert.equal(readFileSync(path, "utf8"), "kind: Changed\n");
  });

  test("that cannot be written is an error, without a temporary file left", async (t) => {
    const folder = folderOf(t, files);
    const replace = () => {
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    };
    const { stderr, status } = await runInProcess(folder, write, { files: { replace } });
    assert.match(stderr, /^error: can't write web\.yaml: the disk is full; wrote 0 of 1 file/m);
    assert.equal(status, 1);
    assert.deepEqual(readdirSync(folder).sort(), ["other.yaml", "tracing.yaml", "web.yaml"]);
  });
});

test("an error in one workload prevents the writing of all files", async (t) => {
  const files = { "tracing.yaml": plainConfiguration, "a.yaml": deployment("a"), "b.yaml": deployment("b") };
  const broken = { ...files, "b.yaml": `${files["b.yaml"].replace("containers:", "containers: &c")}---\nkind: X\n` };
  const conflict = deployment("c").replace("name: c\n        image", "name: otel-collector\n        image");
  const folder = folderOf(t, { ...broken, "c.yaml": conflict });
  const before = readTree(folder);
  const { stdout, stderr, status } = await runInBundle(folder, write);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^error: c\.yaml:15: Deployment c: spec\.template\.spec\.containers: Container "otel-collector" already exists and isn't managed by tracing-sidecar\./m,
  );
  assert.match(stderr, /^Nothing was changed: 1 error\.$/m);
  assert.equal(status, 1);
  assert.deepEqual(readTree(folder), before);
});
