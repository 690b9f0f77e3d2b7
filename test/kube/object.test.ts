import assert from "node:assert/strict";
import { describe as suite, test } from "node:test";
import { baseName, describe, toObject } from "../../src/kube/object";
import type { Mapping } from "../../src/yaml/value";

suite("an object's name in messages", () => {
  const cases: [Mapping, string][] = [
    [{ name: "web", namespace: "shop" }, "Job shop/web"],
    [{ name: "web" }, "Job web"],
    [{ generateName: "migrate-", namespace: "shop" }, "Job shop/migrate-*"],
    [{ name: "web", generateName: "migrate-" }, "Job web"],
    [{ namespace: "shop" }, "Job shop/(without a name)"],
    [{ generateName: 7 }, "Job (without a name)"],
  ];
  for (const [metadata, expected] of cases) {
    test(expected, () => assert.equal(describe(toObject({ apiVersion: "batch/v1", kind: "Job", metadata })), expected));
  }
});

test("an object's base name is its name, or what its generated names have in common", () => {
  const nameFor = (metadata: Mapping) => baseName(toObject({ kind: "Job", metadata }));
  assert.equal(nameFor({ name: "web-", generateName: "other-" }), "web-");
  assert.equal(nameFor({ generateName: "migrate-" }), "migrate");
  assert.equal(nameFor({ generateName: "migrate" }), "migrate");
  assert.equal(nameFor({ generateName: "-" }), "");
  assert.equal(nameFor({}), "");
});
