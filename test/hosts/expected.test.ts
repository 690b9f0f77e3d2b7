import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { definitions } from "../../scripts/definition";
import { checkExpected, examples } from "./expected";
import { image, lacks, root } from "./support";

describe("examples give their expected output with an executable", () => {
  for (const example of examples) {
    test(example, (t) => {
      if (lacks(t, "kpt", "git")) return;
      checkExpected(t, example, "exec");
    });
  }
});

test("every example hides its expected output from kpt, which would read it as manifests", () => {
  for (const example of examples) {
    assert.equal(readFileSync(join(root, example, ".krmignore"), "utf8"), ".expected\n", example);
  }
});

describe("metadata.yaml", () => {
  const metadata = load(readFileSync(join(root, "metadata.yaml"), "utf8")) as Readonly<Record<string, unknown>>;

  test("has the fields of kpt's catalog", () => {
    const known = ["image", "description", "tags", "sourceURL", "examplePackageURLs", "emails", "license", "hidden"];
    assert.deepEqual(
      Object.keys(metadata).filter((name) => !known.includes(name)),
      [],
    );
  });

  test("is consistent with package.json and the function's definition", () => {
    const packageJson = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    assert.deepEqual([metadata["description"], metadata["license"]], [packageJson.description, packageJson.license]);
    assert.equal(`${metadata["image"]}:${packageJson.version}`, image);
    const { spec } = load(definitions["function-config/definition.yaml"]?.() ?? "") as {
      readonly spec: { readonly tags: readonly string[] };
    };
    assert.deepEqual(metadata["tags"], spec.tags);
  });

  test("refers to an existing source, and to every example with expected output", () => {
    assert.ok(existsSync(join(root, metadata["sourceURL"] as string)));
    assert.deepEqual(metadata["examplePackageURLs"], examples);
  });
});
