import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { deployment, folderOf, runInProcess } from "./support";

/*
 * What a cluster may still have after a run: `kubectl apply` doesn't delete anything, and cert-manager keeps the Secret of a
 * deleted Certificate. Each test renders manifests twice, with two configurations of the same name.
 */

const certManager = "{certManager: {issuerRef: {name: my-ca, kind: ClusterIssuer}}}";

/** Returns a configuration that selects every Deployment and StatefulSet. `more` is the text of further fields. */
function configuration({ clientCertificate = certManager, more = "", namespace = "shop" } = {}): string {
  return `apiVersion: tracing-sidecar.dev/v1alpha1
kind: TracingSidecar
metadata: {name: tracing}
spec:
  selector: {kinds: [Deployment, StatefulSet]}
${namespace === "" ? "" : `  namespace: ${namespace}\n`}  collector:
    endpoint: collector:4317
    tls:
      clientCertificate: ${clientCertificate}
  agent: {type: otelcol}
  podMonitor: {}
${more}`;
}

/** A run over the files that an earlier run wrote. */
interface SecondRun {
  readonly files: Readonly<Record<string, string>>;
  /** The configurations of the two runs. */
  readonly before?: string;
  readonly after?: string;
  readonly args?: readonly string[];
  /** Files that are added or replaced between the two runs. */
  readonly between?: (written: string) => Readonly<Record<string, string>>;
}

async function runTwice(t: TestContext, { files, between, ...run }: SecondRun) {
  const { before = configuration(), after = before, args = [] } = run;
  const written = await runInProcess(folderOf(t, { ...files, "tracing.yaml": before }), ["-c", "tracing.yaml", "."]);
  assert.equal(written.status, 0, written.stderr);
  const folder = folderOf(t, { "all.yaml": written.stdout, ...between?.(written.stdout), "tracing.yaml": after });
  return runInProcess(folder, ["-c", "tracing.yaml", ...args, "."]);
}

/** Returns the leftovers of the JSON report as `Kind namespace/name`. */
async function leftoversOf(t: TestContext, run: SecondRun): Promise<readonly string[]> {
  const { stdout, stderr, status } = await runTwice(t, { ...run, args: [...(run.args ?? []), "--output", "json"] });
  assert.equal(status, 0, stderr);
  const { leftovers } = JSON.parse(stdout) as { leftovers: { kind: string; name: string; namespace?: string }[] };
  return leftovers.map(({ kind, namespace, name }) => `${kind} ${namespace ?? ""}/${name}`).sort();
}

const web = { "web.yaml": deployment("web") };
const certificate = ["Certificate shop/web-otel-collector", "Secret shop/web-otel-collector-tls"];
const podMonitor = "PodMonitor shop/web-otel-collector";

describe("the cluster may still have", () => {
  test("everything that was generated, after --remove", async (t) => {
    assert.deepEqual(await leftoversOf(t, { files: web, args: ["--remove"] }), [
      "Certificate shop/web-otel-collector",
      podMonitor,
      "Secret shop/web-otel-collector-tls",
    ]);
  });

  test("what was generated for a workload that is no longer selected, and for no other", async (t) => {
    const files = { ...web, "api.yaml": deployment("api") };
    const after = configuration().replace("selector: {", "selector: {names: [api], ");
    assert.deepEqual(await leftoversOf(t, { files, after }), [
      ...certificate.slice(0, 1),
      podMonitor,
      ...certificate.slice(1),
    ]);
  });

  test("what was generated for a workload that the manifests no longer contain", async (t) => {
    const withoutWorkload = (written: string) => written.slice(written.indexOf("---\n"));
    const between = (written: string) => ({ "all.yaml": deployment("api") + withoutWorkload(written) });
    assert.deepEqual(await leftoversOf(t, { files: web, between }), [
      "Certificate shop/web-otel-collector",
      podMonitor,
      "Secret shop/web-otel-collector-tls",
    ]);
  });

  test("objects and Secrets under their earlier names, if the agent's type changes", async (t) => {
    const after = configuration().replace("{type: otelcol}", "{type: jaeger}");
    assert.deepEqual(await leftoversOf(t, { files: web, after }), [
      "Certificate shop/web-otel-collector",
      podMonitor,
      "Secret shop/web-otel-collector-tls",
    ]);
  });

  test("the earlier Secret of a Certificate", async (t) => {
    const after = configuration({
      clientCertificate: certManager.replace("{issuerRef", '{secretName: "{name}-client", issuerRef'),
    });
    assert.deepEqual(await leftoversOf(t, { files: web, after }), ["Secret shop/web-otel-collector-tls"]);
  });

  test("the Certificates and their Secrets, if client certificates come from cert-manager's CSI driver", async (t) => {
    const after = configuration({ clientCertificate: "{csi: {issuerRef: {name: my-ca, kind: ClusterIssuer}}}" });
    assert.deepEqual(await leftoversOf(t, { files: web, after }), certificate);
  });

  test("a private CA and its key", async (t) => {
    const before = "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: PrivateCA\nmetadata: {name: my-ca}\n";
    assert.deepEqual(await leftoversOf(t, { files: web, before, args: ["--remove"] }), [
      "Certificate cert-manager/my-ca",
      "ClusterIssuer /my-ca",
      "ClusterIssuer /my-ca-selfsigned",
      "Secret cert-manager/my-ca",
    ]);
  });
});

describe("isn't reported as a leftover:", () => {
  test("anything, if the configuration only adds or updates", async (t) => {
    const after = configuration({ more: "  app: {presets: [opentelemetry]}\n" });
    assert.deepEqual(await leftoversOf(t, { files: web }), []);
    assert.deepEqual(await leftoversOf(t, { files: web, after }), []);
  });

  test("an object that is generated for another workload under the same name", async (t) => {
    const between = (written: string) => ({ "all.yaml": written.replace("kind: Deployment", "kind: StatefulSet") });
    assert.deepEqual(await leftoversOf(t, { files: web, between }), []);
  });

  test("a Secret that the agent mounts because the configuration names it now", async (t) => {
    const after = configuration({ clientCertificate: '{secretName: "{name}-otel-collector-tls"}' });
    assert.deepEqual(await leftoversOf(t, { files: web, after }), ["Certificate shop/web-otel-collector"]);
  });

  const users = {
    "a pod": deployment("api").replace(
      "      containers:",
      "      volumes: [{name: a, projected: {sources: [{secret: {name: web-otel-collector-tls}}]}}]\n      containers:",
    ),
    "an Ingress": `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {tls: [{secretName: web-otel-collector-tls}]}
`,
    "a Gateway": `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web}
spec: {listeners: [{tls: {certificateRefs: [{name: web-otel-collector-tls}]}}]}
`,
    "a ReferenceGrant": `apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: web}
spec: {to: [{group: "", kind: Secret, name: web-otel-collector-tls}]}
`,
    "an object without a namespace, whose Secret can be in any": `apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: web}
spec: {ca: {secretName: web-otel-collector-tls}}
`,
    "a Secret in the manifests":
      "apiVersion: v1\nkind: Secret\nmetadata: {name: web-otel-collector-tls, namespace: shop}\n",
  };
  for (const [user, text] of Object.entries(users)) {
    test(`a Secret that is also used by ${user}`, async (t) => {
      const between = () => ({ "other.yaml": text });
      const found = await leftoversOf(t, { files: web, between, args: ["--remove"] });
      assert.deepEqual(found, ["Certificate shop/web-otel-collector", podMonitor]);
    });
  }

  test("a Secret is reported even if one of the same name is used in another namespace", async (t) => {
    const between = () => ({ "other.yaml": users["an Ingress"].replace("shop", "other") });
    const found = await leftoversOf(t, { files: web, between, args: ["--remove"] });
    assert.ok(found.includes("Secret shop/web-otel-collector-tls"), String(found));
  });

  test("an object whose name the API rejects, and a shell could misread", async (t) => {
    const between = (written: string) => ({ "all.yaml": written.replaceAll("web-otel-collector", "$(reboot)") });
    assert.deepEqual(await leftoversOf(t, { files: web, between, args: ["--remove"] }), []);
  });
});

describe("the commands that delete leftovers", () => {
  const noticeOf = ({ stderr }: { stderr: string }) => stderr.slice(stderr.indexOf("notice: The cluster"));

  test("delete Certificates before their Secrets, with the same modes as a dry run", async (t) => {
    for (const args of [["--write"], ["--diff"], ["--check"], []]) {
      const { stderr } = await runTwice(t, { files: web, args: ["--remove", ...args] });
      assert.match(
        stderr,
        /\nnotice: The cluster may still have 1 Certificate, 1 PodMonitor, and 1 Secret that the manifests no longer contain: `kubectl apply` doesn't delete them\. After you apply the manifests, delete what nothing else uses:\n {2}kubectl delete --ignore-not-found --namespace=shop certificate\.cert-manager\.io,podmonitor\.monitoring\.coreos\.com web-otel-collector\n {2}kubectl delete --ignore-not-found --namespace=shop secret web-otel-collector-tls\n/,
      );
    }
  });

  test("are two per namespace, however many workloads there are", async (t) => {
    const names = Array.from({ length: 150 }, (_, i) => `web-${i}`);
    const inNamespace = (name: string, i: number) =>
      deployment(name).replace("  name:", `  namespace: ${["shop", "cart", "mail"][i % 3]}\n  name:`);
    const files = Object.fromEntries(names.map((name, i) => [`${name}.yaml`, inNamespace(name, i)]));
    const lines = noticeOf(await runTwice(t, { files, args: ["--remove"] })).split("\n");
    const commands = lines.filter((line) => line.startsWith("  kubectl delete "));
    assert.match(lines[0] ?? "", /150 Certificates, 150 PodMonitors, and 150 Secrets/);
    assert.deepEqual(
      commands.map((command) => /--namespace=(\S+) (\w+)/.exec(command)?.slice(1).join(" ")),
      ["cart certificate", "cart secret", "mail certificate", "mail secret", "shop certificate", "shop secret"],
    );
    assert.equal(commands.join(" ").match(/ web-\d+-otel-collector(?:-tls)?/g)?.length, 300);
  });

  test("name no namespace that the manifests don't show", async (t) => {
    const notice = noticeOf(
      await runTwice(t, {
        files: web,
        before: configuration({
          namespace: "",
          clientCertificate: certManager.replace("{issuerRef", '{commonName: "{name}", issuerRef'),
        }),
        args: ["--remove"],
      }),
    );
    assert.match(notice, /Add the namespace to the commands that don't name one/);
    assert.match(notice, /kubectl delete --ignore-not-found secret web-otel-collector-tls\n/);
  });

  test("come with a warning if they delete the key of a CA", async (t) => {
    const before = "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: PrivateCA\nmetadata: {name: my-ca}\n";
    const notice = noticeOf(await runTwice(t, { files: web, before, args: ["--remove"] }));
    assert.match(notice, /Secret cert-manager\/my-ca contains the key of a CA, which can't be restored\./);
    assert.match(notice, /kubectl delete --ignore-not-found clusterissuer\.cert-manager\.io my-ca my-ca-selfsigned\n/);
    assert.match(notice, /--namespace=cert-manager certificate\.cert-manager\.io,secret my-ca\n/);
  });

  test("aren't printed with --quiet, nor if an error prevents every change", async (t) => {
    const { stderr } = await runTwice(t, { files: web, args: ["--remove", "--quiet"] });
    assert.equal(stderr, "");
    const after = configuration({ clientCertificate: "{secretName: client-tls}" });
    const between = (written: string) => ({
      "all.yaml": written.replace("image: shop", "ports: [{containerPort: 4317}]\n        image: shop"),
    });
    const refused = await runTwice(t, { files: web, after, between });
    assert.equal(refused.status, 1);
    assert.doesNotMatch(refused.stderr, /kubectl delete/);
  });
});
