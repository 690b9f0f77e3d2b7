import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Selector } from "../../src/config/configuration";
import { select } from "../../src/plan/select";
import type { Mapping } from "../../src/yaml/value";
import { articleConfiguration, deployment } from "../support/article";

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
  const labelled = { labels: { tracing: "enabled" } };
  const cases: [string, Partial<Selector>, Mapping, string | undefined, string][] = [
    ["{} is every Deployment", {}, {}, undefined, "selected"],
    ["of another kind", { kinds: ["StatefulSet"] }, {}, undefined, "not-selected"],
    ["in one of the namespaces", { namespaces: ["shop"] }, { namespace: "shop" }, undefined, "selected"],
    ["in another namespace", { namespaces: ["shop"] }, { namespace: "blog" }, undefined, "not-selected"],
    ["in the namespace that a later step sets", { namespaces: ["shop"] }, {}, "shop", "selected"],
    ["its own namespace goes before that", { namespaces: ["shop"] }, { namespace: "blog" }, "shop", "not-selected"],
    ["in no known namespace", { namespaces: ["shop"] }, {}, undefined, "not-selected"],
    ["in an excluded namespace", { excludeNamespaces: ["shop"] }, {}, "shop", "not-selected"],
    ["in no known namespace, so not in an excluded one", { excludeNamespaces: ["shop"] }, {}, undefined, "selected"],
    ["of one of the names", { names: ["example-hotrod"] }, {}, undefined, "selected"],
    ["of another name", { names: ["web"] }, {}, undefined, "not-selected"],
    ["an empty list of names selects nothing", { names: [] }, {}, undefined, "not-selected"],
    ["of an excluded name", { excludeNames: ["example-hotrod"] }, {}, undefined, "not-selected"],
    ["with the labels", { matchLabels: { tracing: "enabled" } }, labelled, undefined, "selected"],
    ["without the labels", { matchLabels: { tracing: "enabled" } }, {}, undefined, "not-selected"],
    [
      "with pod labels",
      { podLabels: { matchLabels: { "app.kubernetes.io/name": "example-hotrod" } } },
      {},
      undefined,
      "selected",
    ],
    ["without pod labels", { podLabels: { matchLabels: { tracing: "enabled" } } }, labelled, undefined, "not-selected"],
  ];
  for (const [name, selector, metadata, namespace, expected] of cases) {
    test(name, () => assert.equal(outcome(selector, metadata, namespace), expected));
  }
});
