import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { select } from "../../src/plan/select";
import type { Mapping } from "../../src/yaml/value";
import { articleConfiguration, deployment } from "../support/article";

describe("opting out", () => {
  const ours = { annotations: { "tracing-sidecar.dev/inject": "false" } };
  const operators = { annotations: { "sidecar.jaegertracing.io/inject": "false" } };
  const cases: [string, Parameters<typeof deployment>[0], string][] = [
    ["on the workload", { metadata: ours }, 'the workload has the annotation tracing-sidecar.dev/inject: "false"'],
    [
      "on the pod template",
      { podMetadata: ours },
      'the pod template has the annotation tracing-sidecar.dev/inject: "false"',
    ],
    [
      "the Jaeger operator's way",
      { metadata: operators },
      'the workload has the annotation sidecar.jaegertracing.io/inject: "false"',
    ],
    [
      "the Jaeger operator's way, on the pod template",
      { podMetadata: operators },
      'the pod template has the annotation sidecar.jaegertracing.io/inject: "false"',
    ],
    [
      "without quotes",
      { metadata: { annotations: { "tracing-sidecar.dev/inject": false } } },
      'the workload has the annotation tracing-sidecar.dev/inject: "false"',
    ],
  ];
  for (const [name, parts, reason] of cases) {
    test(name, () =>
      assert.deepEqual(select(deployment(parts), articleConfiguration), {
        outcome: "skipped",
        code: "skipped-opt-out",
        reason,
      }),
    );
  }
  test("another value is no opting out", () => {
    const workload = deployment({ metadata: { annotations: { "sidecar.jaegertracing.io/inject": "true" } } });
    assert.deepEqual(select(workload, articleConfiguration), { outcome: "selected" });
  });
  test("what the selector did not pick needs no reason", () => {
    const selector = { ...articleConfiguration.selector, names: ["web"] };
    assert.deepEqual(select(deployment({ metadata: ours }), { ...articleConfiguration, selector }), {
      outcome: "not-selected",
    });
  });
});

describe("Windows", () => {
  const affinity = (...terms: Mapping[]): Mapping => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
  });
  const os = (operator: string, ...values: string[]): Mapping => ({
    matchExpressions: [{ key: "kubernetes.io/os", operator, values }],
  });
  const cases: [string, Mapping, string | undefined][] = [
    ["os.name", { os: { name: "windows" } }, "os.name"],
    ["nodeSelector", { nodeSelector: { "kubernetes.io/os": "windows" } }, "nodeSelector kubernetes.io/os"],
    [
      "nodeSelector of old",
      { nodeSelector: { "beta.kubernetes.io/os": "windows" } },
      "nodeSelector beta.kubernetes.io/os",
    ],
    ["nodeAffinity", affinity(os("In", "windows")), "nodeAffinity"],
    ["nodeAffinity, each term", affinity(os("In", "windows"), os("In", "windows")), "nodeAffinity"],
    ["nodeAffinity, one term of two", affinity(os("In", "windows"), os("In", "linux")), undefined],
    ["nodeAffinity, either system", affinity(os("In", "linux", "windows")), undefined],
    ["nodeAffinity, not Windows", affinity(os("NotIn", "windows")), undefined],
    ["nodeAffinity without terms", affinity(), undefined],
    ["Linux", { os: { name: "linux" }, nodeSelector: { "kubernetes.io/os": "linux" } }, undefined],
  ];
  for (const [name, podSpec, because] of cases) {
    test(name, () =>
      assert.deepEqual(
        select(deployment({ podSpec }), articleConfiguration),
        because === undefined
          ? { outcome: "selected" }
          : { outcome: "skipped", code: "skipped-windows", reason: `the pod runs on Windows (${because})` },
      ),
    );
  }
});

describe("the collector or an agent itself is a pod with nothing else in it", () => {
  const cases: [string[], string][] = [
    [[], "selected"],
    [["app:1"], "selected"],
    [["app:1", "jaegertracing/jaeger-agent:1.21"], "selected"],
    [["app:1", "otel/opentelemetry-collector:0.159.0"], "selected"],
    [["acme/jaeger-agent-config:1"], "selected"],
    [["jaeger-agent.example.com/app:1"], "selected"],
    [["jaegertracing/jaeger-agent:1.21"], "skipped"],
    [["jaegertracing/jaeger-collector:1.62.0"], "skipped"],
    [["jaegertracing/jaeger-collector:1.62.0", "jaegertracing/jaeger-agent:1.62.0"], "skipped"],
    [["registry.example.com:5000/mirror/jaegertracing/all-in-one"], "skipped"],
    [["jaegertracing/jaeger:2.20.0"], "skipped"],
    [["otel/opentelemetry-collector-contrib@sha256:0123"], "skipped"],
    [["ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s:0.159.0"], "skipped"],
  ];
  for (const [images, expected] of cases) {
    test(images.join(", ") || "no container", () => {
      const podSpec = { containers: images.map((image, i) => ({ name: `c${i}`, image })) };
      assert.equal(select(deployment({ podSpec }), articleConfiguration).outcome, expected);
    });
  }
  test("the reason names the images", () => {
    const podSpec = { containers: [{ name: "main", image: "jaegertracing/jaeger-collector:1.62.0" }] };
    assert.deepEqual(select(deployment({ podSpec }), articleConfiguration), {
      outcome: "skipped",
      code: "skipped-collector",
      reason: "it is a collector or agent itself (image jaeger-collector)",
    });
  });
});
