import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { brokenReferences, checkPrivateCa, checkWhole } from "./building";
import { readResources, render } from "./rendering";
import { bundle, image, lacks, parse, replaceIn, succeed, temporaryFolder } from "./support";

/* The private CA in real hosts, run as an executable. image.test.ts and kpt.test.ts render the whole article. */

const build = ["build", "--enable-alpha-plugins", "--enable-exec"];

/** Returns a copy of the examples for kustomize whose functions run the bundle. */
function kustomizations(t: TestContext): string {
  const folder = temporaryFolder(t, "examples/hotrod/kustomize");
  const container = `container:\n        image: ${image}`;
  for (const file of ["image/tracing.yaml", "private-ca/private-ca.yaml"]) {
    replaceIn(join(folder, file), container, `exec:\n        path: ${bundle}`);
  }
  return folder;
}

describe("kustomize build", () => {
  test("runs it as a generator, which needs no input", (t) => {
    if (lacks(t, "kustomize")) return;
    const text = succeed("kustomize", [...build, join(kustomizations(t), "private-ca")]);
    assert.equal(parse(text).length, 3, "the configuration isn't part of the build");
    checkPrivateCa(text);
  });

  test("runs it as a transformer next to other resources", (t) => {
    if (lacks(t, "kustomize")) return;
    const folder = kustomizations(t);
    const file = join(folder, "private-ca", "kustomization.yaml");
    replaceIn(file, "generators:", "resources:\n- ../image\ntransformers:");
    checkWhole(succeed("kustomize", [...build, join(folder, "private-ca")]));
  });

  test("builds the whole article from two kustomizations, and every object names its namespace", (t) => {
    if (lacks(t, "kustomize")) return;
    const text = succeed("kustomize", [...build, join(kustomizations(t), "whole")]);
    checkWhole(text, "my-namespace");
    const withoutNamespace = parse(text).filter(({ metadata }) => metadata.namespace === undefined);
    assert.deepEqual(
      withoutNamespace.map(({ kind }) => kind),
      ["ClusterIssuer", "ClusterIssuer"],
    );
  });

  for (const [field, broken] of [
    ["namespace: live", ["no Secret my-private-ca in kube-system"]],
    ["namePrefix: live-", ["no ClusterIssuer my-private-ca-selfsigned"]],
    ["nameSuffix: -live", ["no ClusterIssuer my-private-ca-selfsigned"]],
  ] as const) {
    test(`breaks references between its objects with ${field} in the same kustomization`, (t) => {
      if (lacks(t, "kustomize")) return;
      const folder = kustomizations(t);
      appendFileSync(join(folder, "private-ca", "kustomization.yaml"), `${field}\n`);
      assert.deepEqual(brokenReferences(parse(succeed("kustomize", [...build, join(folder, "private-ca")]))), broken);
    });
  }
});

describe("kpt fn render", () => {
  test("applies a changed configuration, and deletes the file with state: absent", (t) => {
    if (lacks(t, "kpt")) return;
    const folder = temporaryFolder(t, "examples/hotrod/kpt/private-ca");
    replaceIn(join(folder, "Kptfile"), `image: ${image}`, `exec: ${bundle}`);
    const flags = ["--allow-exec"];
    const before = readResources(folder);
    render(folder, flags);
    const file = join(folder, "privateca_my-private-ca.yaml");
    checkPrivateCa(readFileSync(file, "utf8"));

    writeFileSync(file, `# Ours to say.\n${readFileSync(file, "utf8")}`);
    const configuration = join(folder, "private-ca.yaml");
    appendFileSync(configuration, "  names:\n    secret: ca-key\n");
    render(folder, flags);
    const changed = readFileSync(file, "utf8");
    assert.match(changed, /^# Ours to say\.$/m);
    assert.deepEqual(changed.match(/secretName: .*/g), ["secretName: ca-key", "secretName: ca-key"]);

    replaceIn(configuration, "  names:\n    secret: ca-key\n", "");
    appendFileSync(configuration, "  state: absent\n");
    render(folder, flags);
    replaceIn(configuration, "  state: absent\n", "");
    assert.deepEqual(readResources(folder), before);
  });
});
