import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Finding } from "../../src/kube/finding";
import { run } from "../../src/pipeline/run";
import { mergeSharedCauses } from "../../src/plan/shared-causes";
import type { Mapping } from "../../src/yaml/value";
import { resultsOf } from "../support/fixture";

/* A cause that affects many workloads is reported once, with their names. */

const message = "The NetworkPolicy blocks it. Add a rule.";

function blocked(name: string, changes: Partial<Finding> = {}): Finding {
  const object = { apiVersion: "apps/v1", kind: "Deployment", name, namespace: "shop" };
  return {
    code: "warn-blocked-by-network-policy",
    severity: "warning",
    message,
    object,
    cause: "shop",
    field: { path: "spec" },
    ...changes,
  };
}

const messagesOf = (findings: readonly Finding[]) => mergeSharedCauses(findings).map((finding) => finding.message);

describe("findings with the same cause", () => {
  test("the first names the others, and keeps its object and place", () => {
    const notice: Finding = { code: "notice-jaeger-end-of-life", severity: "info", message: "Use another agent." };
    const merged = mergeSharedCauses([notice, blocked("web"), notice, blocked("api"), blocked("db"), notice]);
    assert.deepEqual(merged, [
      notice,
      blocked("web", { message: `${message} The same applies to Deployment shop/api and Deployment shop/db.` }),
      notice,
      notice,
    ]);
  });

  test("a finding of one object is unchanged", () => {
    const findings = [blocked("web")];
    assert.deepEqual(mergeSharedCauses(findings), findings);
  });

  test("at most ten others are named", () => {
    const names = Array.from({ length: 13 }, (_, index) => `app-${index}`);
    const [merged] = messagesOf(names.map((name) => blocked(name)));
    assert.match(merged ?? "", /applies to Deployment shop\/app-1, .*, Deployment shop\/app-10, and 2 more\.$/);
  });

  test("an object isn't named twice", () => {
    assert.deepEqual(messagesOf([blocked("web"), blocked("web")]), [message]);
    const twice = messagesOf([blocked("web"), blocked("api"), blocked("api")]);
    assert.deepEqual(twice, [`${message} The same applies to Deployment shop/api.`]);
  });

  for (const [what, changes] of [
    ["another cause", { cause: "post" }],
    ["another code", { code: "warn-violates-limit-range" }],
    ["another severity", { severity: "info" }],
    ["another message", { message: "Other." }],
  ] as const) {
    test(`${what} is reported separately`, () => {
      assert.equal(mergeSharedCauses([blocked("web"), blocked("api", changes)]).length, 2);
    });
  }

  test("a finding without a cause is about its own object", () => {
    const { cause: _, ...own } = blocked("web");
    assert.equal(mergeSharedCauses([own, own]).length, 2);
  });
});

/** Returns the messages with a code of a run over Deployments, each given as `namespace/name`, and other objects. */
function find(code: string, deployments: readonly string[], others: readonly Mapping[], podMonitor?: Mapping) {
  const items = deployments.map((path): Mapping => {
    const [namespace = "", name = ""] = path.split("/");
    const template = {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image: `shop/${name}:1.0` }] },
    };
    const metadata = { name, namespace };
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { selector: { matchLabels: { app: name } }, template },
    };
  });
  const list = {
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items: [...items, ...others],
    functionConfig: {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: {
        selector: {},
        collector: { endpoint: "collector:4317" },
        agent: { type: "otelcol" },
        ...(podMonitor === undefined ? {} : { podMonitor }),
      },
    },
  };
  return resultsOf(run(JSON.stringify(list)))
    .filter(({ tags }) => tags?.code === code)
    .map((result) => result.message);
}

function limitRange(namespace: string): Mapping {
  const spec = { limits: [{ type: "Container", max: { memory: "1Mi" } }] };
  return { apiVersion: "v1", kind: "LimitRange", metadata: { name: "limits", namespace }, spec };
}

const mesh = [
  ...["shop", "post"].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { "istio-injection": "enabled" } },
  })),
  {
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    metadata: { name: "default", namespace: "istio-system" },
    spec: { mtls: { mode: "STRICT" } },
  },
];

describe("in a run", () => {
  test("each namespace's LimitRange is reported once", () => {
    const messages = find(
      "warn-violates-limit-range",
      ["shop/web", "post/mail", "shop/api"],
      [limitRange("shop"), limitRange("post")],
    );
    assert.equal(messages.length, 2);
    assert.match(messages[0] ?? "", / The same applies to Deployment shop\/api\.$/);
    assert.doesNotMatch(messages[1] ?? "", /applies/);
  });

  test("a policy for the whole mesh is reported once for all namespaces", () => {
    const messages = find("warn-mesh-blocks-scrape", ["shop/web", "post/mail"], mesh, {});
    assert.equal(messages.length, 1);
    assert.match(messages[0] ?? "", / The same applies to Deployment post\/mail\.$/);
  });
});
