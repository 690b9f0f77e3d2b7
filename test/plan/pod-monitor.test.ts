import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Configuration } from "../../src/config/configuration";
import type { Workload } from "../../src/kube/workload";
import { ownershipOf } from "../../src/plan/objects/metadata";
import * as podMonitors from "../../src/plan/objects/pod-monitor";
import { get, type Mapping } from "../../src/yaml/value";
import { articleConfiguration, deployment, expanded, withMonitor, withoutNamespace } from "../support/article";

const podMonitor = (configuration: Configuration, workload: Workload, port: string) =>
  podMonitors.podMonitor(configuration, workload, ownershipOf(configuration, workload), port);

describe("the PodMonitor", () => {
  const monitor = (configuration: Configuration, workload: Workload = deployment()) => {
    const result = podMonitor(expanded(configuration, workload), workload, "admin-http");
    assert.ok(result !== undefined);
    return result;
  };
  const specOf = (configuration: Configuration, workload?: Workload) => {
    const result = monitor(configuration, workload);
    assert.ok("object" in result, JSON.stringify(result));
    return get(result.object, "spec");
  };
  const secret = { clientCertificate: { secretName: "client" } };
  const unnamed: Configuration = { ...withoutNamespace, collector: { endpoint: "collector:443", tls: secret } };

  test("is the one from the article, with ownership annotations", () => {
    assert.deepEqual(monitor(articleConfiguration), {
      object: {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PodMonitor",
        metadata: {
          name: "example-hotrod",
          labels: { "app.kubernetes.io/managed-by": "tracing-sidecar" },
          annotations: {
            "tracing-sidecar.dev/owner": "jaeger-agent",
            "tracing-sidecar.dev/for": "Deployment/example-hotrod",
          },
        },
        spec: {
          podMetricsEndpoints: [{ port: "admin-http", honorLabels: true }],
          namespaceSelector: { matchNames: ["my-namespace"] },
          selector: { matchLabels: { "app.kubernetes.io/name": "example-hotrod" } },
        },
      },
    });
  });

  test("has the configured interval and timeout", () => {
    assert.deepEqual(get(specOf(withMonitor({ interval: "30s", scrapeTimeout: "10s" })), "podMetricsEndpoints"), [
      { port: "admin-http", honorLabels: true, interval: "30s", scrapeTimeout: "10s" },
    ]);
  });

  describe("namespaceSelector", () => {
    const own = deployment({ metadata: { namespace: "shop" } });
    const cases: [string, Configuration, Workload, Mapping | undefined][] = [
      [
        "selects the namespace that a later step sets",
        articleConfiguration,
        deployment(),
        { matchNames: ["my-namespace"] },
      ],
      ["is omitted if the workload has its own namespace", articleConfiguration, own, undefined],
      [
        "selects the workload's own namespace if configured",
        withMonitor({ namespaceSelector: true }),
        own,
        { matchNames: ["shop"] },
      ],
      ["is omitted if the namespace is unknown", unnamed, deployment(), undefined],
    ];
    for (const [name, configuration, workload, expected] of cases) {
      test(name, () => assert.deepEqual(get(specOf(configuration, workload), "namespaceSelector"), expected));
    }
    test("is an error if configured and the namespace is unknown", () => {
      const result = monitor(withMonitor({ namespaceSelector: true }, unnamed));
      assert.ok("finding" in result);
      assert.deepEqual(
        [result.finding.code, result.finding.severity, result.finding.configField?.path],
        ["invalid-config", "error", "spec.podMonitor.namespaceSelector"],
      );
    });
  });

  describe("selects the workload's pods", () => {
    const matchExpressions = [{ key: "app", operator: "In", values: ["web"] }];
    const labels = { app: "web" };
    const cases: [string, Mapping, Mapping, Mapping][] = [
      ["by the labels of the workload's selector", { selector: { matchLabels: labels } }, {}, { matchLabels: labels }],
      ["by the expressions of the workload's selector", { selector: { matchExpressions } }, {}, { matchExpressions }],
      [
        "by both",
        { selector: { matchLabels: labels, matchExpressions } },
        {},
        { matchLabels: labels, matchExpressions },
      ],
      ["by the pod labels if the workload has no selector", { selector: null }, { labels }, { matchLabels: labels }],
    ];
    for (const [name, spec, podMetadata, expected] of cases) {
      test(name, () =>
        assert.deepEqual(
          JSON.parse(JSON.stringify(get(specOf(articleConfiguration, deployment({ spec, podMetadata })), "selector"))),
          expected,
        ),
      );
    }
    for (const [name, spec] of Object.entries({
      "an empty selector": { selector: {} },
      "a selector with empty fields": { selector: { matchLabels: {}, matchExpressions: [] } },
      "no selector and no pod labels": { selector: null },
    })) {
      test(`but is omitted with a warning for ${name}`, () => {
        const result = monitor(articleConfiguration, deployment({ spec, podMetadata: { labels: {} } }));
        assert.ok("finding" in result);
        assert.deepEqual(
          [result.finding.code, result.finding.severity, result.finding.field?.path],
          ["warn-no-pod-monitor", "warning", "spec.selector"],
        );
      });
    }
  });

  test("is omitted if the configuration has no podMonitor", () => {
    const { podMonitor: _none, ...configuration } = articleConfiguration;
    assert.equal(podMonitor(configuration, deployment(), "admin-http"), undefined);
  });
});
