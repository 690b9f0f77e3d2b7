import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { repositoryOf } from "../../scripts/repository";
import { notRun } from "../docs/documents";
import { tryAll } from "../docs/running";
import { commandsOf, imageDocuments, text } from "../docs/support";
import { inputOf } from "../support/fixture";
import { runBundle } from "../support/run-bundle";
import { codeCacheScript, codeCacheUsed } from "./executable-file";
import { checkExpected, examples } from "./expected";
import { find, image, lacks, podmanRuntime, readTree, root, run, succeed, temporaryFolder } from "./support";

/*
 * The image in podman, kpt and kubectl kustomize. Its output is the bundle's, so kpt.test.ts and kustomize.test.ts check
 * with the bundle what the output must be, and that a second run changes nothing.
 */

/** Runs the image as kpt and kustomize do, and with a read-only file system. */
const podman = ["run", "--rm", "--interactive", "--network=none", "--user=nobody", "--read-only", image];

/** The documented command that builds the image. It downloads only npm packages. */
const build = `docker build --network=host --tag=${image} .`;

describe("the image", () => {
  test("has a documented build command, which runs here", () => {
    assert.ok(imageDocuments.some(({ path }) => commandsOf(text(path)).includes(build)));
    assert.equal(notRun[build], undefined);
  });

  describe("is built with the documented command", () => tryAll([build]));

  test("gives the same output as the bundle, as nobody, without network and without a writable file system", (t) => {
    if (lacks(t, "podman")) return;
    const input = inputOf("article");
    const { stdout, stderr, status } = runBundle(input);
    assert.deepEqual(run("podman", podman, { input }), { stdout, stderr, status });
  });

  test("fails on empty input, because kpt would treat success as an empty package", (t) => {
    if (lacks(t, "podman")) return;
    const { stdout, status } = run("podman", podman);
    assert.equal(status, 1);
    assert.match(stdout, /^items: \[\]$/m);
  });

  test("has labels with the package's version and license, and with the repository that the registry links it to", (t) => {
    if (lacks(t, "podman")) return;
    const { version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const labels = JSON.parse(succeed("podman", ["image", "inspect", "--format={{json .Labels}}", image]));
    assert.equal(labels["org.opencontainers.image.version"], version);
    assert.equal(labels["org.opencontainers.image.licenses"], license);
    assert.equal(labels["org.opencontainers.image.source"], `https://github.com/${repositoryOf(root)}`);
  });

  test("has the license texts of the project, of the packages in the bundle, and of Node", (t) => {
    if (lacks(t, "podman")) return;
    const licenses = readTree(copyFromImage(t, "/licenses"));
    assert.deepEqual([...licenses.keys()], ["LICENSE", "NODE-LICENSE.txt", "THIRD-PARTY-LICENSES.txt"]);
    assert.equal(licenses.get("LICENSE"), text("LICENSE"));
    assert.equal(licenses.get("THIRD-PARTY-LICENSES.txt"), text("dist/THIRD-PARTY-LICENSES.txt"));
    assert.match(licenses.get("NODE-LICENSE.txt") ?? "", /^Node\.js is licensed for use as follows:$/m);
  });

  test("has no shell and no Node", (t) => {
    if (lacks(t, "podman")) return;
    for (const program of ["sh", "bash", "node", "/nodejs/bin/node"]) {
      const { status, stderr } = run("podman", ["run", "--rm", "--network=none", `--entrypoint=${program}`, image]);
      assert.notEqual(status, 0, program);
      assert.match(stderr, /executable file .*not found|no such file or directory/i);
    }
  });

  test("starts with the code that V8 compiled at build time", (t) => {
    if (lacks(t, "podman")) return;
    const script = codeCacheScript(t);
    const flags = [
      "--rm",
      "--network=none",
      `--volume=${script}:${script}:ro`,
      `--env=NODE_OPTIONS=--require=${script}`,
    ];
    assert.equal(run("podman", ["run", ...flags, image, "--version"]).stderr, codeCacheUsed);
  });

  test("is documented by kpt fn doc", (t) => {
    if (lacks(t, "podman", "kpt")) return;
    const env = { ...podmanRuntime, PATH: withoutNetwork(t) };
    const text = succeed("kpt", ["fn", "doc", `--image=${image}`], { env });
    assert.equal(text.trim(), runBundle("", { args: ["--help"] }).stdout.trim());
  });

  for (const { path } of imageDocuments) {
    describe(`commands in ${path}`, () => tryAll(commandsOf(text(path))));
  }

  describe("in kpt, with the examples", () => {
    for (const example of examples) {
      test(`${example} gives the expected output`, (t) => {
        if (lacks(t, "podman", "kpt", "git")) return;
        checkExpected(t, example, "image");
      });
    }
  });
});

/** Copies a folder of the image, without running the image. Returns the path of the copy. */
function copyFromImage(t: TestContext, path: string): string {
  const copy = join(temporaryFolder(t), "copy");
  const container = succeed("podman", ["create", "--network=none", image]).trim();
  try {
    succeed("podman", ["cp", `${container}:${path}`, copy]);
  } finally {
    succeed("podman", ["rm", container]);
  }
  return copy;
}

/**
 * Returns a folder with a `podman` that runs containers without network. Of kpt's commands, only `kpt fn doc` doesn't
 * request that, and not every machine can give containers a network.
 */
function withoutNetwork(t: TestContext): string {
  const folder = temporaryFolder(t);
  const lines = [
    "#!/bin/sh",
    '[ "$1" != run ] || { shift; set -- run --network=none "$@"; }',
    `exec ${find("podman")} "$@"`,
  ];
  writeFileSync(join(folder, "podman"), lines.map((line) => `${line}\n`).join(""), { mode: 0o755 });
  return folder;
}
