import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { definitions } from "../../scripts/definition";
import { checkExpected, examples } from "./expected";
import { image, lacks, root } from "./support";

describe("examples give what they say, by exec", () => {
  for (const example of examples) {
    test(example, (t) => {
      if (lacks(t, "kpt", "git")) return;
      checkExpected(t, example, "exec");
    });
  }
});

test("an example hides what it expects from kpt, which would take it for manifests", () => {
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

  test("says what the package and the definition of the function say", () => {
    const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    assert.deepEqual([metadata["description"], metadata["license"]], [own.description, own.license]);
    assert.equal(`${metadata["image"]}:${own.version}`, image);
    const { spec } = load(definitions["function-config/definition.yaml"]?.() ?? "") as {
      readonly spec: { readonly tags: readonly string[] };
    };
    assert.deepEqual(metadata["tags"], spec.tags);
  });

  test("names what is there, and every example with expected output", () => {
    assert.ok(existsSync(join(root, metadata["sourceURL"] as string)));
    assert.deepEqual(metadata["examplePackageURLs"], examples);
  });
});
