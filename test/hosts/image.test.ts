import assert from "node:assert/strict";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, type TestContext, test } from "node:test";
import { tryAll } from "../docs/running";
import { commandsOf, imageDocuments, text } from "../docs/support";
import { inputOf } from "../support/fixture";
import { runBundle } from "../support/run-bundle";
import { checkBuild, checkOverlay, checkWhole } from "./building";
import { checkExpected, examples } from "./expected";
import { checkExample, checkShop } from "./rendering";
import { find, image, lacks, podmanRuntime, root, run, succeed, temporaryFolder } from "./support";

/** As kpt and kustomize run functions, and stricter: nothing can be written either. */
const podman = ["run", "--rm", "--interactive", "--network=none", "--user=nobody", "--read-only", image];

describe("the image", () => {
  before(() => {
    // All of it is local but npm's packages; where podman is missing, the tests themselves say so.
    if (find("podman") !== undefined) succeed("podman", ["build", "--network=host", `--tag=${image}`, root]);
  });

  test("gives what the bundle gives: as nobody, without network, without a place to write", (t) => {
    if (lacks(t, "podman")) return;
    const input = inputOf("article");
    const { stdout, stderr, status } = runBundle(input);
    assert.deepEqual(run("podman", podman, { input }), { stdout, stderr, status });
  });

  test("fails on empty input, which kpt would take for an empty package", (t) => {
    if (lacks(t, "podman")) return;
    const { stdout, status } = run("podman", podman);
    assert.equal(status, 1);
    assert.match(stdout, /^items: \[\]$/m);
  });

  test("is labelled with the package's version and licence", (t) => {
    if (lacks(t, "podman")) return;
    const { version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const labels = JSON.parse(succeed("podman", ["image", "inspect", "--format={{json .Labels}}", image]));
    assert.equal(labels["org.opencontainers.image.version"], version);
    assert.equal(labels["org.opencontainers.image.licenses"], license);
  });

  test("holds the licences: its own, and those of what is bundled", (t) => {
    if (lacks(t, "podman")) return;
    for (const [path, inImage] of Object.entries({
      LICENSE: "/LICENSE",
      "dist/THIRD-PARTY-LICENSES.txt": "/THIRD-PARTY-LICENSES.txt",
    })) {
      const print = `process.stdout.write(require("fs").readFileSync("${inImage}"))`;
      const args = ["run", "--rm", "--network=none", "--entrypoint=/nodejs/bin/node", image, "-e", print];
      assert.equal(succeed("podman", args), text(path), inImage);
    }
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

  describe("in kpt fn render", () => {
    test("the example gets what the article gets, in the file of its Deployment", (t) => {
      if (lacks(t, "podman", "kpt")) return;
      checkExample(temporaryFolder(t, "examples/hotrod/kpt"), []);
    });

    test("new objects lie beside their workloads, subpackages too; comments and setters stay; a second render changes nothing", (t) => {
      if (lacks(t, "podman", "kpt")) return;
      checkShop(temporaryFolder(t, "test/hosts/shop"), []);
    });
  });

  describe("in kpt, the examples", () => {
    for (const example of examples) {
      test(`${example} gives what it says`, (t) => {
        if (lacks(t, "podman", "kpt", "git")) return;
        checkExpected(t, example, "image");
      });
    }
  });

  describe("in kubectl kustomize", () => {
    test("the build holds the sidecar, the Certificate and the PodMonitor", (t) => {
      if (lacks(t, "podman", "kubectl")) return;
      checkBuild(kubectlKustomize(t, "examples/hotrod/kustomize/image"));
    });

    test("the build of the whole article holds the private CA, too", (t) => {
      if (lacks(t, "podman", "kubectl")) return;
      checkWhole(kubectlKustomize(t, "examples/hotrod/kustomize/whole"));
    });

    test("in an overlay with namespace and namePrefix that runs the function, everything fits together", (t) => {
      if (lacks(t, "podman", "kubectl")) return;
      checkOverlay(kubectlKustomize(t, "examples/hotrod/kustomize/overlay/prod"));
    });
  });
});

/**
 * A folder with a podman that gives containers no network. `kpt fn doc`, alone among kpt's commands, does not ask for
 * that, and not every machine can give them one.
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

/** kustomize calls `docker`, whatever the machine has. */
function kubectlKustomize(t: TestContext, folder: string): string {
  const first = temporaryFolder(t);
  symlinkSync(find("podman") as string, join(first, "docker"));
  return succeed("kubectl", ["kustomize", "--enable-alpha-plugins", folder], { env: { PATH: first } });
}
