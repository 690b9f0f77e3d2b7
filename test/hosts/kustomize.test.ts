import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkBuild, checkOverlay } from "./building";
import { bundle, image, lacks, replaceIn, run, succeed, temporaryFolder } from "./support";

const build = ["build", "--enable-alpha-plugins", "--enable-exec"];

describe("kustomize build with an executable", () => {
  test("has the sidecar, the Certificate and the PodMonitor", (t) => {
    if (lacks(t, "kustomize")) return;
    checkBuild(succeed("kustomize", [...build, "examples/hotrod/kustomize/exec"]));
  });

  test("is consistent in an overlay with namespace and namePrefix that runs the function", (t) => {
    if (lacks(t, "kustomize")) return;
    const folder = temporaryFolder(t, "examples/hotrod/kustomize/overlay");
    const container = `container:\n        image: ${image}`;
    replaceIn(join(folder, "prod", "tracing.yaml"), container, `exec:\n        path: ${bundle}`);
    checkOverlay(succeed("kustomize", [...build, join(folder, "prod")]));
  });

  test("prints nothing to stdout and the error to stderr if the function fails", (t) => {
    if (lacks(t, "kustomize")) return;
    const folder = temporaryFolder(t, "examples/hotrod/kustomize/exec");
    replaceIn(join(folder, "tracing.yaml"), /path: .*/, `path: ${bundle}`);
    replaceIn(join(folder, "tracing.yaml"), "endpoint:", "endpiont:");
    const { status, stdout, stderr } = run("kustomize", [...build, folder]);
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /spec\.collector\.endpiont/);
    assert.doesNotMatch(stderr, /^\s+at /m, "a stack trace");
  });
});
