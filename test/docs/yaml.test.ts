import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadAll } from "js-yaml";
import type { Value } from "../../src/yaml/value";
import { all, blocks, read, requireValid, text } from "./support";

describe("YAML in the documents", () => {
  for (const { path, text: document } of read()) {
    for (const [i, block] of blocks(document, "yaml").entries()) {
      test(`block ${i + 1} of ${path} is valid YAML, and valid if it is a configuration`, () => {
        for (const value of loadAll(block) as Value[]) requireValid(value);
      });
    }
  }

  // readme.test.ts renders the blocks of the README.
  for (const path of ["docs/kpt.md", "docs/kustomize.md", "docs/migration.md"]) {
    test(`every block of ${path} is part of an example`, () => {
      const examples = all("examples");
      const documented = blocks(text(path), "yaml");
      assert.ok(documented.length > 0);
      for (const block of documented) assert.ok(examples.includes(block), block);
    });
  }
});
