import assert from "node:assert/strict";
import { test } from "node:test";
import { safePath, uniquePath, uniquePaths } from "../../site/playground/paths";

test("a path that exists gets a number", () => {
  assert.equal(uniquePath("web.yaml", new Set()), "web.yaml");
  assert.equal(uniquePath("k8s/web.yaml", new Set(["k8s/web.yaml", "k8s/web-2.yaml"])), "k8s/web-3.yaml");
  assert.equal(uniquePath("a.b/Kptfile", new Set(["a.b/Kptfile"])), "a.b/Kptfile-2");
});

test("paths that are equal get numbers", () => {
  assert.deepEqual(uniquePaths(["a.yaml", "a.yaml", "a-2.yaml", "__proto__"], ["a.yaml"]), [
    "a-2.yaml",
    "a-3.yaml",
    "a-2-2.yaml",
    "__proto__",
  ]);
});

test("a path in an archive stays in its folder, and has a name", () => {
  assert.equal(safePath("/../k8s/./web.yaml"), "k8s/web.yaml");
  assert.equal(safePath("..\\..\\web.yaml"), "web.yaml");
  assert.equal(safePath("../"), "manifest.yaml");
});
