import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { type TestContext, test } from "node:test";
import { helmEnvironment, lacksHelm } from "../hosts/helm-setup";
import { replaceIn, root, temporaryFolder } from "../hosts/support";
import { type ControlPlane, startControlPlane, until } from "./control-plane";
import { lacksPrograms, withDefinitions } from "./programs";

/*
 * Releases that Helm installs, upgrades and uninstalls in a Kubernetes API server, with tracing-sidecar as its
 * post-renderer. The chart has a Deployment, a Service and a `pre-install` hook.
 */

type Helm = (args: readonly string[]) => Promise<void>;

/** Returns a function that runs Helm against a control plane. Fails if Helm fails. */
function helmFor(t: TestContext, version: 4 | 3, { kubeconfig }: ControlPlane): Helm {
  const environment = helmEnvironment(t, version);
  const path = [environment["PATH"], process.env["PATH"]].join(delimiter);
  const env = { ...process.env, ...environment, PATH: path, KUBECONFIG: kubeconfig };
  return async (args) => {
    const child = spawn(join(environment["PATH"] as string, "helm"), args, { cwd: root, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const status = await new Promise((resolve) => child.once("exit", resolve));
    assert.equal(status, 0, output);
  };
}

/** Waits for a Job that isn't complete, and completes it as a controller would. There are no nodes that run its pod. */
async function completeJob({ send }: ControlPlane, path: string): Promise<void> {
  await until(
    async () => (await send(path)).status === 200,
    () => `there is no ${path}`,
  );
  const time = new Date().toISOString().replace(/\.\d+/, "");
  const conditions = ["SuccessCriteriaMet", "Complete"].map((type) => ({
    type,
    status: "True",
    lastProbeTime: time,
    lastTransitionTime: time,
  }));
  const status = { startTime: time, completionTime: time, succeeded: 1, conditions };
  const type = "application/merge-patch+json";
  const answer = await send(`${path}/status`, { method: "PATCH", body: { status }, type });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

test("a release in a cluster", async (t) => {
  if (lacksPrograms(t, "etcd", "kube-apiserver", ...withDefinitions)) return;
  const plane = await startControlPlane(t);
  for (const version of [4, 3] as const) {
    await t.test(
      `of Helm ${version} is installed, upgraded, and uninstalled, with the objects that are added to it`,
      async (t) => {
        if (lacksHelm(t, version)) return;
        const helm = helmFor(t, version, plane);
        const namespace = `helm-${version}`;
        const certificates = `/apis/cert-manager.io/v1/namespaces/${namespace}/certificates`;
        const podMonitors = `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/podmonitors`;
        const job = `/apis/batch/v1/namespaces/${namespace}/jobs/shop-migrate`;
        const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/shop-web`;
        const folder = temporaryFolder(t, "examples/helm");
        if (version === 4) await helm(["plugin", "install", "deploy/helm/tracing-sidecar"]);
        const forRenderer = [
          `--config=${folder}/tracing.yaml`,
          `--namespace=${namespace}`,
          ...(version === 3 ? ["-"] : []),
        ];
        const upgrade = () =>
          Promise.all([
            helm([
              ...[
                "upgrade",
                "--install",
                "shop",
                join(folder, "chart"),
                "--namespace",
                namespace,
                "--create-namespace",
              ],
              ...["--post-renderer", "tracing-sidecar"],
              ...forRenderer.flatMap((arg) => ["--post-renderer-args", arg]),
            ]),
            completeJob(plane, job),
          ]);
        const namesIn = async (path: string): Promise<string[]> =>
          (await plane.send(path)).body.items.map((item: { metadata: { name: string } }) => item.metadata.name);
        const containers = async (): Promise<string[]> =>
          (await plane.send(deployment)).body.spec.template.spec.containers.map(({ name }: { name: string }) => name);

        await upgrade();
        assert.deepEqual(await containers(), ["web", "otel-collector"]);
        assert.deepEqual(await namesIn(certificates), ["shop-web-otel-collector"]);
        assert.deepEqual(await namesIn(podMonitors), ["shop-web-otel-collector"]);

        replaceIn(join(folder, "tracing.yaml"), "kinds: [Deployment, Job]", "kinds: [StatefulSet]");
        await upgrade();
        assert.deepEqual(await containers(), ["web"]);
        assert.deepEqual(await namesIn(certificates), []);
        assert.deepEqual(await namesIn(podMonitors), []);

        replaceIn(join(folder, "tracing.yaml"), "kinds: [StatefulSet]", "kinds: [Deployment]");
        await upgrade();
        assert.deepEqual(await namesIn(certificates), ["shop-web-otel-collector"]);
        const { labels } = (await plane.send(`${certificates}/shop-web-otel-collector`)).body.metadata;
        // docs/how-to/helm.md describes it.
        assert.deepEqual(labels, { "app.kubernetes.io/managed-by": "Helm" });
        await helm(["uninstall", "shop", "--namespace", namespace]);
        assert.deepEqual(await namesIn(certificates), []);
        assert.equal((await plane.send(deployment)).status, 404);
      },
    );
  }
});
