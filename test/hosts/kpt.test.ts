import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { dump, load } from "js-yaml";
import { checkExample, checkShop, readResources, render, tryRender } from "./rendering";
import {
  bundle,
  image,
  lacks,
  type Manifest,
  only,
  parse,
  readTree,
  replaceIn,
  succeed,
  temporaryFolder,
} from "./support";

const flags = ["--allow-exec"];

/** Returns a copy of a package whose pipelines, including those of subpackages, run the bundle. */
function packageFolder(t: TestContext, source: string): string {
  const folder = temporaryFolder(t, source);
  for (const [path, text] of readTree(folder)) {
    if (text.includes(`image: ${image}`)) replaceIn(join(folder, path), `image: ${image}`, `exec: ${bundle}`);
  }
  return folder;
}

describe("kpt fn render with an executable", () => {
  test("gives the example the article's objects, in the file of its Deployment", (t) => {
    if (lacks(t, "kpt")) return;
    checkExample(packageFolder(t, "examples/hotrod/kpt"), flags);
  });

  test("gives the otelcol example the Collector, and configures the app to send to it", (t) => {
    if (lacks(t, "kpt")) return;
    const folder = packageFolder(t, "examples/hotrod/otelcol");
    render(folder, flags);
    const after = readTree(folder);
    const { containers } = only(parse(after.get("deployment.yaml") ?? ""), "Deployment").spec.template.spec;
    assert.deepEqual(
      containers.map(({ name }: { name: string }) => name),
      ["example-hotrod", "otel-collector"],
    );
    const variables = containers[0].env.map(({ name }: { name: string }) => name);
    assert.ok(variables.includes("OTEL_EXPORTER_OTLP_ENDPOINT"), variables.join());
    render(folder, flags);
    assert.deepEqual(readTree(folder), after, "a second render changes nothing");
  });

  test("adds objects next to their workloads, also in subpackages, keeps comments and setters, and is idempotent", (t) => {
    if (lacks(t, "kpt")) return;
    checkShop(packageFolder(t, "test/hosts/shop"), flags);
  });

  test("returns the same results from a second render, which kpt 1.0 writes to the Kptfile", (t) => {
    if (lacks(t, "kpt")) return;
    const folder = packageFolder(t, "test/hosts/shop");
    const resultsOfRender = () => {
      const results = temporaryFolder(t);
      render(folder, [...flags, `--results-dir=${results}`]);
      return readFileSync(join(results, "results.yaml"), "utf8");
    };
    const first = resultsOfRender();
    const [report] = parse(first) as unknown as [Report];
    const managed = report.items[0]?.results.filter(({ tags }) => tags?.["code"] === "managed") ?? [];
    assert.equal(managed.length, 1);
    assert.equal(resultsOfRender(), first);
  });

  test("leaves the resources unchanged and shows the error if the function fails", (t) => {
    if (lacks(t, "kpt")) return;
    const folder = packageFolder(t, "test/hosts/shop");
    replaceIn(join(folder, "api", "deployment.yaml"), "- name: api", "- name: jaeger-agent");
    const before = readResources(folder);
    const { status, stderr } = tryRender(folder, flags);
    assert.equal(status, 1);
    assert.match(stderr, /Deployment.*api/);
    assert.match(stderr, /jaeger-agent/);
    assert.deepEqual(readResources(folder), before);
  });

  test("refuses kpt's selectors, because they hide objects that a second render must see", (t) => {
    if (lacks(t, "kpt")) return;
    const folder = packageFolder(t, "test/hosts/shop");
    appendFileSync(join(folder, "Kptfile"), "    selectors:\n    - kind: Deployment\n");
    const before = readResources(folder);
    const { status, stderr } = tryRender(folder, flags);
    assert.equal(status, 1);
    assert.match(stderr, /spec\.selector/);
    assert.deepEqual(readResources(folder), before);
  });

  test("doesn't need its configuration among the items, which kpt 1.0 hides from it", (t) => {
    if (lacks(t, "kpt")) return;
    for (const [folder, configuration] of [
      ["examples/hotrod/otelcol", "tracing.yaml"],
      ["examples/hotrod/kpt/private-ca", "private-ca.yaml"],
    ] as const) {
      const list = load(
        succeed("kpt", ["fn", "source", folder, "--fn-config", join(folder, configuration)]),
      ) as unknown as ResourceList;
      const isConfiguration = ({ kind }: Manifest) => kind === list.functionConfig.kind;
      assert.equal(list.items.filter(isConfiguration).length, 1);
      const shown = load(succeed(bundle, [], { input: dump(list) })) as unknown as ResourceList;
      const others = { ...list, items: list.items.filter((item) => !isConfiguration(item)) };
      const hidden = load(succeed(bundle, [], { input: dump(others) })) as unknown as ResourceList;
      assert.deepEqual(
        hidden.items,
        shown.items.filter((item) => !isConfiguration(item)),
        folder,
      );
      assert.deepEqual(hidden.results, shown.results, folder);
    }
  });
});

describe("an agent that is the first init container", () => {
  const kptfile = `apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: shop
  annotations:
    config.kubernetes.io/local-config: "true"
pipeline:
  mutators:
  - exec: ${bundle}
    configPath: tracing.yaml
`;
  const tracing = `apiVersion: tracing-sidecar.dev/v1alpha1
kind: TracingSidecar
metadata:
  name: tracing
  annotations:
    config.kubernetes.io/local-config: "true"
spec:
  selector: {}
  collector:
    endpoint: otel-collector.observability:4317
  agent:
    type: otelcol
    native: true
    position: first
  app:
    presets: [opentelemetry]
    containers: [migrate, web]
`;
  /** The license isn't part of the item that kpt sends. kpt removes the blank line after it. */
  const deployment = (setter: string, comment: string) => `# Copyright of the shop

# The front end.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # as in the Service
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      # In this order.
      initContainers:${comment}
      - name: wait
        image: shop/wait:1.0${setter}
      - name: migrate
        image: shop/migrate:1.0${setter}
      # The application.
      containers:
      - name: web
        image: shop/web:1.0 # kpt-set: shop/web:\${tag}
`;
  /** Writes a package, and returns its folder. */
  const shopWith = (t: TestContext, text: string) => {
    const folder = temporaryFolder(t);
    const files = { Kptfile: kptfile, "tracing.yaml": tracing, "web.yaml": text };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return folder;
  };
  const textOf = (folder: string) => readFileSync(join(folder, "web.yaml"), "utf8");
  const initContainersOf = (text: string) =>
    only(parse(text), "Deployment").spec.template.spec.initContainers.map(({ name }: { name: string }) => name);
  const commentsOf = (text: string) => [...text.matchAll(/#.*$/gm)].map(([comment]) => comment);

  test("is added and removed without an effect on comments, if its list has none", (t) => {
    if (lacks(t, "kpt")) return;
    const folder = shopWith(t, deployment("", ""));
    render(folder, flags);
    const rendered = textOf(folder);
    assert.deepEqual(initContainersOf(rendered), ["otel-collector", "wait", "migrate"]);
    assert.deepEqual(commentsOf(rendered), commentsOf(deployment("", "")));
    render(folder, flags);
    assert.equal(textOf(folder), rendered, "a second render changes nothing");
    replaceIn(join(folder, "tracing.yaml"), "position: first", "position: last");
    render(folder, flags);
    assert.deepEqual(initContainersOf(textOf(folder)), ["wait", "migrate", "otel-collector"]);
    replaceIn(join(folder, "tracing.yaml"), "position: last", "position: first");
    render(folder, flags);
    assert.equal(textOf(folder), rendered);
    replaceIn(join(folder, "tracing.yaml"), "spec:\n", "spec:\n  state: absent\n");
    render(folder, flags);
    assert.equal(textOf(folder), deployment("", "").replace("\n\n", "\n"));
  });

  const layouts = {
    "setters in its list": deployment(` # kpt-set: shop/x:\${tag}`, ""),
    "a comment before the first element": deployment("", "\n      # First of all."),
  };
  for (const [name, text] of Object.entries(layouts)) {
    test(`is refused with ${name}, unless the command line adds it`, (t) => {
      if (lacks(t, "kpt")) return;
      const folder = shopWith(t, text);
      const { status, stderr } = tryRender(folder, flags);
      assert.equal(status, 1);
      assert.match(stderr, /initContainers: can't be reordered: kpt copies comments by their position/);
      assert.equal(textOf(folder), text);

      succeed(bundle, ["--write", "--config", join(folder, "tracing.yaml"), join(folder, "web.yaml")]);
      const written = textOf(folder);
      assert.deepEqual(initContainersOf(written), ["otel-collector", "wait", "migrate"]);
      assert.deepEqual(commentsOf(written), commentsOf(text));
      render(folder, flags);
      const rendered = textOf(folder);
      assert.equal(rendered, written.replace("\n\n", "\n"));
      render(folder, flags);
      assert.equal(textOf(folder), rendered, "a second render changes nothing");

      replaceIn(join(folder, "tracing.yaml"), "spec:\n", "spec:\n  state: absent\n");
      render(folder, flags);
      assert.equal(textOf(folder), text.replace("\n\n", "\n"));
    });
  }
});

/** The fields of a ResourceList that the tests read. */
interface ResourceList {
  readonly items: readonly Manifest[];
  readonly functionConfig: Manifest;
  readonly results: readonly unknown[];
}

/** The fields of kpt's report that the tests read. */
interface Report {
  readonly items: readonly {
    readonly results: readonly {
      readonly tags?: Readonly<Record<string, string>>;
      readonly resourceRef?: { readonly name: string };
      readonly file?: { readonly path: string };
    }[];
  }[];
}
