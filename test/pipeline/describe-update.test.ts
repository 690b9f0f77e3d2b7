import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeUpdate } from "../../src/pipeline/describe-update";
import { yaml } from "../support/sidecar-config";

/*
 * How the command line describes the change of an object that it updates.
 */

const podSpecPath = "spec.template.spec";
const agents = new Set(["agent"]);

/** Describes the change of a pod whose agent has other fields, in flow style. */
function ofAgent(before: string, after: string): string | undefined {
  return ofPod(
    `containers: [{name: web}, {name: agent, ${before}}]`,
    `containers: [{name: web}, {name: agent, ${after}}]`,
  );
}

function ofPod(before: string, after: string): string | undefined {
  const workload = (pod: string) => yaml(`{metadata: {name: web}, spec: {template: {spec: {${pod}}}}}`);
  return describeUpdate(workload(before), workload(after), { podSpecPath, agents });
}

describe("the agent", () => {
  const cases: [before: string, after: string, expected: string | undefined][] = [
    ["image: a/otelcol:0.158.0", "image: a/otelcol:0.165.0", "image 0.158.0 → 0.165.0"],
    ["image: a/otelcol:1", "image: b/otelcol:1", "image a/otelcol:1 → b/otelcol:1"],
    ["image: a:1", "image: 'a:1@sha256:0'", "image a:1 → a:1@sha256:0"],
    ["resources: {limits: {memory: 128Mi}}", "resources: {limits: {memory: 256Mi}}", "memory limit 128Mi → 256Mi"],
    ["resources: {requests: {cpu: 1}}", "resources: {requests: {cpu: 2}}", "CPU request 1 → 2"],
    ["image: x", "image: x, resources: {limits: {cpu: 1}}", "added CPU limit"],
    ["securityContext: {runAsUser: 1}", "image: x", "added image and removed securityContext.runAsUser"],
    ["ports: [{name: a, containerPort: 1}]", "ports: [{name: a, containerPort: 2}]", "port a"],
    ["args: [--a=1, --b=2]", "args: [--a=1, --b=3, --c=4]", "argument --b and added argument --c"],
    ["args: [--token, s3cret]", "args: [--token, other]", "args"],
    ["env: [{name: A, value: x}]", "env: [{name: A, value: y}]", "variable A"],
    ["env: [{name: A, value: x}]", "env: [{name: A, valueFrom: {secretKeyRef: {key: b}}}]", "variable A"],
    [
      "env: [{name: C, value: '{exporters: {otlp: {endpoint: a, headers: {k: s3cret}}}}'}]",
      "env: [{name: C, value: '{exporters: {otlp: {endpoint: b, headers: {k: other}}}}'}]",
      "exporters.otlp.endpoint in C and exporters.otlp.headers.k in C",
    ],
    ["env: [{name: C, value: '{a: 1'}]", "env: [{name: C, value: '{a: 2'}]", "variable C"],
    ["env: [{name: A}, {name: B}]", "env: [{name: B}, {name: A}]", "order of env"],
    ["livenessProbe: {exec: {command: [a]}}", "livenessProbe: {exec: {command: [b]}}", "livenessProbe.exec.command[0]"],
  ];
  for (const [before, after, expected] of cases)
    test(String(expected), () => assert.equal(ofAgent(before, after), expected));
});

test("names the container of another field", () => {
  const web = (env: string) => `containers: [{name: web, env: [${env}]}]`;
  assert.equal(ofPod(web("{name: A}"), web("{name: A}, {name: B}")), "added variable B of container web");
});

test("names volumes, pull secrets and containers as a whole", () => {
  const volumes = ofPod(
    "volumes: [{name: a, secret: {secretName: x}}]",
    "volumes: [{name: a, secret: {secretName: y}}]",
  );
  assert.equal(volumes, "volume a");
  assert.equal(
    ofPod("containers: []", "imagePullSecrets: [{name: hub}]"),
    "added pull secret hub and removed containers",
  );
  const native = ofPod("containers: [{name: agent}]", "containers: [], initContainers: [{name: agent}]");
  assert.equal(native, "removed container agent and added init container agent");
});

test("shows the image and the resources first, and only the first few fields", () => {
  const before = "ports: [{name: a}], env: [{name: A}], image: a:1, resources: {limits: {memory: 1Mi}}";
  const after = "args: [], image: a:2, resources: {limits: {memory: 2Mi}}";
  assert.equal(ofAgent(before, after), "image 1 → 2, memory limit 1Mi → 2Mi, added args, and 2 more");
});

describe("another object", () => {
  const of = (before: string, after: string) => describeUpdate(yaml(`{${before}}`), yaml(`{${after}}`));

  test("has paths within its spec", () => {
    assert.equal(of("spec: {duration: 1h}", "spec: {duration: 2h}"), "duration 1h → 2h");
    assert.equal(of("spec: {a: [{b: 1}]}", "spec: {a: [{b: 2}]}"), "a[0].b 1 → 2");
    assert.equal(of("metadata: {name: a}", "metadata: {name: b}"), "name a → b");
  });

  test("shows labels, but no annotations", () => {
    assert.equal(of("metadata: {labels: {a: x}}", "metadata: {labels: {a: y}}"), "label a x → y");
    assert.equal(of("metadata: {annotations: {a: x}}", "metadata: {annotations: {a: y}}"), "annotation a");
  });

  test("shows no value that could be a secret, and no long or odd one", () => {
    for (const field of ["password", "bearerToken", "proxyUrl", "params", "httpHeaders", "credentials"])
      assert.equal(of(`spec: {${field}: {a: s3cret}}`, `spec: {${field}: {a: other}}`), `${field}.a`);
    assert.equal(of("spec: {path: /live?token=s3cret}", "spec: {path: /live}"), "path");
    assert.equal(of(`spec: {a: ${"x".repeat(81)}}`, "spec: {a: y}"), "a");
    assert.equal(of('spec: {a: "x\\ny"}', "spec: {a: y}"), "a");
  });

  test("doesn't mention the function's own annotations", () => {
    const annotation = (value: string) => `metadata: {annotations: {tracing-sidecar.dev/injected: ${value}}}`;
    assert.equal(of(annotation("a"), annotation("b")), undefined);
  });
});
