import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { deployment, folderOf, plainConfiguration, runInProcess } from "./support";

/*
 * Folders with a kustomization: only its resources are manifests.
 */

const patch = deployment("web").replace("        image: shop/web:1\n", "        env: [{name: A, value: b}]\n");
const base = { "tracing.yaml": plainConfiguration, "base/web.yaml": deployment("web") };

describe("a file that a kustomization lists isn't changed", () => {
  const listed: Readonly<Record<string, string>> = {
    patches: "patches: [{path: ../patch.yaml}, {patch: 'kind: A'}]",
    patchesStrategicMerge: "patchesStrategicMerge: [../patch.yaml, 'kind: A']",
    patchesJson6902: "patchesJson6902: [{path: ../patch.yaml, target: {kind: A}}]",
    replacements: "replacements: [{path: ../patch.yaml}]",
    configurations: "configurations: [../patch.yaml]",
    crds: "crds: [../patch.yaml]",
    generators: "generators: [../patch.yaml]",
    transformers: "transformers: [../patch.yaml]",
    validators: "validators: [../patch.yaml]",
    openapi: "openapi: {path: ../patch.yaml}",
    configMapGenerator: "configMapGenerator: [{name: a, files: [x=../patch.yaml]}]",
    secretGenerator: "secretGenerator: [{name: a, envs: [../patch.yaml]}]",
    helmCharts: "helmCharts: [{name: a, valuesFile: ../patch.yaml}]",
  };
  for (const [field, text] of Object.entries(listed)) {
    for (const name of ["kustomization.yaml", "kustomization.yml", "Kustomization"]) {
      test(`in ${field} of ${name}`, async (t) => {
        const folder = folderOf(t, { ...base, "patch.yaml": patch, [`overlay/${name}`]: `${text}\n` });
        const { stderr, status } = await runInProcess(folder, ["-c", "tracing.yaml", "--strict", "--write", "."]);
        assert.equal(status, 0, stderr);
        assert.equal(readFileSync(join(folder, "patch.yaml"), "utf8"), patch);
        assert.match(readFileSync(join(folder, "base/web.yaml"), "utf8"), /otel-collector/);
        assert.ok(
          stderr.includes(`notice: patch.yaml: Skipped: overlay/${name} lists it in ${field}, not in resources.\n`),
        );
        assert.match(stderr, /^notice: Found .*use tracing-sidecar as a transformer/m);
      });
    }
  }
});

describe("a file is a manifest", () => {
  const cases: Readonly<Record<string, readonly [kustomization: string, args: readonly string[]]>> = {
    "if another kustomization lists it as a resource": [
      "resources: [patch.yaml]\npatches: [{path: patch.yaml}]\n",
      ["."],
    ],
    "if the kustomization that lists it isn't read": ["patches: [{path: patch.yaml}]\n", ["patch.yaml"]],
    "if the kustomization isn't YAML": ["patches: [\n", ["."]],
  };
  for (const [title, [text, args]] of Object.entries(cases)) {
    test(title, async (t) => {
      const folder = folderOf(t, { ...base, "patch.yaml": deployment("web-2"), "kustomization.yaml": text });
      await runInProcess(folder, ["-c", "tracing.yaml", "--write", ...args]);
      assert.match(readFileSync(join(folder, "patch.yaml"), "utf8"), /otel-collector/);
    });
  }
});

test("a patch isn't changed if it is named together with its kustomization", async (t) => {
  const folder = folderOf(t, {
    ...base,
    "o/patch.yaml": patch,
    "o/kustomization.yaml": "patches: [{path: patch.yaml}]\n",
  });
  const { stdout } = await runInProcess(folder, ["-c", "tracing.yaml", "o/kustomization.yaml", "o/patch.yaml"]);
  assert.doesNotMatch(stdout, /Deployment/);
});
