import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { identityOf, toObject } from "../../src/kube/object";
import { indexObjects } from "../../src/plan/object-index";
import { expandConfiguration } from "../../src/plan/objects/expand-configuration";
import { planNamespaces } from "../../src/plan/plan-namespaces";
import type { Planned } from "../../src/plan/plan-types";
import { get, type Mapping } from "../../src/yaml/value";
import { configured, web } from "../support/configured";

const none = indexObjects([], undefined);

interface Place {
  readonly namespace?: string;
  readonly file?: string;
  readonly index?: number;
  readonly outcome?: "injected" | "not-selected" | "refused";
}

function planned(name: string, { namespace, file, index = 0, outcome = "injected" }: Place = {}): Planned {
  const annotations =
    file === undefined
      ? {}
      : { "internal.config.kubernetes.io/path": file, "internal.config.kubernetes.io/index": String(index) };
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), annotations };
  const object = identityOf(toObject({ apiVersion: "apps/v1", kind: "Deployment", metadata }));
  if (outcome === "not-selected") return { object, plan: { outcome, usage: {} } };
  return outcome === "refused"
    ? { object, plan: { outcome, findings: [] } }
    : { object, plan: { outcome, objects: [], metricsPort: "metrics", findings: [], usage: {} } };
}

const byNamespace = (podMonitor: Mapping = {}, spec: Mapping = {}) =>
  configured({ ...spec, podMonitor: { scope: "namespace", ...podMonitor } });

/** Returns the source and the namespaces of each plan's PodMonitor, in the order of the sources. */
function summary(workloads: readonly Planned[], configuration = byNamespace()): unknown[] {
  return planNamespaces(configuration, workloads, none)
    .map(({ source, objects: [object], findings }) => [
      source.name,
      get(object, "metadata", "namespace"),
      get(object, "spec", "namespaceSelector", "matchNames"),
      findings.length,
    ])
    .sort();
}

describe("the PodMonitor of a namespace", () => {
  test("is generated once, for the first workload in the order of files", () => {
    const workloads = [
      planned("c", { namespace: "shop", file: "b.yaml" }),
      planned("b", { namespace: "shop", file: "a.yaml", index: 10 }),
      planned("a", { namespace: "shop", file: "a.yaml", index: 9 }),
      planned("d", { namespace: "data", file: "b.yaml" }),
    ];
    const expected = [
      ["a", "shop", undefined, 0],
      ["d", "data", undefined, 0],
    ];
    assert.deepEqual(summary(workloads), expected);
    assert.deepEqual(summary(workloads.toReversed()), expected);
  });

  test("goes after the first workload even if that isn't injected, so an earlier configuration doesn't matter", () => {
    const workloads = [
      planned("b", { namespace: "shop", file: "b.yaml" }),
      planned("a", { namespace: "shop", file: "a.yaml", outcome: "not-selected" }),
      planned("other", { namespace: "data", file: "0.yaml", outcome: "not-selected" }),
    ];
    const plans = planNamespaces(byNamespace(), workloads, none);
    assert.deepEqual(
      plans.map(({ source, subject }) => [source.name, subject.name]),
      [["a", "b"]],
    );
  });

  test("isn't generated without an injected workload, or with a PodMonitor for each workload", () => {
    assert.deepEqual(summary([planned("a", { outcome: "refused" })]), []);
    assert.deepEqual(summary([]), []);
    assert.deepEqual(summary([planned("a")], configured({ podMonitor: {} })), []);
    assert.deepEqual(summary([planned("a")], configured({})), []);
  });

  test("is in the namespace of spec.namespace with the workloads that don't specify it", () => {
    const configuration = byNamespace({}, { namespace: "shop" });
    assert.deepEqual(summary([planned("a")], configuration), [["a", undefined, ["shop"], 0]]);
    const both = [planned("a"), planned("b", { namespace: "shop" })];
    assert.deepEqual(summary(both, configuration), [["b", "shop", undefined, 0]]);
  });

  test("selects its own namespace if that is unknown, and reports templates that need it", () => {
    assert.deepEqual(summary([planned("a")]), [["a", undefined, undefined, 0]]);
    assert.deepEqual(summary([planned("a")], byNamespace({ name: "{namespace}" })), [["a", undefined, undefined, 1]]);
    assert.deepEqual(summary([planned("a")], byNamespace({ namespaceSelector: true })), [
      ["a", undefined, undefined, 1],
    ]);
  });

  test("conflicts with one that isn't the function's", () => {
    const existing = (name: string) =>
      toObject({ apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor", metadata: { name, namespace: "shop" } });
    for (const [name, count] of [
      ["jaeger-agent", 1],
      ["other", 0],
    ] as const) {
      const index = indexObjects([existing(name)], undefined);
      const configuration = byNamespace({}, { agent: { type: "jaeger" } });
      const [plan] = planNamespaces(configuration, [planned("a", { namespace: "shop" })], index);
      assert.deepEqual(
        plan?.findings.map(({ code, configField }) => [code, configField?.path]),
        Array.from({ length: count }, () => ["conflict-object", "spec.podMonitor.name"]),
      );
    }
  });
});

describe("the label that it selects", () => {
  const labelOf = (name: string, podMonitor: Mapping): unknown => {
    const expansion = expandConfiguration({ ...configured({ podMonitor }), name }, web());
    assert.ok("configuration" in expansion);
    return expansion.configuration.pod.labels["tracing-sidecar.dev/scrape"];
  };

  test("is added to the pods, with the configuration's name", () => {
    assert.equal(labelOf("tracing", { scope: "namespace" }), "tracing");
    assert.equal(labelOf("tracing", {}), undefined);
  });

  test("is a label value even if the configuration's name is longer", () => {
    const [one, other] = ["a", "b"].map((last) => String(labelOf(`${"n".repeat(80)}${last}`, { scope: "namespace" })));
    assert.ok(one?.length === 63 && other?.length === 63);
    assert.notEqual(one, other);
  });
});
