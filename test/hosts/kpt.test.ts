import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { checkExample, checkShop, render, tryRender } from "./rendering";
import { bundle, image, lacks, only, parse, readTree, replaceIn, temporaryFolder } from "./support";

const flags = ["--allow-exec"];

/** A copy of a package whose pipelines, those of subpackages too, run the bundle. */
function packageFolder(t: TestContext, source: string): string {
  const folder = temporaryFolder(t, source);
  for (const [path, text] of readTree(folder)) {
    if (text.includes(`image: ${image}`)) replaceIn(join(folder, path), `image: ${image}`, `exec: ${bundle}`);
  }
  return folder;
}

describe("kpt fn render by exec", () => {
  test("the example gets what the article gets, in the file of its Deployment", (t) => {
    if (lacks(t, "kpt")) return;
    checkExample(packageFolder(t, "examples/hotrod/kpt"), flags);
  });

  test("the example with the OpenTelemetry Collector gets that, and an app that sends to it", (t) => {
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

  test("new objects lie beside their workloads, subpackages too; comments and setters stay; a second render changes nothing", (t) => {
    if (lacks(t, "kpt")) return;
    checkShop(packageFolder(t, "test/hosts/shop"), flags);
  });

  test("the results name each workload and its file", (t) => {
    if (lacks(t, "kpt")) return;
    const folder = packageFolder(t, "test/hosts/shop");
    const results = temporaryFolder(t);
    render(folder, [...flags, `--results-dir=${results}`]);
    const [report] = parse(readFileSync(join(results, "results.yaml"), "utf8")) as unknown as [Report];
    const injected = report.items[0]?.results.filter(({ tags }) => tags?.["code"] === "injected") ?? [];
    const named = injected.map(({ resourceRef, file }) => `${resourceRef?.name} in ${file?.path}`).sort();
    // kpt counts a file's path from its own package.
    assert.deepEqual(named, [
      "api in deployment.yaml",
      "mailer in jobs/mailer.yaml",
      "web in web.yaml",
      "worker in web.yaml",
    ]);
  });

  test("where the function cannot do its work safely, the package stays as it is and kpt shows why", (t) => {
    if (lacks(t, "kpt")) return;
    const folder = packageFolder(t, "test/hosts/shop");
    replaceIn(join(folder, "api", "deployment.yaml"), "- name: api", "- name: jaeger-agent");
    const before = readTree(folder);
    const { status, stderr } = tryRender(folder, flags);
    assert.equal(status, 1);
    assert.match(stderr, /Deployment.*api/);
    assert.match(stderr, /jaeger-agent/);
    assert.deepEqual(readTree(folder), before);
  });

  test("kpt's own selectors, which hide what a second render must see, are refused", (t) => {
    if (lacks(t, "kpt")) return;
    const folder = packageFolder(t, "test/hosts/shop");
    appendFileSync(join(folder, "Kptfile"), "    selectors:\n    - kind: Deployment\n");
    const before = readTree(folder);
    const { status, stderr } = tryRender(folder, flags);
    assert.equal(status, 1);
    assert.match(stderr, /spec\.selector/);
    assert.deepEqual(readTree(folder), before);
  });
});

/** As much of kpt's report as is looked at. */
interface Report {
  readonly items: readonly {
    readonly results: readonly {
      readonly tags?: Readonly<Record<string, string>>;
      readonly resourceRef?: { readonly name: string };
      readonly file?: { readonly path: string };
    }[];
  }[];
}
