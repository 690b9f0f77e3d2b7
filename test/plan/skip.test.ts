import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toObject } from "../../src/kube/object";
import type { Mapping } from "../../src/yaml/value";
import { articleConfiguration, deployment } from "../support/article";
import { select } from "../support/selection";

describe("a workload opts out", () => {
  const optOut = { annotations: { "tracing-sidecar.dev/inject": "false" } };
  const jaegerOptOut = { annotations: { "sidecar.jaegertracing.io/inject": "false" } };
  const cases: [string, Parameters<typeof deployment>[0], string][] = [
    [
      "by an annotation on the workload",
      { metadata: optOut },
      'the annotation tracing-sidecar.dev/inject of the workload is "false"',
    ],
    [
      "by an annotation on the pod template",
      { podMetadata: optOut },
      'the annotation tracing-sidecar.dev/inject of the pod template is "false"',
    ],
    [
      "by the Jaeger Operator's annotation",
      { metadata: jaegerOptOut },
      'the annotation sidecar.jaegertracing.io/inject of the workload is "false"',
    ],
    [
      "by the Jaeger Operator's annotation on the pod template",
      { podMetadata: jaegerOptOut },
      'the annotation sidecar.jaegertracing.io/inject of the pod template is "false"',
    ],
    [
      "by an annotation without quotes",
      { metadata: { annotations: { "tracing-sidecar.dev/inject": false } } },
      'the annotation tracing-sidecar.dev/inject of the workload is "false"',
    ],
  ];
  for (const [name, parts, reason] of cases) {
    test(name, () => {
      const selection = select(deployment(parts), articleConfiguration);
      assert.ok("reason" in selection);
      assert.deepEqual([selection.outcome, selection.code, selection.reason], ["skipped", "skipped-opt-out", reason]);
    });
  }
  test("with a warning, by another value of the function's own annotation, and by a label", () => {
    const key = "tracing-sidecar.dev/inject";
    for (const value of ["disabled", "no", "0", "", "False", "TRUE", 0, null]) {
      const selection = select(deployment({ metadata: { annotations: { [key]: value } } }), articleConfiguration);
      assert.ok("reason" in selection, String(value));
      assert.deepEqual([selection.code, selection.severity], ["warn-unclear-opt-out", "warning"]);
      assert.match(selection.reason, /of the workload is neither "true" nor "false"\. .* set it to "false"$/);
    }
    for (const value of ["false", "disabled", ""]) {
      const selection = select(deployment({ podMetadata: { labels: { [key]: value } } }), articleConfiguration);
      assert.ok("reason" in selection, value);
      assert.equal(selection.severity, "warning");
      assert.match(selection.reason, /^the pod template has tracing-sidecar\.dev\/inject as a label\./);
    }
    for (const metadata of [
      { annotations: { [key]: "true" } },
      { annotations: { [key]: true } },
      { labels: { [key]: "true" } },
    ])
      assert.deepEqual(select(deployment({ metadata }), articleConfiguration), { outcome: "selected" });
  });
  test("by an annotation of its Namespace, unless the workload or its pod template opts in", () => {
    const web = (parts: Parameters<typeof deployment>[0] = {}) =>
      deployment({ ...parts, metadata: { namespace: "shop", ...parts.metadata } });
    const namespace = (name: string, annotations: Mapping) =>
      toObject({ apiVersion: "v1", kind: "Namespace", metadata: { name, annotations } });
    const optedOut = [namespace("shop", optOut.annotations)];
    assert.deepEqual(select(web(), articleConfiguration, optedOut), {
      outcome: "skipped",
      code: "skipped-opt-out",
      reason: 'the annotation tracing-sidecar.dev/inject of the Namespace "shop" is "false"',
      cause: "shop",
    });
    const optIn = { annotations: { "tracing-sidecar.dev/inject": "true" } };
    for (const parts of [{ metadata: optIn }, { podMetadata: optIn }])
      assert.deepEqual(select(web(parts), articleConfiguration, optedOut), { outcome: "selected" });
    assert.deepEqual(select(web(), articleConfiguration, [namespace("other", optOut.annotations)]), {
      outcome: "selected",
    });
    const unclear = select(web(), articleConfiguration, [namespace("shop", { "tracing-sidecar.dev/inject": "off" })]);
    assert.ok("severity" in unclear && unclear.severity === "warning");
  });
  test("but not by another value of the Jaeger Operator's annotation", () => {
    const workload = deployment({ metadata: { annotations: { "sidecar.jaegertracing.io/inject": "true" } } });
    assert.deepEqual(select(workload, articleConfiguration), { outcome: "selected" });
  });
  test("but has no reason if the selector does not match it", () => {
    const selector = { ...articleConfiguration.selector, names: ["web"] };
    assert.deepEqual(select(deployment({ metadata: optOut }), { ...articleConfiguration, selector }), {
      outcome: "not-selected",
      mismatch: "names",
    });
  });
});

describe("recognizes a pod that runs on Windows", () => {
  const affinity = (...terms: Mapping[]): Mapping => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
  });
  const os = (operator: string, ...values: string[]): Mapping => ({
    matchExpressions: [{ key: "kubernetes.io/os", operator, values }],
  });
  const cases: [string, Mapping, string | undefined][] = [
    ["by os.name", { os: { name: "windows" } }, "os.name"],
    ["by nodeSelector", { nodeSelector: { "kubernetes.io/os": "windows" } }, "nodeSelector kubernetes.io/os"],
    [
      "by nodeSelector with the old label",
      { nodeSelector: { "beta.kubernetes.io/os": "windows" } },
      "nodeSelector beta.kubernetes.io/os",
    ],
    ["by nodeAffinity", affinity(os("In", "windows")), "nodeAffinity"],
    ["by every term of nodeAffinity", affinity(os("In", "windows"), os("In", "windows")), "nodeAffinity"],
    ["but not by one term of two", affinity(os("In", "windows"), os("In", "linux")), undefined],
    ["but not if either system is allowed", affinity(os("In", "linux", "windows")), undefined],
    ["but not if Windows is excluded", affinity(os("NotIn", "windows")), undefined],
    ["but not by nodeAffinity without terms", affinity(), undefined],
    [
      "but not a pod that runs on Linux",
      { os: { name: "linux" }, nodeSelector: { "kubernetes.io/os": "linux" } },
      undefined,
    ],
  ];
  for (const [name, podSpec, field] of cases) {
    test(name, () =>
      assert.deepEqual(
        select(deployment({ podSpec }), articleConfiguration),
        field === undefined
          ? { outcome: "selected" }
          : { outcome: "skipped", code: "skipped-windows", reason: `the pod runs on Windows (${field})` },
      ),
    );
  }
});

describe("skips a pod only if all of its containers are collectors or agents", () => {
  const cases: [string[], string][] = [
    [[], "skipped"],
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
  test("with the images in the reason", () => {
    const podSpec = { containers: [{ name: "main", image: "jaegertracing/jaeger-collector:1.62.0" }] };
    assert.deepEqual(select(deployment({ podSpec }), articleConfiguration), {
      outcome: "skipped",
      code: "skipped-collector",
      reason: "it is itself a collector or an agent (image jaeger-collector)",
    });
  });
});

describe("a pod that is only a mesh's proxy", () => {
  const containers = (...names: string[]) =>
    deployment({ podSpec: { containers: names.map((name) => ({ name, image: "auto" })) } });

  for (const name of ["istio-proxy", "linkerd-proxy"]) {
    test(`is skipped: ${name}`, () => {
      assert.deepEqual(select(containers(name), articleConfiguration), {
        outcome: "skipped",
        code: "skipped-proxy",
        reason: `it runs only a mesh's proxy (container "${name}"), which sends its spans to the provider in the mesh's configuration`,
      });
    });
  }

  test("but not an app with a proxy that was added by hand", () => {
    assert.deepEqual(select(containers("web", "istio-proxy"), articleConfiguration), { outcome: "selected" });
  });
});
