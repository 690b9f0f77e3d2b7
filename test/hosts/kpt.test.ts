import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { checkExample, checkShop, render, tryRender } from "./rendering";
import { bundle, image, lacks, only, parse, readTree, replaceIn, temporaryFolder } from "./support";

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

  test("reports each workload and its file in the results", (t) => {
    if (lacks(t, "kpt")) return;
    const folder = packageFolder(t, "test/hosts/shop");
    const results = temporaryFolder(t);
    render(folder, [...flags, `--results-dir=${results}`]);
    const [report] = parse(readFileSync(join(results, "results.yaml"), "utf8")) as unknown as [Report];
    const injected = report.items[0]?.results.filter(({ tags }) => tags?.["code"] === "injected") ?? [];
    const workloads = injected.map(({ resourceRef, file }) => `${resourceRef?.name} in ${file?.path}`).sort();
    // A file's path is relative to its own package.
    assert.deepEqual(workloads, [
      "api in deployment.yaml",
      "mailer in jobs/mailer.yaml",
      "web in web.yaml",
      "worker in web.yaml",
    ]);
  });

  test("leaves the package unchanged and shows the error if the function fails", (t) => {
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

  test("refuses kpt's selectors, because they hide objects that a second render must see", (t) => {
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
