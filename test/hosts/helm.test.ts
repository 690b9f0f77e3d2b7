import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { packHelmPlugin } from "../../scripts/release-files";
import { type HelmVersion, helmEnvironment, lacksHelm } from "./helm-setup";
import {
  bundle,
  type Manifest,
  type Outcome,
  only,
  parse,
  readTree,
  replaceIn,
  root,
  run,
  temporaryFolder,
} from "./support";

/*
 * A chart with a Deployment, a Service and a `pre-install` hook, rendered by Helm with tracing-sidecar as its post-renderer.
 */

const source = "examples/helm";

/** A copy of the example, and Helm with tracing-sidecar as a post-renderer. */
interface Release {
  /** The folder of the configuration and the chart. */
  readonly folder: string;
  /** Runs Helm. */
  readonly helm: (args: readonly string[], env?: Readonly<Record<string, string>>) => Outcome;
  /** Renders the chart for the namespace `shop`, with arguments for the post-renderer. */
  readonly template: (args?: readonly string[], forHelm?: readonly string[]) => Outcome;
}

function prepare(t: TestContext, version: HelmVersion): Release {
  const folder = temporaryFolder(t, source);
  const environment = helmEnvironment(t, version);
  const helm: Release["helm"] = (args, env = {}) =>
    run(join(environment["PATH"] as string, "helm"), args, { env: { ...environment, ...env } });
  if (version === 4) {
    const { status, stderr } = helm(["plugin", "install", "deploy/helm/tracing-sidecar"]);
    assert.equal(status, 0, stderr);
  }
  const template: Release["template"] = (
    args = [`--config=${folder}/tracing.yaml`, "--namespace=shop"],
    forHelm = [],
  ) =>
    helm([
      ...["template", "shop", join(folder, "chart"), "--namespace", "shop", "--post-renderer", "tracing-sidecar"],
      ...[...args, ...(version === 3 ? ["-"] : [])].flatMap((arg) => ["--post-renderer-args", arg]),
      ...forHelm,
    ]);
  return { folder, helm, template };
}

/** Returns the objects that Helm printed. Fails if Helm failed. */
function objectsOf({ stdout, stderr, status }: Outcome): Manifest[] {
  assert.equal(status, 0, stderr);
  return parse(stdout);
}

const namesOf = (objects: readonly Manifest[]) =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
const containersOf = ({ spec }: Manifest): string[] =>
  spec.template.spec.containers.map(({ name }: { readonly name: string }) => name);

for (const version of [4, 3] as const) {
  describe(`Helm ${version}`, () => {
    test("adds the agent to the Deployment, with a Certificate and a PodMonitor, but not to the hook", (t) => {
      if (lacksHelm(t, version)) return;
      const objects = objectsOf(prepare(t, version).template());
      assert.deepEqual(namesOf(objects), [
        "Certificate shop-web-otel-collector",
        "Deployment shop-web",
        "Job shop-migrate",
        "PodMonitor shop-web-otel-collector",
        "Service shop-web",
      ]);
      assert.deepEqual(containersOf(only(objects, "Deployment")), ["web", "otel-collector"]);
      assert.equal(only(objects, "Certificate").spec.commonName, "shop-web@shop");
      const job = only(objects, "Job");
      assert.deepEqual(containersOf(job), ["migrate"]);
      assert.match(JSON.stringify(job.metadata), /"helm\.sh\/hook":"pre-install,pre-upgrade"/);
    });

    test("gives the agent to a hook whose Secret already exists, except in Helm 3, which doesn't pass hooks", (t) => {
      if (lacksHelm(t, version)) return;
      const { folder, template } = prepare(t, version);
      const certificate = / {6}clientCertificate:\n(?: {8}.*\n)+/;
      replaceIn(join(folder, "tracing.yaml"), certificate, "      clientCertificate: {secretName: shop-client}\n");
      const job = only(objectsOf(template()), "Job");
      const { initContainers = [] } = job.spec.template.spec;
      assert.equal(initContainers.length, version === 4 ? 1 : 0);
      assert.match(JSON.stringify(job.metadata), /"helm\.sh\/hook":"pre-install,pre-upgrade"/);
    });

    test("prints the same objects as a pipe, and the same ones each time", (t) => {
      if (lacksHelm(t, version)) return;
      const { folder, helm, template } = prepare(t, version);
      const byName = (objects: readonly Manifest[]) =>
        new Map(objects.map((one) => [`${one.kind} ${one.metadata.name}`, one]));
      const posted = byName(objectsOf(template()));
      const { stdout } = helm(["template", "shop", join(folder, "chart"), "--namespace", "shop"]);
      const args = [bundle, "-c", join(folder, "tracing.yaml"), "--namespace", "shop", "-"];
      const withRecord = (objects: Map<string, Manifest>) => JSON.parse(JSON.stringify([...objects].sort()));
      assert.deepEqual(
        withRecord(byName(objectsOf(run(process.execPath, args, { input: stdout })))),
        withRecord(posted),
      );
      assert.deepEqual(byName(objectsOf(template())), posted);
    });

    test("fails if there is an error", (t) => {
      if (lacksHelm(t, version)) return;
      const { folder, template } = prepare(t, version);
      const { status, stdout, stderr } = template([`--config=${folder}/tracing.yaml`]);
      assert.equal(status, 1);
      assert.equal(stdout, "");
      const reason = /The template uses \{namespace\}/;
      // Helm 4.3.1 discards the stderr of a post-renderer.
      if (version === 4) assert.match(stderr, /plugin "tracing-sidecar" exited with error/);
      else assert.match(stderr, reason);
    });

    test("doesn't pass its option --namespace to the post-renderer", (t) => {
      if (lacksHelm(t, version)) return;
      const { folder, helm, template } = prepare(t, version);
      // If this fails, docs/how-to/helm.md can be shorter.
      assert.equal(template([`--config=${folder}/tracing.yaml`]).status, 1);
      const render = ["template", "shop", join(folder, "chart"), "--post-renderer", "tracing-sidecar"];
      const args = [`--config=${folder}/tracing.yaml`, ...(version === 3 ? ["-"] : [])];
      const outcome = helm([...render, ...args.flatMap((arg) => ["--post-renderer-args", arg])], {
        HELM_NAMESPACE: "orders",
      });
      // In Helm 3, nothing shows that Helm runs the program.
      if (version === 3) assert.equal(outcome.status, 1);
      else assert.equal(only(objectsOf(outcome), "Certificate").spec.commonName, "shop-web@orders");
    });
  });
}

test("Helm 4 names a plugin that isn't installed as docs/help/troubleshooting.md does", (t) => {
  if (lacksHelm(t, 4)) return;
  const args = ["template", "shop", `${source}/chart`, "--post-renderer", "tracing-sidecar"];
  const env = helmEnvironment(t, 4);
  const { status, stderr } = run(join(env["PATH"] as string, "helm"), args, { env });
  assert.equal(status, 1);
  assert.ok(stderr.includes("plugin: {Name:tracing-sidecar Type:postrenderer/v1} not found"), stderr);
});

describe("the annotation with which Helm 4 names the file of an object", () => {
  test("stays on the objects of the chart, and isn't copied to new objects or to pods", (t) => {
    if (lacksHelm(t, 4)) return;
    const { helm, folder } = prepare(t, 4);
    const saved = temporaryFolder(t);
    // Saves what passes through the post-renderer.
    const script = `#!/bin/sh\ntee ${saved}/input.yaml | ${process.execPath} ${bundle} "$@" | tee ${saved}/output.yaml\n`;
    writeFileSync(join(saved, "tracing-sidecar"), script, { mode: 0o755 });
    const args = [`--config=${folder}/tracing.yaml`, "--namespace=shop"].map((arg) => `--post-renderer-args=${arg}`);
    const path = [saved, process.env["PATH"]].join(delimiter);
    const render = ["template", "shop", join(folder, "chart"), "--post-renderer", "tracing-sidecar", ...args];
    assert.equal(helm(render, { PATH: path }).status, 0);
    const [input, output] = ["input.yaml", "output.yaml"].map((name) => readFileSync(join(saved, name), "utf8"));
    const linesIn = (text = "") => text.match(/^ *postrenderer\.helm\.sh\/.*$/gm);
    assert.equal(linesIn(input)?.length, 3);
    assert.deepEqual(linesIn(output), linesIn(input));
  });

  test("keeps the objects of the chart in their files, and new objects get files of their own", (t) => {
    if (lacksHelm(t, 4)) return;
    const target = temporaryFolder(t);
    assert.equal(prepare(t, 4).template(undefined, ["--output-dir", target]).status, 0);
    const kinds = [...readTree(target)].map(([path, text]) => [path, ...parse(text).map(({ kind }) => kind)]);
    assert.deepEqual(kinds, [
      ["generated-by-postrender-1.yaml", "Certificate"],
      ["generated-by-postrender-2.yaml", "PodMonitor"],
      ["shop/templates/deployment.yaml", "Deployment"],
      ["shop/templates/migrate.yaml", "Job"],
      ["shop/templates/service.yaml", "Service"],
    ]);
    for (const text of readTree(target).values()) assert.doesNotMatch(text, /postrenderer\.helm\.sh/);
  });
});

test("Helm 4 installs the plugin from the archive of a release, as a file and by its URL", async (t) => {
  if (lacksHelm(t, 4)) return;
  const archive = join(temporaryFolder(t), "tracing-sidecar-helm-plugin-0.1.0.tgz");
  packHelmPlugin(root, archive);
  const server = createServer(({ url = "" }, response) => {
    if (url.endsWith(".tgz")) response.end(readFileSync(archive));
    else response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tracing-sidecar-helm-plugin-0.1.0.tgz`;
  for (const source of [archive, url]) {
    const environment = helmEnvironment(t, 4);
    const env = { ...environment, PATH: [environment["PATH"], process.env["PATH"]].join(delimiter) };
    const helm = async (...args: readonly string[]) =>
      (await promisify(execFile)(join(environment["PATH"] as string, "helm"), args, { env, cwd: root })).stdout;
    // The release has no signature of the kind that Helm verifies.
    await assert.rejects(helm("plugin", "install", source), /no provenance file \(\.prov\) found/);
    assert.match(await helm("plugin", "install", "--verify=false", source), /^Installed plugin: tracing-sidecar$/m);
    const chart = [
      "template",
      "shop",
      "examples/helm/chart",
      "--namespace",
      "shop",
      "--post-renderer",
      "tracing-sidecar",
    ];
    const args = ["--config=examples/helm/tracing.yaml", "--namespace=shop"].map(
      (arg) => `--post-renderer-args=${arg}`,
    );
    only(parse(await helm(...chart, ...args)), "Certificate");
  }
});
