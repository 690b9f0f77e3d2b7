import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, openSync, readFileSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { buildExecutable, inspect } from "../../scripts/build-exec";
import { inputOf } from "../support/fixture";
import { bundle, runBundle } from "../support/run-bundle";
import {
  checkRequirements,
  codeCacheScript,
  codeCacheUsed,
  executable,
  lacksExecutable,
  neededLibraries,
  runBare,
} from "./executable-file";
import { find, image, lacks, type Outcome, readTree, replaceIn, root, run, succeed, temporaryFolder } from "./support";

/** A fixture with many changes, one with a conflict, input that isn't a ResourceList, and a large list. */
const inputs: Readonly<Record<string, string>> = {
  "the article": inputOf("article"),
  "a conflict": inputOf("conflict-container"),
  "empty input": "",
  "a list that is larger than a pipe's buffer": many(inputOf("article"), 2000),
};

/** Returns the input with its items repeated, each copy under another name. */
function many(input: string, times: number): string {
  const [head = "", items = ""] = input.split(/^(?=items:)/m);
  assert.match(items, /^items:\n/);
  const copies = Array.from({ length: times }, (_, i) =>
    items.slice("items:\n".length).replaceAll("example-hotrod", `hotrod-${i}`),
  );
  return `${head}items:\n${copies.join("")}`;
}

describe("the executable", () => {
  for (const [name, input] of Object.entries(inputs)) {
    test(`gives the same output as the bundle, with an empty environment: ${name}`, (t) => {
      if (lacksExecutable(t)) return;
      const { stdout, stderr, status } = runBundle(input);
      assert.deepEqual(runBare(executable, [], { input }), { stdout, stderr, status });
    });
  }

  const manifests = ["-c", "examples/hotrod/kpt/tracing.yaml", "examples/hotrod/kpt/deployment.yaml"];
  for (const args of [["--help"], ["--version"], ["--unknown"], ["-e", "process.exit(3)"], ["schema"], manifests]) {
    test(`handles ${args.join(" ")} like the bundle, and not as an option of Node`, (t) => {
      if (lacksExecutable(t)) return;
      const { stdout, stderr, status } = runBundle("", { args });
      assert.deepEqual(runBare(executable, args), { stdout, stderr, status });
    });
  }

  test("respects NODE_OPTIONS, for example for a larger heap", (t) => {
    if (lacksExecutable(t)) return;
    const script = join(temporaryFolder(t), "limit.cjs");
    writeFileSync(script, "console.error(require('node:v8').getHeapStatistics().heap_size_limit >> 20)");
    const env = { NODE_OPTIONS: `--max-old-space-size=777 --require=${script}` };
    const { status, stderr } = runBare(executable, ["--help"], { env });
    assert.equal(status, 0);
    assert.match(stderr, /^\d+\n$/);
    // The limit also includes the young generation.
    const limit = Number.parseInt(stderr, 10);
    assert.ok(limit >= 777 && limit < 1000, stderr);
  });

  test("uses the code cache that V8 created at build time", (t) => {
    if (lacksExecutable(t)) return;
    const { stderr } = runBare(executable, ["--version"], { env: { NODE_OPTIONS: `--require=${codeCacheScript(t)}` } });
    assert.equal(stderr, codeCacheUsed);
  });

  test("needs only the shared libraries and the glibc version that docs/get-started/executable.md lists", (t) => {
    if (lacks(t, "ldd") || lacksExecutable(t)) return;
    checkRequirements(executable);
  });

  test("is reproducible", (t) => {
    if (lacksExecutable(t)) return;
    const hash = () => createHash("sha256").update(readFileSync(executable)).digest("hex");
    const first = hash();
    buildExecutable(process.execPath);
    assert.equal(hash(), first);
  });

  test("can't be built with an unsuitable program, and the error names a suitable one", (t) => {
    if (lacksExecutable(t)) return;
    const folder = temporaryFolder(t);
    const text = join(folder, "node");
    writeFileSync(text, "#!/bin/sh\n");
    assert.throws(() => buildExecutable(text), /node must be a Linux program for amd64 or arm64$/);
    assert.throws(() => buildExecutable("/bin/sh"), /\/bin\/sh has no place .* official program of nodejs\.org$/);
    assert.throws(
      () => buildExecutable(executable),
      /has no place for an application/,
      "it already has an application",
    );
  });

  test("is built for the architecture of the given program", (t) => {
    if (lacksExecutable(t)) return;
    assert.equal(inspect(process.execPath).version, process.version);
    const other = join(temporaryFolder(t), "node");
    copyFileSync(process.execPath, other);
    const [machine, architecture] = process.arch === "x64" ? [183, "arm64"] : [62, "amd64"];
    writeSync(openSync(other, "r+"), Buffer.from([machine as number, 0]), 0, 2, 18);
    assert.equal(inspect(other).machine.architecture, architecture);
  });
});

describe("the executable without Node on the PATH", () => {
  test("runs in kustomize build, found on the PATH", (t) => {
    if (lacks(t, "kustomize") || lacksExecutable(t)) return;
    const folder = temporaryFolder(t, "examples/hotrod/kustomize/exec");
    const build = ["build", "--enable-alpha-plugins", "--enable-exec", folder];
    const settings = join(folder, "tracing.yaml");
    replaceIn(settings, /path: .*/, `path: ${bundle}`);
    const expected = succeed("kustomize", build);
    replaceIn(settings, /path: .*/, "path: tracing-sidecar");
    const { status, stdout, stderr } = runBare(find("kustomize") as string, build, { env: { PATH: withoutNode(t) } });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, expected);
  });

  test("runs in kpt fn render, found on the PATH", (t) => {
    if (lacks(t, "kpt", "git") || lacksExecutable(t)) return;
    const render = (exec: string, kpt: (args: readonly string[]) => Outcome) => {
      const folder = temporaryFolder(t, "examples/hotrod/kpt");
      for (const [path, text] of readTree(folder)) {
        if (text.includes(`image: ${image}`)) replaceIn(join(folder, path), `image: ${image}`, `exec: ${exec}`);
      }
      const { status, stderr } = kpt(["fn", "render", folder, "--allow-exec"]);
      assert.equal(status, 0, stderr);
      return [...readTree(folder).values()].join("").replaceAll(`exec: ${exec}`, "");
    };
    const env = { PATH: withoutNode(t, "git"), HOME: temporaryFolder(t) };
    const rendered = render("tracing-sidecar", (args) => runBare(find("kpt") as string, args, { env }));
    assert.match(rendered, /name: jaeger-agent/);
    assert.equal(
      rendered,
      render(bundle, (args) => run("kpt", args)),
    );
  });
});

/** Returns a folder for PATH that has only the executable, and these other programs. */
function withoutNode(t: TestContext, ...others: readonly string[]): string {
  const folder = temporaryFolder(t);
  for (const other of others) symlinkSync(find(other) as string, join(folder, other));
  symlinkSync(executable, join(folder, "tracing-sidecar"));
  return folder;
}

describe("the executable in a bare Debian", () => {
  const debian = /^FROM (\S*\/debian:\S+)/m.exec(readFileSync(join(root, "Dockerfile"), "utf8"))?.[1] as string;
  /** Podman's arguments: read-only, no network, a user without a name, and an empty environment. */
  const inDebian = (command: readonly string[]) => [
    "run",
    "--rm",
    "--interactive",
    "--network=none",
    "--user=4711:4711",
    "--cap-drop=all",
    "--security-opt=no-new-privileges",
    "--read-only",
    "--read-only-tmpfs=false",
    `--volume=${executable}:/opt/tracing-sidecar:ro`,
    debian,
    "env",
    "--ignore-environment",
    ...command,
  ];

  test("has no Node, no home, and no writable folder to rely on", (t) => {
    if (lacks(t, "podman") || lacksExecutable(t)) return;
    const script = 'test -z "$HOME" && ! command -v node && ! touch /tmp/a && ! touch /opt/a';
    assert.equal(run("podman", inDebian(["sh", "-c", script])).status, 0);
  });

  for (const [name, input] of Object.entries(inputs)) {
    test(`gives the same output as the bundle: ${name}`, (t) => {
      if (lacks(t, "podman", "ldd") || lacksExecutable(t)) return;
      const program = inDebian(["/opt/tracing-sidecar"]);
      // Node 26 and later need a library that a bare Debian lacks, as docs/get-started/executable.md says.
      if (neededLibraries(executable).includes("libatomic.so.1")) {
        assert.match(run("podman", program).stderr, /libatomic\.so\.1: cannot open shared object file/);
        return;
      }
      const { stdout, stderr, status } = runBundle(input);
      assert.deepEqual(run("podman", program, { input }), { stdout, stderr, status });
    });
  }
});
