import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { deployment, folderOf, plainConfiguration, runInProcess } from "./support";

/*
 * `--no-prune` is for input that is only a part of the manifests: what isn't in it may still need what is.
 */

const privateCa =
  "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: PrivateCA\nmetadata: {name: ca}\nspec: {namespace: shop}\n";

/** Renders a Deployment, and returns what was generated for it, without the Deployment itself. */
async function generatedObjects(t: TestContext): Promise<string> {
  const folder = folderOf(t, { "tracing.yaml": plainConfiguration, "web.yaml": deployment("web") });
  const { stdout } = await runInProcess(folder, ["web.yaml"]);
  return stdout.slice(stdout.indexOf("---\n"));
}

describe("a generated object whose workload isn't in the input", () => {
  const render = async (t: TestContext, ...args: readonly string[]) => {
    const generated = await generatedObjects(t);
    const files = { "tracing.yaml": plainConfiguration, "api.yaml": deployment("api"), "other.yaml": generated };
    const output = await runInProcess(folderOf(t, files), ["-c", "tracing.yaml", ...args, "api.yaml", "other.yaml"]);
    return { ...output, generated };
  };

  test("is deleted and reported", async (t) => {
    const { stdout, stderr, generated } = await render(t);
    assert.ok(!stdout.includes(generated));
    assert.match(stderr, /its workload no longer exists/);
    assert.match(stderr, /kubectl delete .* podmonitor\.monitoring\.coreos\.com web-otel-collector/);
  });

  test("is kept with --no-prune, and not reported", async (t) => {
    const { stdout, stderr, status, generated } = await render(t, "--no-prune");
    assert.equal(status, 0, stderr);
    assert.ok(stdout.includes(generated), stdout);
    assert.doesNotMatch(stderr, /web-otel-collector|kubectl delete/);
    assert.match(stderr, /1 workload injected\.\n$/);
  });

  test("is replaced even with --no-prune by a new object of the same name", async (t) => {
    const generated = await generatedObjects(t);
    const web = deployment("web").replace("kind: Deployment", "kind: StatefulSet");
    const config = plainConfiguration.replace("selector: {}", "selector: {kinds: [StatefulSet]}");
    const folder = folderOf(t, { "tracing.yaml": config, "web.yaml": web, "other.yaml": generated });
    const { stdout } = await runInProcess(folder, ["-c", "tracing.yaml", "--no-prune", "web.yaml", "other.yaml"]);
    assert.deepEqual(stdout.match(/tracing-sidecar\.dev\/for: .*/g), ["tracing-sidecar.dev/for: StatefulSet/web"]);
  });
});

test("--no-prune doesn't warn that nothing was selected, which another part of the manifests may contain", async (t) => {
  const service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n";
  const folder = folderOf(t, { "tracing.yaml": plainConfiguration, "service.yaml": service });
  const args = ["-c", "tracing.yaml", "--strict", "service.yaml"];
  assert.equal((await runInProcess(folder, args)).status, 1);
  const { stdout, stderr, status } = await runInProcess(folder, [...args, "--no-prune"]);
  assert.deepEqual({ stdout, status }, { stdout: service, status: 0 }, stderr);
});

test("--no-prune keeps the objects of a PrivateCA", async (t) => {
  const folder = folderOf(t, { "ca.yaml": privateCa });
  const { stdout: objects } = await runInProcess(folder, ["-c", "ca.yaml"]);
  const later = folderOf(t, { "ca.yaml": privateCa, "objects.yaml": objects });
  const args = ["-c", "ca.yaml", "--remove", "objects.yaml"];
  assert.equal((await runInProcess(later, args)).stdout, "");
  assert.equal((await runInProcess(later, [...args, "--no-prune"])).stdout, objects);
});
