import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { load } from "js-yaml";
import { root } from "../hosts/support";
import { copyGoldenInput, deployment, folderOf, runInProcess } from "./support";

/*
 * The configuration that `init` makes: its content, and that it works on the same manifests.
 */

/** Makes a configuration for manifests, and checks that a run with it has no error. */
async function makeConfig(t: TestContext, text: string, args: readonly string[] = []) {
  const folder = folderOf(t, { "k8s/all.yaml": text });
  const { stdout, stderr, status } = await runInProcess(folder, ["init", ...args, "k8s"]);
  assert.deepEqual([stderr, status], ["", 0]);
  await runInProcess(folder, ["init", ...args, "--output", "tracing.yaml", "k8s"]);
  assert.equal(readFileSync(join(folder, "tracing.yaml"), "utf8"), stdout);
  const used = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "k8s"]);
  assert.doesNotMatch(used.stderr, /^error/m);
  // biome-ignore lint/suspicious/noExplicitAny: the tests read its fields
  return { spec: (load(stdout) as any).spec, stdout, used };
}

const web = deployment("web");
const withLabels = (name: string, labels: string) =>
  deployment(name).replace(`name: ${name}\n`, `name: ${name}\n  labels: ${labels}\n`);
const inNamespace = (text: string, namespace: string) => text.replace(/(name: \w+\n)/, `$1  namespace: ${namespace}\n`);
const withEnv = (name: string) => web.replace(/( +)image: .*\n/, `$&$1env: [{name: ${name}, value: x}]\n`);
const object = (apiVersion: string, kind: string, name: string, rest = "") =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n${rest}`;

test("is a valid template without manifests and options", async (t) => {
  const { stdout, status } = await runInProcess(folderOf(t, {}), ["init"]);
  assert.equal(status, 0);
  assert.match(stdout, /^# yaml-language-server: \$schema=tracing\.schema\.json\n/);
  assert.match(stdout, /^ {2}selector: \{\}$/m);
  assert.match(stdout, /^ {4}endpoint: dns:\/\/\/otel-collector:4317$/m);
});

test("has the values of the options", async (t) => {
  const args = ["--name=spans", "--collector=c:14250", "--agent=jaeger", "--issuer=Issuer/ca", "--selector=a=b,!c"];
  const { spec, stdout } = await makeConfig(t, inNamespace(web, "shop"), [...args, "--namespace=x", "--pod-monitor"]);
  assert.match(stdout, /^ {2}name: spans$/m);
  assert.deepEqual(spec, {
    selector: {
      matchLabels: { a: "b" },
      matchExpressions: [{ key: "c", operator: "DoesNotExist" }],
      namespaces: ["shop"],
    },
    namespace: "x",
    collector: {
      endpoint: "c:14250",
      tls: { clientCertificate: { certManager: { issuerRef: { name: "ca", kind: "Issuer" } } } },
    },
    agent: { type: "jaeger" },
    podMonitor: {},
  });
});

describe("checks the endpoint as a run does", () => {
  const init = (t: TestContext, ...args: string[]) => runInProcess(folderOf(t, {}), ["init", ...args]);

  test("rejects one that the agent can't use", async (t) => {
    const { stdout, stderr, status } = await init(t, "--collector=grpc://c:4317", "--agent=otelcol");
    assert.deepEqual([stdout, status], ["", 2]);
    assert.match(stderr, /^error: spec\.collector\.endpoint starts with "grpc:\/\/".*:4317"\. See --help\.\n$/);
    assert.equal((await init(t, "--collector=c", "--agent=otelcol")).status, 2);
    assert.equal((await init(t, "--collector=c", "--agent=jaeger")).status, 0);
  });

  test("prints a warning", async (t) => {
    const { stdout, stderr, status } = await init(t, "--collector=c:14250", "--agent=otelcol");
    assert.equal(status, 0);
    assert.match(stdout, /^ {4}endpoint: c:14250$/m);
    assert.match(stderr, /^warning: spec\.collector\.endpoint has port 14250, .*\.\n$/);
  });

  test("uses the next one that it finds in the manifests", async (t) => {
    const agent = (endpoint: string) =>
      `      - name: agent\n        image: jaegertracing/jaeger-agent:1.53.0\n        args: ['--reporter.grpc.host-port=${endpoint}']\n`;
    for (const endpoint of ["$(COLLECTOR)", "https://collector:14250", "a:1, b:2"]) {
      const { spec } = await makeConfig(t, web + agent(endpoint));
      assert.equal(spec.collector.endpoint, "dns:///jaeger-collector:14250", endpoint);
    }
  });
});

describe("detects in the manifests", () => {
  test("the kinds, a label that all workloads share, and the namespaces", async (t) => {
    const labels = "{app.kubernetes.io/part-of: shop, app.kubernetes.io/version: '1'}";
    const cart = withLabels("cart", labels).replace("kind: Deployment", "kind: StatefulSet");
    const text = [withLabels("web", labels), cart].map((one, i) => inNamespace(one, `ns${i}`)).join("---\n");
    const { spec, used } = await makeConfig(t, text);
    assert.deepEqual(spec.selector, {
      kinds: ["Deployment", "StatefulSet"],
      matchLabels: { "app.kubernetes.io/part-of": "shop" },
      namespaces: ["ns0", "ns1"],
    });
    assert.equal(spec.namespace, undefined);
    assert.match(used.stderr, /2 workloads injected/);
  });

  test("a ClusterIssuer before an Issuer, and no Issuer of another namespace", async (t) => {
    const issuer = object("cert-manager.io/v1", "Issuer", "near").replace("near", "near, namespace: shop");
    const cluster = object("cert-manager.io/v1", "ClusterIssuer", "all");
    const shop = inNamespace(web, "shop");
    const refOf = ({ spec }: Awaited<ReturnType<typeof makeConfig>>) =>
      spec.collector.tls?.clientCertificate.certManager.issuerRef;
    assert.deepEqual(refOf(await makeConfig(t, shop + issuer + cluster)), { name: "all", kind: "ClusterIssuer" });
    assert.deepEqual(refOf(await makeConfig(t, shop + issuer)), { name: "near", kind: "Issuer" });
    assert.equal(refOf(await makeConfig(t, inNamespace(web, "blog") + issuer)), undefined);
  });

  test("the Service of a collector, with a port that the agent can send to", async (t) => {
    const service = (ports: string) =>
      object("v1", "Service", "jaeger-collector, namespace: tracing", `spec: {ports: [${ports}]}\n`);
    const endpointOf = async (ports: string, ...args: string[]) =>
      (await makeConfig(t, web + service(ports), args)).spec.collector.endpoint;
    const both = "{port: 14250}, {port: 4317}";
    assert.equal(await endpointOf(both), "dns:///jaeger-collector.tracing:4317");
    assert.equal(await endpointOf(both, "--agent=jaeger"), "dns:///jaeger-collector.tracing:14250");
    assert.equal(await endpointOf("{port: 14250}"), "dns:///otel-collector:4317");
  });

  test("the SDK that the apps use", async (t) => {
    const jaeger = await makeConfig(t, withEnv("JAEGER_SAMPLER_TYPE"));
    assert.deepEqual([jaeger.spec.agent, jaeger.spec.app], [{ type: "jaeger" }, undefined]);
    const otel = await makeConfig(t, withEnv("OTEL_SERVICE_NAME"));
    assert.deepEqual([otel.spec.agent, otel.spec.app], [{ type: "otelcol" }, { presets: ["opentelemetry"] }]);
  });

  test("the Prometheus operator, and the label by which it selects", async (t) => {
    const api = "monitoring.coreos.com/v1";
    const rule = object(api, "PrometheusRule", "x").replace("name: x", "name: x, labels: {release: stack}");
    const prometheus = object(api, "Prometheus", "x", "spec: {podMonitorSelector: {matchLabels: {team: shop}}}\n");
    assert.deepEqual((await makeConfig(t, web + rule)).spec.podMonitor, { labels: { release: "stack" } });
    assert.deepEqual((await makeConfig(t, web + rule + prometheus)).spec.podMonitor, { labels: { team: "shop" } });
    assert.deepEqual((await makeConfig(t, web + object(api, "PodMonitor", "x"))).spec.podMonitor, {});
    assert.equal((await makeConfig(t, web)).spec.podMonitor, undefined);
  });

  test("an agent that was added manually, and adopts it", async (t) => {
    const args = "args: [--reporter.grpc.host-port=collector:14250]";
    const agent = `      - name: agent\n        image: jaegertracing/jaeger-agent:1.53.0\n        ${args}\n`;
    const { spec, used } = await makeConfig(t, web + agent);
    assert.deepEqual(spec.agent, { type: "jaeger", image: "jaegertracing/jaeger-agent:1.53.0", adopt: true });
    assert.equal(spec.collector.endpoint, "collector:14250");
    assert.match(used.stderr, /Adopted: the configured agent replaces the container "agent"/);
  });

  test("an agent that was added manually as a native sidecar, with TLS", async (t) => {
    const flags = "--reporter.grpc.host-port, collector:14250";
    const sidecar = (tls: string) =>
      `      initContainers:\n      - name: agent\n        image: jaegertracing/jaeger-agent:1.53.0\n        restartPolicy: Always\n        args: [${flags}${tls}]\n`;
    for (const tls of ["--reporter.grpc.tls.enabled", "--reporter.grpc.tls.enabled=true", "--reporter.grpc.tls=true"]) {
      const { spec } = await makeConfig(t, web + sidecar(`, ${tls}`));
      assert.deepEqual(spec.collector, { endpoint: "collector:14250", tls: {} }, tls);
    }
    const { spec } = await makeConfig(t, web + sidecar(", --reporter.grpc.tls.enabled=false"));
    assert.deepEqual(spec.collector, { endpoint: "collector:14250" });
  });

  test("image pull secrets, as a comment", async (t) => {
    const { stdout } = await makeConfig(
      t,
      web.replace("    spec:\n", "    spec:\n      imagePullSecrets: [{name: hub}]\n"),
    );
    assert.match(stdout, /^ {2}# imagePullSecrets: \[\{name: hub\}\]$/m);
  });

  test("labels, and quotes values that would not be strings in YAML", async (t) => {
    const { spec } = await makeConfig(t, withLabels("web", "{app: 'no'}"));
    assert.deepEqual(spec.selector.matchLabels, { app: "no" });
  });
});

test("works on a folder with all kinds of files", async (t) => {
  const folder = copyGoldenInput(t);
  const { stdout, stderr, status } = await runInProcess(folder, ["init", "."]);
  assert.equal(status, 0);
  assert.match(stderr, /^warning: Skipped: more\/template\.yaml is a Helm template/m);
  assert.match(stdout, /kinds: \[Deployment, StatefulSet\]/);
});

test("replaces an existing file only with --force", async (t) => {
  const folder = folderOf(t, { "tracing.yaml": "old\n" });
  assert.equal((await runInProcess(folder, ["init", "-o", "tracing.yaml"])).status, 2);
  assert.equal(readFileSync(join(folder, "tracing.yaml"), "utf8"), "old\n");
  const { stderr, status } = await runInProcess(folder, ["init", "-o", "tracing.yaml", "--force"]);
  assert.equal(status, 0);
  assert.match(stderr, /^Wrote tracing\.yaml\. To preview its changes, run: tracing-sidecar -c tracing\.yaml --diff /);
  assert.notEqual(readFileSync(join(folder, "tracing.yaml"), "utf8"), "old\n");
});

test("schema prints the bytes of the schema files", async (t) => {
  const read = (name: string) => readFileSync(join(root, "function-config", name), "utf8");
  const run = async (...args: string[]) => (await runInProcess(folderOf(t, {}), ["schema", ...args])).stdout;
  assert.equal(await run(), read("schema.json"));
  assert.equal(await run("TracingSidecar"), read("schema.json"));
  assert.equal(await run("PrivateCA"), read("private-ca.schema.json"));
});

describe("--help", () => {
  for (const args of [["--help"], ["-h"], ["init", "--help"], ["schema", "-h"]]) {
    test(`${args.join(" ")} prints to stdout, in lines of at most 120 characters`, async (t) => {
      const { stdout, stderr, status } = await runInProcess(folderOf(t, {}), args);
      assert.deepEqual([stderr, status], ["", 0]);
      assert.match(stdout, /^Usage:/m);
      assert.deepEqual(
        stdout.split("\n").filter((line) => line.length > 120),
        [],
      );
    });
  }

  test("--version prints the version of the package", async (t) => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    assert.equal((await runInProcess(folderOf(t, {}), ["--version"])).stdout, `${version}\n`);
  });
});

test("the JSON report in the documentation is up to date", async (t) => {
  const text = readFileSync(join(root, "docs", "command-line.md"), "utf8");
  const shown = /^```json\n(.*?)^```$/ms.exec(text)?.[1];
  const folder = folderOf(t, {
    "examples/plain/k8s/shop.yaml": readFileSync(join(root, "examples/plain/k8s/shop.yaml"), "utf8"),
    "examples/plain/tracing.yaml": readFileSync(join(root, "examples/plain/tracing.yaml"), "utf8"),
  });
  const args = ["-c", "examples/plain/tracing.yaml", "--output", "json", "examples/plain/k8s"];
  assert.equal((await runInProcess(folder, args)).stdout, shown);
});
