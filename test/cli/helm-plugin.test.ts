import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deployment, folderOf, plainConfiguration, runInProcess } from "./support";

/*
 * What Helm passes to a post-renderer: manifests without a namespace on stdin, an annotation, and environment variables.
 * test/hosts/helm.test.ts runs Helm itself.
 */

const config = (namespace: string) => plainConfiguration.replace("  namespace: shop\n", namespace);
const plugin = { HELM_PLUGIN_NAME: "tracing-sidecar" };

describe("the namespace of workloads without one", () => {
  const cases: Readonly<
    Record<
      string,
      { args?: readonly string[]; spec?: string; env: Readonly<Record<string, string>>; is: string | undefined }
    >
  > = {
    "is HELM_NAMESPACE in a plugin of Helm": { env: { ...plugin, HELM_NAMESPACE: "shop" }, is: "shop" },
    "is spec.namespace rather than HELM_NAMESPACE": {
      spec: "  namespace: configured\n",
      env: { ...plugin, HELM_NAMESPACE: "shop" },
      is: "configured",
    },
    "is --namespace rather than either": {
      args: ["--namespace", "given"],
      spec: "  namespace: configured\n",
      env: { ...plugin, HELM_NAMESPACE: "shop" },
      is: "given",
    },
    "is --namespace rather than a HELM_NAMESPACE that isn't a valid name": {
      args: ["--namespace", "given"],
      env: { ...plugin, HELM_NAMESPACE: "A b" },
      is: "given",
    },
    "is unknown if HELM_NAMESPACE is set, but Helm doesn't run the program": {
      env: { HELM_NAMESPACE: "shop" },
      is: undefined,
    },
    "is unknown if HELM_NAMESPACE is empty": { env: { ...plugin, HELM_NAMESPACE: "" }, is: undefined },
  };
  for (const [title, { args = [], spec = "", env, is }] of Object.entries(cases)) {
    test(title, async (t) => {
      const folder = folderOf(t, { "tracing.yaml": config(spec) });
      const stdin = deployment("web");
      const { stdout, stderr, status } = await runInProcess(folder, ["-c", "tracing.yaml", ...args, "-"], {
        stdin,
        env,
      });
      const selected = stdout.match(/matchNames:\n +- (.*)/)?.[1];
      assert.deepEqual([status, selected], [0, is], stderr);
    });
  }

  test("is an error if HELM_NAMESPACE isn't a valid name", async (t) => {
    const env = { ...plugin, HELM_NAMESPACE: "A b" };
    const { stderr, status } = await runInProcess(folderOf(t, { "tracing.yaml": config("") }), ["-"], { env });
    assert.match(stderr, /^error: HELM_NAMESPACE must be a valid namespace name, not "A b"/m);
    assert.equal(status, 2);
  });

  test("doesn't concern a PrivateCA", async (t) => {
    const kind = "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: PrivateCA\nmetadata: {name: ca}\n";
    const folder = folderOf(t, { "ca.yaml": `${kind}spec: {namespace: cert-manager}\n` });
    for (const namespace of ["shop", "A b"]) {
      const env = { ...plugin, HELM_NAMESPACE: namespace };
      const { stdout, stderr, status } = await runInProcess(folder, ["-c", "ca.yaml"], { env });
      assert.doesNotMatch(stdout, /shop|A b/);
      assert.equal(status, 0, stderr);
    }
  });
});

test("Helm's annotation with the file name stays on the workload, and is copied to nothing else", async (t) => {
  const annotation = "postrenderer.helm.sh/postrender-filename";
  const stdin = deployment("web").replace(
    "  name: web\n",
    `  name: web\n  annotations:\n    ${annotation}: 'a.yaml'\n`,
  );
  const folder = folderOf(t, { "tracing.yaml": plainConfiguration });
  const { stdout } = await runInProcess(folder, ["-c", "tracing.yaml", "-"], { stdin });
  assert.deepEqual(stdout.match(new RegExp(`.*${annotation}.*`, "g")), [`    ${annotation}: 'a.yaml'`]);
  assert.match(stdout, /kind: PodMonitor/);
});
