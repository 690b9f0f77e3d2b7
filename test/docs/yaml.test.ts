import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadAll } from "js-yaml";
import type { Value } from "../../src/yaml/value";
import { all, blocks, mustBeValid, read, text } from "./support";

describe("YAML in the documents", () => {
  for (const { path, text: document } of read()) {
    for (const [i, block] of blocks(document, "yaml").entries()) {
      test(`block ${i + 1} of ${path} parses, and is valid where it is a configuration`, () => {
        for (const value of loadAll(block) as Value[]) mustBeValid(value);
      });
    }
  }

  // Those of the README are rendered.
  for (const path of ["docs/kpt.md", "docs/kustomize.md", "docs/migration.md"]) {
    test(`what ${path} shows stands so in an example`, () => {
      const examples = all("examples");
      const shown = blocks(text(path), "yaml");
      assert.ok(shown.length > 0);
      for (const part of shown) assert.ok(examples.includes(part), part);
    });
  }
});
