import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { load } from "js-yaml";
import { root } from "../hosts/support";
import { deployment, folderOf, manifests, runHere } from "./support";

/*
 * The configuration that `init` makes: what is in it, and that it is one that works on the same manifests.
 */

/** What comes out for manifests, after it was used on them without an error. */
async function made(t: TestContext, text: string, args: readonly string[] = []) {
  const folder = folderOf(t, { "k8s/all.yaml": text });
  const { stdout, stderr, status } = await runHere(folder, ["init", ...args, "k8s"]);
  assert.deepEqual([stderr, status], ["", 0]);
  await runHere(folder, ["init", ...args, "--output", "tracing.yaml", "k8s"]);
  assert.equal(readFileSync(join(folder, "tracing.yaml"), "utf8"), stdout);
  const used = await runHere(folder, ["-c", "tracing.yaml", "--check", "k8s"]);
  assert.doesNotMatch(used.stderr, /^error/m);
  // biome-ignore lint/suspicious/noExplicitAny: the tests reach into what was made
  return { spec: (load(stdout) as any).spec, stdout, used };
}

const web = deployment("web");
const labelled = (name: string, labels: string) =>
  deployment(name).replace(`name: ${name}\n`, `name: ${name}\n  labels: ${labels}\n`);
const inNamespace = (text: string, namespace: string) => text.replace(/(name: \w+\n)/, `$1  namespace: ${namespace}\n`);
const withEnv = (name: string) => web.replace(/( +)image: .*\n/, `$&$1env: [{name: ${name}, value: x}]\n`);
const object = (apiVersion: string, kind: string, name: string, rest = "") =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n${rest}`;

test("without manifests and options it is a place to fill in, and valid", async (t) => {
  const { stdout, status } = await runHere(folderOf(t, {}), ["init"]);
  assert.equal(status, 0);
  assert.match(stdout, /^# yaml-language-server: \$schema=tracing\.schema\.json\n/);
  assert.match(stdout, /^ {2}selector: \{\}$/m);
  assert.match(stdout, /^ {4}endpoint: dns:\/\/\/otel-collector:4317$/m);
});

test("options are what is written", async (t) => {
  const args = ["--name=spans", "--collector=c:14250", "--agent=jaeger", "--issuer=Issuer/ca", "--selector=a=b,!c"];
  const { spec, stdout } = await made(t, inNamespace(web, "shop"), [...args, "--namespace=x", "--pod-monitor"]);
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

describe("what the manifests show", () => {
  test("the kinds, a label that all share, and the namespaces", async (t) => {
    const labels = "{app.kubernetes.io/part-of: shop, app.kubernetes.io/version: '1'}";
    const cart = labelled("cart", labels).replace("kind: Deployment", "kind: StatefulSet");
    const text = [labelled("web", labels), cart].map((one, i) => inNamespace(one, `ns${i}`)).join("---\n");
    const { spec, used } = await made(t, text);
    assert.deepEqual(spec.selector, {
      kinds: ["Deployment", "StatefulSet"],
      matchLabels: { "app.kubernetes.io/part-of": "shop" },
      namespaces: ["ns0", "ns1"],
    });
    assert.equal(spec.namespace, undefined);
    assert.match(used.stderr, /2 workloads injected/);
  });

  test("a ClusterIssuer before an Issuer, and none that could not sign", async (t) => {
    const issuer = object("cert-manager.io/v1", "Issuer", "near").replace("near", "near, namespace: shop");
    const cluster = object("cert-manager.io/v1", "ClusterIssuer", "all");
    const shop = inNamespace(web, "shop");
    const refOf = ({ spec }: Awaited<ReturnType<typeof made>>) =>
      spec.collector.tls?.clientCertificate.certManager.issuerRef;
    assert.deepEqual(refOf(await made(t, shop + issuer + cluster)), { name: "all", kind: "ClusterIssuer" });
    assert.deepEqual(refOf(await made(t, shop + issuer)), { name: "near", kind: "Issuer" });
    assert.equal(refOf(await made(t, inNamespace(web, "blog") + issuer)), undefined);
  });

  test("a collector's Service", async (t) => {
    const service = object("v1", "Service", "jaeger-collector", "spec: {ports: [{port: 14250}]}\n");
    const { spec } = await made(t, web + service.replace("jaeger-collector", "jaeger-collector, namespace: tracing"));
    assert.equal(spec.collector.endpoint, "dns:///jaeger-collector.tracing:14250");
  });

  test("the SDK of the apps", async (t) => {
    const jaeger = await made(t, withEnv("JAEGER_SAMPLER_TYPE"));
    assert.deepEqual([jaeger.spec.agent, jaeger.spec.app], [{ type: "jaeger" }, undefined]);
    const otel = await made(t, withEnv("OTEL_SERVICE_NAME"));
    assert.deepEqual([otel.spec.agent, otel.spec.app], [{ type: "otelcol" }, { presets: ["opentelemetry"] }]);
  });

  test("the Prometheus operator, and the label by which it selects", async (t) => {
    const api = "monitoring.coreos.com/v1";
    const rule = object(api, "PrometheusRule", "x").replace("name: x", "name: x, labels: {release: stack}");
    const prometheus = object(api, "Prometheus", "x", "spec: {podMonitorSelector: {matchLabels: {team: shop}}}\n");
    assert.deepEqual((await made(t, web + rule)).spec.podMonitor, { labels: { release: "stack" } });
    assert.deepEqual((await made(t, web + rule + prometheus)).spec.podMonitor, { labels: { team: "shop" } });
    assert.deepEqual((await made(t, web + object(api, "PodMonitor", "x"))).spec.podMonitor, {});
    assert.equal((await made(t, web)).spec.podMonitor, undefined);
  });

  test("an agent that was put in by hand: it is taken over", async (t) => {
    const args = "args: [--reporter.grpc.host-port=collector:14250]";
    const agent = `      - name: agent\n        image: jaegertracing/jaeger-agent:1.53.0\n        ${args}\n`;
    const { spec, used } = await made(t, web + agent);
    assert.deepEqual(spec.agent, { type: "jaeger", image: "jaegertracing/jaeger-agent:1.53.0", adopt: true });
    assert.equal(spec.collector.endpoint, "collector:14250");
    assert.match(used.stderr, /Adopted: the agent of the configuration took the place of the container "agent"/);
  });

  test("pull secrets, as a hint", async (t) => {
    const { stdout } = await made(t, web.replace("    spec:\n", "    spec:\n      imagePullSecrets: [{name: hub}]\n"));
    assert.match(stdout, /^ {2}# imagePullSecrets: \[\{name: hub\}\]$/m);
  });

  test("values that YAML would read as something else are quoted", async (t) => {
    const { spec } = await made(t, labelled("web", "{app: 'no'}"));
    assert.deepEqual(spec.selector.matchLabels, { app: "no" });
  });
});

test("it works on a folder of everything", async (t) => {
  const folder = manifests(t);
  const { stdout, stderr, status } = await runHere(folder, ["init", "."]);
  assert.equal(status, 0);
  assert.match(stderr, /^warning: Skipped: more\/template\.yaml is a template/m);
  assert.match(stdout, /kinds: \[Deployment, StatefulSet\]/);
});

test("a file that is there is replaced only with --force", async (t) => {
  const folder = folderOf(t, { "tracing.yaml": "old\n" });
  assert.equal((await runHere(folder, ["init", "-o", "tracing.yaml"])).status, 2);
  assert.equal(readFileSync(join(folder, "tracing.yaml"), "utf8"), "old\n");
  const { stderr, status } = await runHere(folder, ["init", "-o", "tracing.yaml", "--force"]);
  assert.equal(status, 0);
  assert.match(stderr, /^tracing\.yaml was written; what it would do: tracing-sidecar -c tracing\.yaml --diff /);
  assert.notEqual(readFileSync(join(folder, "tracing.yaml"), "utf8"), "old\n");
});

test("schema prints the schema's own bytes", async (t) => {
  const read = (name: string) => readFileSync(join(root, "function-config", name), "utf8");
  const run = async (...args: string[]) => (await runHere(folderOf(t, {}), ["schema", ...args])).stdout;
  assert.equal(await run(), read("schema.json"));
  assert.equal(await run("TracingSidecar"), read("schema.json"));
  assert.equal(await run("PrivateCA"), read("private-ca.schema.json"));
});

describe("--help", () => {
  for (const args of [["--help"], ["-h"], ["init", "--help"], ["schema", "-h"]]) {
    test(`${args.join(" ")} fits a terminal and goes to stdout`, async (t) => {
      const { stdout, stderr, status } = await runHere(folderOf(t, {}), args);
      assert.deepEqual([stderr, status], ["", 0]);
      assert.match(stdout, /^Usage:/m);
      assert.deepEqual(
        stdout.split("\n").filter((line) => line.length > 120),
        [],
      );
    });
  }

  test("--version is the package's", async (t) => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    assert.equal((await runHere(folderOf(t, {}), ["--version"])).stdout, `${version}\n`);
  });
});

test("the report in the documentation is the one that comes out", async (t) => {
  const text = readFileSync(join(root, "docs", "command-line.md"), "utf8");
  const shown = /^```json\n(.*?)^```$/ms.exec(text)?.[1];
  const folder = folderOf(t, {
    "examples/plain/k8s/shop.yaml": readFileSync(join(root, "examples/plain/k8s/shop.yaml"), "utf8"),
    "examples/plain/tracing.yaml": readFileSync(join(root, "examples/plain/tracing.yaml"), "utf8"),
  });
  const args = ["-c", "examples/plain/tracing.yaml", "--output", "json", "examples/plain/k8s"];
  assert.equal((await runHere(folder, args)).stdout, shown);
});
