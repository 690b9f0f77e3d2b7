import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { run } from "../../src/pipeline/run";
import { get, getList, getString, type Mapping, type Value } from "../../src/yaml/value";
import { collectorConfigOf } from "../support/collector-config";
import { configured, partsOf, web } from "../support/configured";
import { codesOf, splitResults } from "../support/fixture";

/*
 * Several collectors: one configuration whose endpoint contains the workload's name and namespace, or several
 * configurations with disjoint selectors, one after another in a pipeline.
 */

test("the endpoint and the server name can contain the workload's name and namespace", () => {
  const collector = {
    endpoint: "dns:///{name}.{namespace}:4317",
    tls: { serverName: "{name}.{namespace}.example.com" },
  };
  const { container } = partsOf(configured({ agent: { type: "otelcol" }, collector }), web({}, "cart"));
  const exporter = get(collectorConfigOf(container), "exporters", "otlp_grpc");
  assert.equal(get(exporter, "endpoint"), "dns:///cart.shop:4317");
  assert.deepEqual(get(exporter, "tls"), { server_name_override: "cart.shop.example.com" });
});

describe("several configurations in one pipeline", () => {
  const items = ["web", "cart", "idle"].map(
    (name) => `- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: ${name} # theirs
    namespace: shop
  spec:
    selector: {matchLabels: {app: ${name}}}
    template:
      metadata: {labels: {app: ${name}}}
      spec:
        containers:
        - name: ${name}
          image: shop/${name}:1.0
`,
  );
  const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n";

  /** Runs one step of the pipeline: the list up to its functionConfig, with this functionConfig. */
  function step(
    list: string,
    name: string,
    spec: Mapping,
  ): { readonly list: string; readonly codes: readonly unknown[] } {
    const functionConfig = {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name },
      spec,
    };
    const outcome = run(`${list}functionConfig: ${JSON.stringify(functionConfig)}\n`);
    const { rest } = splitResults(outcome.stdout);
    return { list: rest.slice(0, rest.indexOf("functionConfig:")), codes: codesOf(outcome) };
  }

  const old = {
    selector: { names: ["web"] },
    collector: { endpoint: "old:14250" },
    agent: { type: "jaeger" },
    podMonitor: {},
  };
  const next = { selector: { names: ["cart"] }, collector: { endpoint: "next:4317" }, podMonitor: {} };
  const pipeline = (list: string) => step(step(list, "old", old).list, "next", next).list;

  test("each workload gets the agent of the configuration that selects it", () => {
    const objects = getList(load(pipeline(head + items.join(""))) as Value, "items");
    const summaries = objects.map((object) => [
      `${getString(object, "kind")} ${getString(object, "metadata", "name")}`,
      ...getList(object, "spec", "template", "spec", "containers").map((container) => getString(container, "name")),
    ]);
    assert.deepEqual(summaries, [
      ["Deployment web", "web", "jaeger-agent"],
      ["PodMonitor web-jaeger-agent"],
      ["Deployment cart", "cart", "otel-collector"],
      ["PodMonitor cart-otel-collector"],
      ["Deployment idle", "idle"],
    ]);
  });

  test("a second run of the pipeline changes no byte", () => {
    const once = pipeline(head + items.join(""));
    assert.equal(pipeline(once), once);
  });

  test("removing one configuration keeps the other's additions", () => {
    const both = pipeline(head + items.join(""));
    assert.equal(step(both, "next", { ...next, state: "absent" }).list, step(head + items.join(""), "old", old).list);
  });

  test("a workload that two configurations select is an error", () => {
    const { list, codes } = step(step(head + items.join(""), "old", old).list, "next", { ...next, selector: {} });
    assert.deepEqual(codes, ["conflict-owner"]);
    assert.equal(list, step(head + items.join(""), "old", old).list);
  });
});
