import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { load } from "js-yaml";
import { image, root } from "../hosts/support";
import { copyGoldenInput, deployment, folderOf, runInProcess } from "./support";

/*
 * The configuration that `init` makes: its content, and that it works on the same manifests.
 */

const missing = "notice: The collector's address is missing. Set spec.collector.endpoint in the configuration.\n";

/**
 * Makes a configuration for manifests, and checks that a run with it has no error, except for a collector's address that
 * `init` reports as missing.
 */
async function makeConfig(t: TestContext, text: string, args: readonly string[] = []) {
  const folder = folderOf(t, { "k8s/all.yaml": text });
  const { stdout, stderr, status } = await runInProcess(folder, ["init", ...args, "k8s"]);
  assert.equal(status, 0);
  assert.ok(stderr === "" || stderr === missing, stderr);
  await runInProcess(folder, ["init", ...args, "--output", "tracing.yaml", "k8s"]);
  assert.equal(readFileSync(join(folder, "tracing.yaml"), "utf8"), stdout);
  const used = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "k8s"]);
  const errors = used.stderr.match(/^error: .*/gm) ?? [];
  assert.equal(errors.length, stderr === "" ? 0 : 1, used.stderr);
  for (const error of errors) assert.match(error, /spec\.collector\.endpoint: is required\. Example: /);
  // biome-ignore lint/suspicious/noExplicitAny: the tests read its fields
  return { spec: (load(stdout) as any).spec, stdout, used };
}

const web = deployment("web");
const withLabels = (name: string, labels: string) =>
  deployment(name).replace(`name: ${name}\n`, `name: ${name}\n  labels: ${labels}\n`);
const inNamespace = (text: string, namespace: string) => text.replace(/(name: \w+\n)/, `$1  namespace: ${namespace}\n`);
const withEnv = (name: string, value = "x") =>
  web.replace(/( +)image: .*\n/, `$&$1env: [{name: ${name}, value: "${value}"}]\n`);
const object = (apiVersion: string, kind: string, name: string, rest = "") =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n${rest}`;

test("is a valid template without manifests and options", async (t) => {
  const { stdout, stderr, status } = await runInProcess(folderOf(t, {}), ["init"]);
  assert.equal(status, 0);
  assert.match(stdout, /^ {2}selector: \{\}$/m);
  assert.match(stdout, /^ {2}# namespace: NAMESPACE$/m);
  assert.match(stdout, /^ {4}# endpoint: HOST:PORT$/m);
  assert.equal(stderr, missing);
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
    assert.match(stderr, /^error: spec\.collector\.endpoint: starts with "grpc:\/\/".*:4317"\. See --help\.\n$/);
    assert.equal((await init(t, "--collector=c", "--agent=otelcol")).status, 2);
    assert.equal((await init(t, "--collector=c", "--agent=jaeger")).status, 0);
  });

  test("prints a warning", async (t) => {
    const { stdout, stderr, status } = await init(t, "--collector=c:14250", "--agent=otelcol");
    assert.equal(status, 0);
    assert.match(stdout, /^ {4}endpoint: c:14250$/m);
    assert.match(stderr, /^warning: spec\.collector\.endpoint: has port 14250, .*\.\n$/);
  });

  test("uses the next one that it finds in the manifests", async (t) => {
    const agent = (endpoint: string) =>
      `      - name: agent\n        image: jaegertracing/jaeger-agent:1.53.0\n        args: ['--reporter.grpc.host-port=${endpoint}']\n`;
    for (const endpoint of ["$(COLLECTOR)", "https://collector:14250", "a:1, b:2"]) {
      const { spec } = await makeConfig(t, web + agent(endpoint));
      assert.equal(spec.collector, null, endpoint);
    }
  });
});

describe("detects in the manifests", () => {
  test("the kinds, a label that all workloads share, and the namespaces", async (t) => {
    const labels = "{app.kubernetes.io/part-of: shop, app.kubernetes.io/version: '1'}";
    const cart = withLabels("cart", labels).replace("kind: Deployment", "kind: StatefulSet");
    const text = [withLabels("web", labels), cart].map((one, i) => inNamespace(one, `ns${i}`)).join("---\n");
    const { spec, used } = await makeConfig(t, text, ["--collector=c:4317"]);
    assert.match(used.stderr, /2 workloads injected/);
    assert.deepEqual(spec.selector, {
      kinds: ["Deployment", "StatefulSet"],
      matchLabels: { "app.kubernetes.io/part-of": "shop" },
      namespaces: ["ns0", "ns1"],
    });
    assert.equal(spec.namespace, undefined);
  });

  test("a ClusterIssuer before an Issuer, and no Issuer of another namespace", async (t) => {
    const issuer = object("cert-manager.io/v1", "Issuer", "near").replace("near", "near, namespace: shop");
    const cluster = object("cert-manager.io/v1", "ClusterIssuer", "all");
    const shop = inNamespace(web, "shop");
    const refOf = ({ spec }: Awaited<ReturnType<typeof makeConfig>>) =>
      spec.collector?.tls?.clientCertificate.certManager.issuerRef;
    assert.deepEqual(refOf(await makeConfig(t, shop + issuer + cluster)), { name: "all", kind: "ClusterIssuer" });
    assert.deepEqual(refOf(await makeConfig(t, shop + issuer)), { name: "near", kind: "Issuer" });
    assert.equal(refOf(await makeConfig(t, inNamespace(web, "blog") + issuer)), undefined);
  });

  test("the Service of a collector, with a port that the agent can send to", async (t) => {
    const service = (ports: string) =>
      object("v1", "Service", "jaeger-collector, namespace: tracing", `spec: {ports: [${ports}]}\n`);
    const endpointOf = async (ports: string, ...args: string[]) =>
      (await makeConfig(t, web + service(ports), args)).spec.collector?.endpoint;
    const both = "{port: 14250}, {port: 4317}";
    assert.equal(await endpointOf(both), "dns:///jaeger-collector.tracing:4317");
    assert.equal(await endpointOf(both, "--agent=jaeger"), "dns:///jaeger-collector.tracing:14250");
    assert.equal(await endpointOf("{port: 14250}"), undefined);
  });

  test("the SDK that the apps use", async (t) => {
    const jaeger = await makeConfig(t, withEnv("JAEGER_SAMPLER_TYPE"));
    assert.deepEqual([jaeger.spec.agent, jaeger.spec.app], [{ type: "jaeger" }, undefined]);
    const otel = await makeConfig(t, withEnv("OTEL_SERVICE_NAME"));
    assert.deepEqual([otel.spec.agent, otel.spec.app], [{ type: "otelcol" }, { presets: ["opentelemetry"] }]);
  });

  test("the Prometheus Operator, and the label by which it selects", async (t) => {
    const api = "monitoring.coreos.com/v1";
    const rule = object(api, "PrometheusRule", "x").replace("name: x", "name: x, labels: {release: stack}");
    const prometheus = object(api, "Prometheus", "x", "spec: {podMonitorSelector: {matchLabels: {team: shop}}}\n");
    const inShop = inNamespace(web, "shop");
    assert.deepEqual((await makeConfig(t, inShop + rule)).spec.podMonitor, { labels: { release: "stack" } });
    assert.deepEqual((await makeConfig(t, inShop + rule + prometheus)).spec.podMonitor, { labels: { team: "shop" } });
    assert.deepEqual((await makeConfig(t, inShop + object(api, "PodMonitor", "x"))).spec.podMonitor, {});
    assert.equal((await makeConfig(t, inShop)).spec.podMonitor, undefined);
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
    const { spec } = await makeConfig(t, ["web", "cart"].map((name) => withLabels(name, "{app: 'no'}")).join("---\n"));
    assert.deepEqual(spec.selector.matchLabels, { app: "no" });
  });
});

describe("detects where the apps send their spans", () => {
  const otlp = (value: string, more = "") => withEnv("OTEL_EXPORTER_OTLP_ENDPOINT", value).replace("}]", `}${more}]`);
  const cart = (text: string) => text.replaceAll("web", "cart");
  const collectorOf = async (t: TestContext, text: string, ...args: string[]) =>
    (await makeConfig(t, text, args)).spec.collector;

  test("and uses the address if they agree", async (t) => {
    const both = `${otlp("http://gateway.tracing:4317")}---\n${cart(otlp("http://gateway.tracing:4317/"))}`;
    assert.deepEqual(await collectorOf(t, both), { endpoint: "gateway.tracing:4317" });
    const grpc = otlp("https://spans.example.com:443", ", {name: OTEL_EXPORTER_OTLP_PROTOCOL, value: grpc}");
    assert.deepEqual(await collectorOf(t, grpc), { endpoint: "spans.example.com:443", tls: {} });
    const jaeger = withEnv("JAEGER_ENDPOINT", "http://jaeger-collector:14250");
    assert.deepEqual(await collectorOf(t, jaeger), { endpoint: "jaeger-collector:14250" });
  });

  test("also if a ConfigMap has the address", async (t) => {
    const from = "{name: OTEL_EXPORTER_OTLP_ENDPOINT, valueFrom: {configMapKeyRef: {name: otel, key: endpoint}}}";
    const text = web.replace(/( +)image: .*\n/, `$&$1env: [${from}]\n`);
    const config = object("v1", "ConfigMap", "otel", "data: {endpoint: 'http://gateway:4317'}\n");
    assert.deepEqual(await collectorOf(t, text + config), { endpoint: "gateway:4317" });
  });

  test("but not if it is the pod itself, its node, a Secret, or not known yet", async (t) => {
    const node = "{name: NODE, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}, ";
    for (const text of [
      otlp("http://localhost:4317"),
      otlp("http://127.0.0.1:4317"),
      otlp("http://$(NODE):4317").replace("[{", `[${node}{`),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of such a variable
      otlp("http://${COLLECTOR}:4317"),
      otlp("http://$(UNKNOWN):4317"),
      web.replace(/( +)image: .*\n/, "$&$1envFrom: [{secretRef: {name: otel}}]\n") +
        object("v1", "Secret", "otel", "stringData: {OTEL_EXPORTER_OTLP_ENDPOINT: 'http://gateway:4317'}\n"),
    ]) {
      assert.equal(await collectorOf(t, text), null, text);
      assert.match((await makeConfig(t, text)).stdout, /# endpoint: HOST:PORT$/m);
    }
  });

  test("and only shows the address if they disagree, or send something else than the agent", async (t) => {
    const stdoutOf = async (text: string) => (await makeConfig(t, text)).stdout;
    const different = await stdoutOf(`${otlp("http://one:4317")}---\n${cart(otlp("http://two:4317"))}`);
    assert.match(
      different,
      /# The apps send spans to one:4317 and two:4317 \(OTEL_EXPORTER_OTLP_ENDPOINT\)\.\n.*HOST:PORT$/m,
    );
    const http = /# The apps send spans to gateway:4318 \(\w+\)\.\n {4}# endpoint: gateway:4317$/m;
    assert.match(await stdoutOf(otlp("http://gateway:4318")), http);
    const withKey = otlp("https://gateway:4317", ", {name: OTEL_EXPORTER_OTLP_HEADERS, value: k=v}");
    assert.match(await stdoutOf(withKey), /# endpoint: gateway:4317$/m);
  });

  test("and uses the port of the Service that they send to", async (t) => {
    const service = (name: string) => object("v1", "Service", name, "spec: {ports: [{port: 4317}, {port: 4318}]}\n");
    const text = otlp("http://gateway:4318") + service("jaeger-collector") + service("gateway");
    assert.deepEqual(await collectorOf(t, text), { endpoint: "dns:///gateway:4317" });
  });

  test("and adds no TLS that a detected issuer allows if they send without TLS", async (t) => {
    const issuer = object("cert-manager.io/v1", "ClusterIssuer", "ca");
    const text = otlp("http://gateway:4317") + issuer;
    assert.deepEqual(await collectorOf(t, text), { endpoint: "gateway:4317" });
    assert.match((await makeConfig(t, text)).stdout, /# {7}issuerRef: \{name: ca, kind: ClusterIssuer\}$/m);
    assert.notEqual((await collectorOf(t, text, "--issuer=ca", "--namespace=shop")).tls, undefined);
  });
});

test("adds the preset only to the containers that show an SDK", async (t) => {
  const sidecar = "      - name: proxy\n        image: proxy:1\n";
  const { spec } = await makeConfig(t, withEnv("OTEL_SERVICE_NAME") + sidecar);
  assert.deepEqual(spec.app, { presets: ["opentelemetry"], containers: ["web"] });
  const { stdout } = await makeConfig(t, web);
  assert.match(stdout, /^ {2}# app:\n {2}# {3}presets: \[opentelemetry\]/m);
});

test("leaves out names with variables that aren't substituted yet", async (t) => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of such a variable
  const variable = "${APP}";
  const text =
    inNamespace(withLabels("web", `{app: "${variable}"}`), `"${variable}"`).replace(
      "    spec:\n",
      `    spec:\n      imagePullSecrets: [{name: "${variable}"}]\n`,
    ) +
    object("cert-manager.io/v1", "ClusterIssuer", `"${variable}"`) +
    object("v1", "Service", `"${variable}-collector"`, "spec: {ports: [{port: 4317}]}\n") +
    object("monitoring.coreos.com/v1", "PodMonitor", `x, labels: {release: "${variable}"}`);
  const { stdout } = await runInProcess(folderOf(t, { "web.yaml": text }), ["init", "web.yaml"]);
  assert.doesNotMatch(stdout, /\$\{/);
});

describe("in a kustomization", () => {
  const files = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": web.replace("Deployment", "StatefulSet"),
    "overlay/kustomization.yaml": "resources: [../base]\nnamespace: live\n",
  };
  const advice = "Add these lines to overlay/kustomization.yaml:\n  transformers:\n  - tracing.yaml\n";
  const args = ["init", "--collector=c:4317"];

  test("writes a transformer for everything that the kustomization builds", async (t) => {
    const folder = folderOf(t, files);
    const { stderr } = await runInProcess(folder, [...args, "-o", "overlay/tracing.yaml", "overlay"]);
    const preview = "kubectl kustomize --enable-alpha-plugins overlay";
    assert.equal(stderr, `Wrote overlay/tracing.yaml.\n${advice}To preview its changes, run: ${preview}\n`);
    // biome-ignore lint/suspicious/noExplicitAny: the test reads its fields
    const config = load(readFileSync(join(folder, "overlay/tracing.yaml"), "utf8")) as any;
    assert.deepEqual(load(config.metadata.annotations["config.kubernetes.io/function"]), {
      container: { image },
    });
    assert.deepEqual([config.spec.selector, config.spec.namespace], [{ kinds: ["StatefulSet"] }, undefined]);
  });

  test("prints entries that YAML reads as the name of the file", async (t) => {
    for (const name of ["yes", "k: v.yaml", "- x", "k #x.yaml", "a\nb", "a\u202eb"]) {
      const { stderr } = await runInProcess(folderOf(t, files), [...args, "-o", `overlay/${name}`, "overlay"]);
      const [, entry] = /^ {2}transformers:\n(.*)$/m.exec(stderr) ?? [];
      assert.deepEqual(load(entry ?? ""), [name]);
    }
  });

  test("says where the configuration has to be", async (t) => {
    const folder = folderOf(t, files);
    const toStdout = await runInProcess(folder, [...args, "base", "overlay"]);
    assert.equal(toStdout.stderr, advice.replace("Add", "Save the configuration in the folder overlay, and add"));
    const toOther = await runInProcess(folder, [...args, "-o", "tracing.yaml", "overlay"]);
    assert.match(toOther.stderr, /^Move the configuration to the folder overlay, and add these lines to/m);
  });

  test("prints commands that work for names that start with a dash", async (t) => {
    const folder = folderOf(t, { "-k/kustomization.yaml": "resources: []\n", "-w.yaml": web });
    const command = async (...more: readonly string[]) =>
      (await runInProcess(folder, [...args, ...more])).stderr.split("\n").at(-2);
    const preview = "To preview its changes, run:";
    const kubectl = "kubectl kustomize --enable-alpha-plugins ./-k";
    assert.equal(await command("--output=-k/t.yaml", "--", "-k"), `${preview} ${kubectl}`);
    const diff = "tracing-sidecar -c ./-t.yaml --diff ./-w.yaml";
    assert.equal(await command("--output=-t.yaml", "--", "-w.yaml"), `${preview} ${diff}`);
  });

  test("adds to the transformers that exist", async (t) => {
    const kustomization = (list: string) => ({ ...files, "overlay/kustomization.yaml": `transformers: [${list}]\n` });
    const run = (list: string) =>
      runInProcess(folderOf(t, kustomization(list)), [...args, "-o", "overlay/tracing.yaml", "base", "overlay"]);
    const add = /^Add it to transformers in overlay\/kustomization.yaml:\n {2}- tracing\.yaml$/m;
    assert.match((await run("prefix.yaml")).stderr, add);
    assert.doesNotMatch((await run("./tracing.yaml")).stderr, /^Add/m);
  });

  test("in other folders, says that a transformer is needed", async (t) => {
    const { stderr, stdout } = await runInProcess(folderOf(t, files), [...args, "."]);
    assert.match(stderr, /^notice: Found base\/kustomization\.yaml and .*as a transformer in it\.$/m);
    assert.doesNotMatch(stdout, /annotations/);
  });
});

test("in a kpt package, writes the annotation that keeps the configuration local", async (t) => {
  const folder = folderOf(t, { "shop/Kptfile": "apiVersion: kpt.dev/v1\n", "shop/web/web.yaml": web });
  const local = /^ {4}config\.kubernetes\.io\/local-config: "true"$/m;
  assert.match((await runInProcess(folder, ["init", "shop"])).stdout, local);
  assert.match((await runInProcess(folder, ["init", "shop/web/web.yaml"])).stdout, local);
});

describe("in a subfolder of a kpt package", () => {
  const initIn = async (t: TestContext, kptfile: string, below: string, ...args: readonly string[]) => {
    const folder = folderOf(t, { "shop/Kptfile": kptfile, "shop/web/base/web.yaml": web });
    return runInProcess(join(folder, below), ["init", "--collector=c:4317", ...args]);
  };

  for (const [below, up] of [
    ["shop/web/base", "../../"],
    ["shop/web", "../"],
  ] as const)
    test(`finds the Kptfile in ${up}`, async (t) => {
      const { stderr } = await initIn(t, "apiVersion: kpt.dev/v1\n", below, "-o", "tracing.yaml", ".");
      assert.ok(stderr.startsWith(`Wrote tracing.yaml.\nAdd these lines to ${up}Kptfile:\n`), stderr);
      assert.ok(stderr.includes(`      configPath: ${below.replace("shop/", "")}/tracing.yaml\n`), stderr);
    });

  test("finds it for an absolute path, and without an output", async (t) => {
    const folder = folderOf(t, { "shop/Kptfile": "", "shop/web/web.yaml": web });
    const { stdout, stderr } = await runInProcess(folder, ["init", "--collector=c:4317", join(folder, "shop/web")]);
    assert.match(stdout, /local-config: "true"/);
    assert.ok(stderr.includes(`${folder}/shop/Kptfile:\n`), stderr);
  });

  test("warns that the Kptfile can't be read", async (t) => {
    const { stdout, stderr } = await initIn(t, "pipeline: [\n", "shop/web", ".");
    assert.match(stderr, /^warning: \.\.\/Kptfile:\d+:\d+: not valid YAML: .+\.$/m);
    assert.match(stdout, /local-config: "true"/);
    const folder = folderOf(t, { Kptfile: "", "web.yaml": web });
    const read = (path: string) => {
      if (path === "Kptfile") throw Object.assign(new Error(), { code: "EACCES" });
      return readFileSync(join(folder, path));
    };
    const refused = await runInProcess(folder, ["init", "."], { files: { read } });
    assert.match(refused.stderr, /^warning: Kptfile: can't be read: permission denied\.$/m);
  });
});

describe("in a kpt package, says how to run the function on each render", () => {
  const init = async (t: TestContext, kptfile: string, ...args: readonly string[]) => {
    const folder = folderOf(t, { "shop/Kptfile": kptfile, "shop/web.yaml": web });
    return (await runInProcess(folder, ["init", "--collector=c:4317", ...args, "shop"])).stderr;
  };
  const mutator = (indent: string) => `${indent}- image: ${image}\n${indent}  configPath: tracing.yaml\n`;

  test("in a Kptfile without mutators", async (t) => {
    assert.equal(
      await init(t, "apiVersion: kpt.dev/v1\n", "-o", "shop/tracing.yaml"),
      `Wrote shop/tracing.yaml.\nAdd these lines to shop/Kptfile:\n  pipeline:\n    mutators:\n${mutator("    ")}To preview its changes, run: tracing-sidecar -c shop/tracing.yaml --diff shop\n`,
    );
  });

  test("in a Kptfile with other mutators", async (t) => {
    const other = "pipeline:\n  mutators:\n  - image: other\n    configPath: other.yaml\n";
    const advice = `it to pipeline.mutators in shop/Kptfile:\n${mutator("  ")}`;
    assert.ok((await init(t, other, "-o", "shop/tracing.yaml")).includes(`\nAdd ${advice}`));
    assert.equal(await init(t, other), `Save the configuration in the folder shop, and add ${advice}`);
  });

  test("in a Kptfile with a pipeline without mutators", async (t) => {
    const validators = "pipeline:\n  validators:\n  - image: other\n";
    const added = `  mutators:\n${mutator("  ")}`;
    const stderr = await init(t, validators, "-o", "shop/tracing.yaml");
    assert.ok(stderr.includes(`\nAdd these lines to pipeline in shop/Kptfile:\n${added}`), stderr);
  });

  test("in a folder whose name starts with two dots", async (t) => {
    const folder = folderOf(t, { Kptfile: "", "..shop/web.yaml": web });
    const { stderr } = await runInProcess(folder, ["init", "-o", "..shop/t.yaml", "..shop"]);
    assert.match(stderr, /^Add these lines to Kptfile:\n(?: .*\n)*? +configPath: \.\.shop\/t\.yaml$/m);
  });

  test("unless the Kptfile lists the configuration", async (t) => {
    const listed = "pipeline:\n  mutators:\n  - {exec: ./tracing-sidecar, configPath: ./tracing.yaml}\n";
    assert.doesNotMatch(await init(t, listed, "-o", "shop/tracing.yaml"), /Kptfile/);
  });
});

test("says that the namespace is missing if certificates need it", async (t) => {
  const folder = folderOf(t, { "k8s/web.yaml": web });
  const init = (...args: readonly string[]) =>
    runInProcess(folder, ["init", "--collector=c:4317", "--issuer=ca", ...args, "k8s"]);
  const { stdout, stderr } = await init();
  assert.match(stdout, /^ {2}# Required: the namespace .*\n {2}# namespace: NAMESPACE$/m);
  assert.equal(
    stderr,
    "notice: The manifests don't name the namespace of every workload. Set spec.namespace in the configuration.\n",
  );
  assert.equal((await init("--namespace=shop")).stderr, "");
});

test("selects by a label only if several workloads share it", async (t) => {
  const cart = withLabels("cart", "{app: shop}");
  const selectorOf = async (text: string) => (await makeConfig(t, text, ["--collector=c:4317"])).spec.selector;
  assert.deepEqual(await selectorOf(cart), {});
  assert.deepEqual(await selectorOf([cart, withLabels("web", "{app: shop}")].join("---\n")), {
    matchLabels: { app: "shop" },
  });
});

describe("names a schema only if it exists", () => {
  const firstLine = async (t: TestContext, files: Readonly<Record<string, string>>, ...args: string[]) => {
    const folder = folderOf(t, { ...files, "k8s/web.yaml": web });
    await runInProcess(folder, ["init", "-o", "k8s/tracing.yaml", ...args]);
    return readFileSync(join(folder, "k8s/tracing.yaml"), "utf8").split("\n")[0];
  };
  const installed = "node_modules/tracing-sidecar/function-config/schema.json";

  test("next to the configuration, in the package, or where the option says", async (t) => {
    const line = (path: string) => `# yaml-language-server: $schema=${path}`;
    const both = { "k8s/tracing.schema.json": "{}", [installed]: "{}" };
    assert.equal(await firstLine(t, both), line("tracing.schema.json"));
    assert.equal(await firstLine(t, { [installed]: "{}" }), line(`../${installed}`));
    assert.equal(await firstLine(t, {}, "--schema=my.json"), line("my.json"));
    assert.doesNotMatch((await firstLine(t, {})) ?? "", /language-server/);
  });

  test("the package contains the schema", () => {
    const { name, files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    assert.equal(installed.split("/")[1], name);
    assert.ok(files.includes("function-config/*schema.json"));
    assert.ok(existsSync(join(root, "function-config/schema.json")));
  });
});

test("works on a folder with all kinds of files", async (t) => {
  const folder = copyGoldenInput(t);
  const { stdout, stderr, status } = await runInProcess(folder, ["init", "."]);
  assert.equal(status, 0);
  assert.match(stderr, /^warning: more\/template\.yaml: Skipped: this is a Helm template/m);
  assert.match(stdout, /kinds: \[Deployment, StatefulSet\]/);
});

test("replaces an existing file only with --force", async (t) => {
  const folder = folderOf(t, { "tracing.yaml": "old\n" });
  assert.equal((await runInProcess(folder, ["init", "-o", "tracing.yaml"])).status, 2);
  assert.equal(readFileSync(join(folder, "tracing.yaml"), "utf8"), "old\n");
  const { stderr, status } = await runInProcess(folder, ["init", "-o", "tracing.yaml", "--force"]);
  assert.equal(status, 0);
  assert.match(
    stderr,
    /^Wrote tracing\.yaml\.\nTo preview its changes after you set what is missing, run: tracing-sidecar -c tracing\.yaml --diff FILE\|FOLDER$/m,
  );
  assert.notEqual(readFileSync(join(folder, "tracing.yaml"), "utf8"), "old\n");
});

describe("refuses an output that isn't a file, even with --force", () => {
  const refusal = async (t: TestContext, output: string, create: string) => {
    const folder = folderOf(t, { "a.yaml": "" });
    execFileSync("sh", ["-c", create], { cwd: folder });
    const before = readdirSync(folder);
    const { stdout, stderr, status } = await runInProcess(folder, ["init", "--force", `--output=${output}`]);
    assert.deepEqual([stdout, status, readdirSync(folder)], ["", 2, before]);
    return stderr;
  };
  const long = "x".repeat(300);

  for (const [output, create, reason] of [
    ["pipe", "mkfifo pipe", "it isn't a regular file. To print the configuration, use --output -"],
    ["/dev/null", "true", "it isn't a regular file. To print the configuration, use --output -"],
    ["folder", "mkdir folder", "it is a folder"],
    ["link", "ln -s gone link", "it is a symbolic link that doesn't point to a file"],
    ["loop", "ln -s loop loop", "too many levels of symbolic links"],
    ["a.yaml/x.yaml", "true", '"a.yaml" isn\'t a folder'],
    ["a.yaml/x/x.yaml", "true", "a part of the path isn't a folder"],
    ["gone/x.yaml", "true", 'the folder "gone" doesn\'t exist'],
    [long, "true", "the name is too long"],
  ] as const)
    test(`${output.slice(0, 20)}: ${reason}`, async (t) => {
      assert.equal(await refusal(t, output, create), `error: can't write "${output}": ${reason}\n`);
    });

  test("or that can't be examined", async (t) => {
    const kindOf = (path: string) => {
      if (path === ".") return "folder" as const;
      throw Object.assign(new Error(), { code: "EACCES" });
    };
    const { stderr } = await runInProcess(folderOf(t, {}), ["init", "-o", "x"], { files: { kindOf } });
    assert.equal(stderr, 'error: can\'t write "x": permission denied\n');
  });
});

test("reports a path that can't be examined", async (t) => {
  const folder = folderOf(t, { "a.yaml": "" });
  for (const [path, reason] of [
    ["a.yaml/x", "a part of the path isn't a folder"],
    ["x".repeat(300), "the name is too long"],
  ]) {
    const { stderr, status } = await runInProcess(folder, ["init", `${path}`]);
    assert.deepEqual([stderr, status], [`error: can't read "${path}": ${reason}\n`, 2]);
  }
});

test("prints to stdout if the output is -", async (t) => {
  const folder = folderOf(t, {});
  const { stdout } = await runInProcess(folder, ["init", "-o", "-"]);
  assert.equal(stdout, (await runInProcess(folder, ["init"])).stdout);
  assert.deepEqual(readdirSync(folder), []);
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
  const text = readFileSync(join(root, "docs/reference/command-line.md"), "utf8");
  const shown = /^```json\n(.*?)^```$/ms.exec(text)?.[1];
  const folder = folderOf(t, {
    "examples/plain/k8s/shop.yaml": readFileSync(join(root, "examples/plain/k8s/shop.yaml"), "utf8"),
    "examples/plain/tracing.yaml": readFileSync(join(root, "examples/plain/tracing.yaml"), "utf8"),
  });
  const args = ["-c", "examples/plain/tracing.yaml", "--output", "json", "examples/plain/k8s"];
  assert.equal((await runInProcess(folder, args)).stdout, shown);
});
