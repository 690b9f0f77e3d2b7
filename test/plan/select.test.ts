import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Selector } from "../../src/config/configuration";
import type { Mapping } from "../../src/yaml/value";
import { articleConfiguration, deployment } from "../support/article";
import { select } from "../support/selection";

function outcome(selector: Partial<Selector>, metadata: Mapping = {}, namespace?: string): string {
  const { namespace: _, ...rest } = articleConfiguration;
  const configuration = {
    ...rest,
    ...(namespace === undefined ? {} : { namespace }),
    selector: { ...articleConfiguration.selector, ...selector },
  };
  return select(deployment({ metadata }), configuration).outcome;
}

describe("spec.selector", () => {
  const labeled = { labels: { tracing: "enabled" } };
  const cases: [string, Partial<Selector>, Mapping, string | undefined, string][] = [
    ["selects every Deployment by default", {}, {}, undefined, "selected"],
    ["does not select a workload of another kind", { kinds: ["StatefulSet"] }, {}, undefined, "not-selected"],
    [
      "selects a workload in a listed namespace",
      { namespaces: ["shop"] },
      { namespace: "shop" },
      undefined,
      "selected",
    ],
    [
      "does not select a workload in another namespace",
      { namespaces: ["shop"] },
      { namespace: "blog" },
      undefined,
      "not-selected",
    ],
    ["matches the namespace that a later step sets", { namespaces: ["shop"] }, {}, "shop", "selected"],
    ["prefers the workload's own namespace", { namespaces: ["shop"] }, { namespace: "blog" }, "shop", "not-selected"],
    ["does not select a workload in an unknown namespace", { namespaces: ["shop"] }, {}, undefined, "not-selected"],
    [
      "does not select a workload in an excluded namespace",
      { excludeNamespaces: ["shop"] },
      {},
      "shop",
      "not-selected",
    ],
    ["does not exclude a workload in an unknown namespace", { excludeNamespaces: ["shop"] }, {}, undefined, "selected"],
    ["selects a workload with a listed name", { names: ["example-hotrod"] }, {}, undefined, "selected"],
    ["does not select a workload with another name", { names: ["web"] }, {}, undefined, "not-selected"],
    ["selects nothing by an empty list of names", { names: [] }, {}, undefined, "not-selected"],
    [
      "does not select a workload with an excluded name",
      { excludeNames: ["example-hotrod"] },
      {},
      undefined,
      "not-selected",
    ],
    ["selects a workload with the labels", { matchLabels: { tracing: "enabled" } }, labeled, undefined, "selected"],
    [
      "does not select a workload without the labels",
      { matchLabels: { tracing: "enabled" } },
      {},
      undefined,
      "not-selected",
    ],
    [
      "selects a workload with the pod labels",
      { podLabels: { matchLabels: { "app.kubernetes.io/name": "example-hotrod" } } },
      {},
      undefined,
      "selected",
    ],
    [
      "does not select a workload without the pod labels",
      { podLabels: { matchLabels: { tracing: "enabled" } } },
      labeled,
      undefined,
      "not-selected",
    ],
  ];
  for (const [name, selector, metadata, namespace, expected] of cases) {
    test(name, () => assert.equal(outcome(selector, metadata, namespace), expected));
  }
});

describe("a workload that isn't selected", () => {
  const metadata = { namespace: "shop", labels: { tier: "back" } };
  const excluding: Partial<Selector> = {
    kinds: ["StatefulSet"],
    namespaces: ["blog"],
    excludeNamespaces: ["shop"],
    names: ["web"],
    excludeNames: ["example-hotrod"],
    matchLabels: { tier: "front" },
    matchExpressions: [{ key: "tier", operator: "DoesNotExist" }],
    podLabels: { matchLabels: { tier: "front" } },
  };

  for (const [field, condition] of Object.entries(excluding)) {
    test(`has the field that excludes it: ${field}`, () => {
      const selector = { ...articleConfiguration.selector, [field]: condition };
      const selection = select(deployment({ metadata }), { ...articleConfiguration, selector });
      assert.ok(selection.outcome === "not-selected");
      assert.equal(selection.mismatch, field);
    });
  }
});
