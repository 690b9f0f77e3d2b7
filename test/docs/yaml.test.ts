import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadAll } from "js-yaml";
import type { Value } from "../../src/yaml/value";
import { all as allIn, blocks, read, requireValid, text } from "./support";

describe("YAML in the documents", () => {
  const all = read().flatMap(({ path, text: document }) =>
    blocks(document, "yaml").map((block, i) => ({ name: `block ${i + 1} of ${path}`, block })),
  );

  for (const { name, block } of all) {
    test(`${name} is valid YAML, and valid if it is a configuration`, () => {
      for (const value of loadAll(block) as Value[]) requireValid(value);
    });
  }

  test("has configurations", () => {
    const configurations = all.filter(({ block }) => /^kind: TracingSidecar$/m.test(block));
    assert.ok(configurations.length > 2, String(configurations.length));
  });

  // readme.test.ts renders the blocks of the README.
  for (const path of [
    "docs/how-to/kpt.md",
    "docs/how-to/kustomize.md",
    "docs/how-to/migrate-from-a-manual-sidecar.md",
  ]) {
    test(`every block of ${path} is part of an example`, () => {
      const examples = allIn("examples");
      const documented = blocks(text(path), "yaml");
      assert.ok(documented.length > 0);
      for (const block of documented) assert.ok(examples.includes(block), block);
    });
  }
});
