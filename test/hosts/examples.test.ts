import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { root } from "./support";

const read = (path: string): string => readFileSync(join(root, "examples", "hotrod", path), "utf8");
const specOf = (path: string): string => read(path).split("\nspec:\n")[1] ?? "";

describe("the examples have the same content:", () => {
  for (const [folder, example] of [
    ["kustomize/image", "kpt"],
    ["kustomize/exec", "kpt"],
    ["kustomize/overlay/base", "otelcol"],
  ] as const) {
    test(`${folder} has the workload of ${example}`, () => {
      assert.equal(read(`${folder}/deployment.yaml`), read(`${example}/deployment.yaml`));
    });
  }

  for (const folder of ["kustomize/image", "kustomize/exec"]) {
    test(`${folder} has the configuration of the kpt example, except for how the function is run`, () => {
      assert.equal(specOf(`${folder}/tracing.yaml`), specOf("kpt/tracing.yaml"));
    });
  }

  test("kustomize/private-ca has the CA of the kpt example, except for how the function is run", () => {
    assert.equal(specOf("kustomize/private-ca/private-ca.yaml"), specOf("kpt/private-ca/private-ca.yaml"));
  });

  test("kustomize/overlay has the configuration of otelcol, except for what the overlay sets", () => {
    const lines = (path: string): string[] => specOf(path).split("\n");
    const overlay = lines("kustomize/overlay/prod/tracing.yaml");
    const missing = lines("otelcol/tracing.yaml").filter((line) => !overlay.includes(line));
    assert.deepEqual(missing, [
      "    names: [example-hotrod]",
      "  namespace: my-namespace # the namespace in which you apply the package, because the Deployment doesn't specify one",
    ]);
  });
});
