import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readConfiguration } from "../../src/config/read-tracing-sidecar";
import { toObject } from "../../src/kube/object";
import { toWorkload } from "../../src/kube/workload";
import { printRecord } from "../../src/pipeline/injection-record";
import { run } from "../../src/pipeline/run";
import { existingType } from "../../src/plan/agents/existing-agents";
import { agentTypeOf } from "../../src/plan/agents/index";
import { jaeger } from "../../src/plan/agents/jaeger/index";
import { expandConfiguration } from "../../src/plan/objects/expand-configuration";
import type { Mapping, Value } from "../../src/yaml/value";
import { changeCodesOf, changesOf } from "../support/changes";
import { inputOf, resultsOf, splitResults } from "../support/fixture";

const image = "jaegertracing/jaeger-agent:1.21";
const client = { name: "client", secret: { secretName: "web-tls" } };
const authority = { name: "authority", configMap: { name: "collector-ca" } };
const volumeMounts = [
  { name: "client", mountPath: "/tls/" },
  { name: "authority", mountPath: "/ca" },
];

function deployment(container: Mapping, volumes: readonly Mapping[] = []): Mapping {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop" },
    spec: { template: { spec: { containers: [{ name: "web", image: "shop/web:1.0" }, container], volumes } } },
  };
}

function functionConfig(spec: Mapping, agent: Mapping): Mapping {
  return {
    apiVersion: "tracing-sidecar.dev/v1alpha1",
    kind: "TracingSidecar",
    metadata: { name: "tracing" },
    spec: {
      selector: {},
      collector: { endpoint: "collector:14250" },
      ...spec,
      agent: { type: "jaeger", adopt: true, ...agent },
    },
  };
}

/** Returns how the agent that would be added compares with a container: "SETTING: OUTCOME (REASON)" for each setting. */
function comparisonOf(container: Mapping, spec: Mapping = {}, agent: Mapping = {}) {
  const read = readConfiguration(functionConfig(spec, agent));
  assert.ok("configuration" in read, JSON.stringify(read));
  const existing: Mapping = { name: "jaeger-agent", volumeMounts, ...container };
  const workload = toWorkload(toObject(deployment(existing, [client, authority])));
  assert.ok(workload !== undefined);
  const expansion = expandConfiguration(read.configuration, workload);
  assert.ok("configuration" in expansion);
  const { configuration } = expansion;
  const newType = agentTypeOf(configuration);
  const parts = newType.build(configuration, workload);
  const sameType = newType === jaeger;
  const settings = jaeger.adoption?.compare({ container: existing, workload, configuration, parts, sameType }) ?? [];
  return settings.map(({ setting, outcome, reason }) =>
    reason === undefined ? `${setting}: ${outcome}` : `${setting}: ${outcome} (${reason})`,
  );
}

describe("a Jaeger agent is recognized", () => {
  const cases: [string, Value, boolean][] = [
    ["by its image", { image }, true],
    ["by a mirror's image", { image: "mirror.example.com:5000/jaegertracing/jaeger-agent@sha256:0000" }, true],
    ["by its flags", { image: "acme/tracing:1", args: ["--reporter.grpc.host-port=collector:14250"] }, true],
    [
      "by flags whose values are separate arguments",
      { image: "acme/tracing:1", args: ["--reporter.grpc.host-port", "collector:14250"] },
      true,
    ],
    ["by its command", { command: ["agent", "--processor.jaeger-compact.workers=3"] }, true],
    ["not by its name", { name: "jaeger-agent", image: "acme/app:1" }, false],
    ["not by another image", { image: "jaegertracing/jaeger-collector:1.62.0" }, false],
    ["not by a flag's value", { image: "acme/app:1", args: ["--flag=--reporter.grpc.host-port"] }, false],
    ["not if it isn't a container", null, false],
  ];
  for (const [name, container, expected] of cases) {
    test(name, () => assert.equal(existingType(container)?.type === jaeger, expected));
  }
});

describe("compares a flag", () => {
  const tls = (fields: Mapping): Mapping => ({ collector: { endpoint: "collector:14250", tls: fields } });
  const plain: Mapping = {};
  const field = "spec.collector.tls";
  const cases: [string, Mapping, string][] = [
    ["--reporter.grpc.host-port=collector:14250", plain, "same (spec.collector.endpoint)"],
    ["--reporter.grpc.host-port=other:14250", plain, "other (spec.collector.endpoint)"],
    ["--reporter.grpc.tls=true", tls({}), `same (${field})`],
    ["--reporter.grpc.tls", tls({}), `same (${field})`],
    ["--reporter.grpc.tls.enabled=false", tls({}), `other (${field})`],
    ["--reporter.grpc.tls.enabled=true", plain, `other (${field})`],
    ["--reporter.grpc.tls.ca=/ca/ca.crt", tls({ ca: { configMapName: "collector-ca" } }), `same (${field}.ca)`],
    ["--reporter.grpc.tls.ca=/ca/ca.crt", tls({ ca: { secretName: "collector-ca" } }), `other (${field}.ca)`],
    ["--reporter.grpc.tls.ca=/ca/root.crt", tls({ ca: { configMapName: "collector-ca" } }), `other (${field}.ca)`],
    ["--reporter.grpc.tls.ca=/ca/ca.crt", tls({}), `other (${field}.ca)`],
    ["--reporter.grpc.tls.ca=//ca/./ca.crt", tls({ ca: { configMapName: "collector-ca" } }), `same (${field}.ca)`],
    ["--reporter.grpc.tls.ca=ca/ca.crt", tls({ ca: { configMapName: "collector-ca" } }), `other (${field}.ca)`],
    [
      "--reporter.grpc.tls.ca=/tls/ca.crt",
      tls({ ca: { fromClientCertificate: true }, clientCertificate: { secretName: "{name}-tls" } }),
      `same (${field}.ca)`,
    ],
    [
      "--reporter.grpc.tls.cert=/tls/tls.crt",
      tls({ clientCertificate: { secretName: "web-tls" } }),
      `same (${field}.clientCertificate)`,
    ],
    [
      "--reporter.grpc.tls.key=/tls/tls.key",
      tls({ clientCertificate: { certManager: { issuerRef: { name: "ca" }, secretName: "{name}-tls" } } }),
      `same (${field}.clientCertificate)`,
    ],
    [
      "--reporter.grpc.tls.key=/tls/tls.key",
      tls({ clientCertificate: { certManager: { issuerRef: { name: "ca" } } } }),
      `other (${field}.clientCertificate)`,
    ],
    [
      "--reporter.grpc.tls.cert=/tls/tls.crt",
      tls({ clientCertificate: { csi: { issuerRef: { name: "ca" } } } }),
      `other (${field}.clientCertificate)`,
    ],
    ["--reporter.grpc.tls.server-name=a", tls({ serverName: "a" }), `same (${field}.serverName)`],
    ["--reporter.grpc.tls.server-name=a", tls({ serverName: "b" }), `other (${field}.serverName)`],
    ["--reporter.grpc.tls.skip-host-verify=true", tls({}), "other (the collector's certificate is always verified)"],
    [
      "--processor.jaeger-compact.server-host-port=:6831",
      plain,
      "other (127.0.0.1:6831, port from spec.agent.ports.jaegerCompact)",
    ],
    [
      "--processor.jaeger-binary.server-host-port=localhost:6832",
      plain,
      "same (127.0.0.1:6832, port from spec.agent.ports.jaegerBinary)",
    ],
    [
      "--processor.zipkin-compact.server-host-port=127.0.0.1:9999",
      plain,
      "other (127.0.0.1:5775, port from spec.agent.ports.zipkinCompact)",
    ],
    ["--http-server.host-port=127.0.0.1:5778", plain, "same (127.0.0.1:5778, port from spec.agent.ports.sampling)"],
    ["--admin.http.host-port=0.0.0.0:14271", plain, "same (:14271, port from spec.agent.ports.admin)"],
    ["--admin-http-port=14271", plain, "same (:14271, port from spec.agent.ports.admin)"],
    ["--admin.http.host-port=127.0.0.1:14271", plain, "other (:14271, port from spec.agent.ports.admin)"],
    ["--log-level=debug", plain, "none (can be set in spec.agent.args)"],
  ];
  for (const [arg, spec, expected] of cases) {
    test(`${arg}, ${JSON.stringify(spec)}`, () => {
      assert.deepEqual(comparisonOf({ args: [arg] }, spec), [`${arg.split("=")[0]}: ${expected}`]);
    });
  }

  test("that spec.agent.args sets", () => {
    const args = ["--log-level=debug", "--reporter.grpc.retry.max", "5"];
    assert.deepEqual(comparisonOf({ args }, {}, { args: ["--log-level=debug", "--reporter.grpc.retry.max=3"] }), [
      "--log-level: same (spec.agent.args)",
      "--reporter.grpc.retry.max: other (spec.agent.args)",
    ]);
  });

  test("that is duplicated: the last one counts", () => {
    const args = ["--reporter.grpc.host-port=other:14250", "--reporter.grpc.host-port=collector:14250"];
    assert.deepEqual(comparisonOf({ args }), ["--reporter.grpc.host-port: same (spec.collector.endpoint)"]);
  });

  test("with an OpenTelemetry Collector as the new agent", () => {
    const args = [
      "--log-level=debug",
      "--http-server.host-port=:5778",
      "--processor.jaeger-compact.server-host-port=:6831",
    ];
    assert.deepEqual(comparisonOf({ args }, {}, { type: "otelcol" }), [
      "--log-level: none",
      "--http-server.host-port: none (the agent doesn't listen on this port)",
      "--processor.jaeger-compact.server-host-port: other (127.0.0.1:6831, port from spec.agent.ports.jaegerCompact)",
    ]);
  });
});

describe("compares tags", () => {
  const tags = { "pod.name": { fieldPath: "metadata.name" }, ns: { fieldPath: "metadata.namespace" }, team: "shop" };
  const env = [
    { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    { name: "TEAM", value: "shop" },
  ];
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the agent's own syntax
  const cases: [string, string][] = [
    ["pod.name=${POD:},ns=shop,team=shop", "same (spec.agent.tags)"],
    ["pod.name=${POD},team=${TEAM}", "same (spec.agent.tags)"],
    ["pod.name=${IP:}", "other (spec.agent.tags; changed: pod.name)"],
    ["pod.name=web-1,ns=blog", "other (spec.agent.tags; changed: pod.name, ns)"],
    ["team=payments, host.ip=${IP:}", "other (spec.agent.tags; missing: host.ip; changed: team)"],
    ["token=s3cret,rest-of-it", "other (spec.agent.tags; missing: token)"],
  ];
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the agent's own syntax
  for (const flag of ["--agent.tags", "--jaeger.tags"]) {
    for (const [value, expected] of cases) {
      test(`${flag}=${value}`, () => {
        const [first] = comparisonOf({ args: [`${flag}=${value}`], env }, {}, { tags });
        assert.equal(first, `${flag}: ${expected}`);
      });
    }
  }
});

describe("compares other settings", () => {
  test("variables", () => {
    const env = [
      { name: "POD_NAME", value: "a" },
      { name: "USED", value: "a" },
      { name: "GIVEN", value: "a" },
      { name: "CHANGED", value: "a" },
      { name: "LOST", value: "s3cret" },
    ];
    const agentEnv = [
      { name: "GIVEN", value: "a" },
      { name: "CHANGED", value: "b" },
    ];
    assert.deepEqual(comparisonOf({ args: ["--log-level=$(USED)"], env }, {}, { env: agentEnv }).slice(1), [
      "variable POD_NAME: other (spec.agent.env)",
      "variable GIVEN: same (spec.agent.env)",
      "variable CHANGED: other (spec.agent.env)",
      "variable LOST: none (can be set in spec.agent.env)",
    ]);
  });

  test("fields", () => {
    const resources = { requests: { cpu: "1" } };
    const fields = { image, resources, imagePullPolicy: "Always", lifecycle: {}, terminationMessagePath: "/dev/null" };
    assert.deepEqual(comparisonOf(fields, {}, { image, resources: { requests: { cpu: "2" } } }), [
      "image: same (spec.agent.image)",
      "resources: other (spec.agent.resources)",
      "imagePullPolicy: none (spec.agent.imagePullPolicy)",
      "lifecycle: none",
    ]);
  });
});

describe("adopting an agent", () => {
  const agent: Mapping = { name: "old", image, volumeMounts, args: ["--reporter.grpc.host-port=collector:14250"] };
  const list = (items: readonly Value[], config: Mapping) =>
    JSON.stringify({ apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items, functionConfig: config });
  const itemOf = (text: string) => (JSON.parse(text) as { items: Mapping[] }).items[0];

  test("gives the same result as removing the old agent and injecting", () => {
    const input = list([deployment(agent, [client, authority])], functionConfig({}, {}));
    const old = run(input);
    assert.deepEqual(changeCodesOf(input), ["injected", "adopted"]);
    const withoutOld = deployment(agent, [authority]);
    const { containers } = (withoutOld as { spec: { template: { spec: { containers: Value[] } } } }).spec.template.spec;
    containers.pop();
    assert.deepEqual(itemOf(old.stdout), itemOf(run(list([withoutOld], functionConfig({}, {}))).stdout));
    const removed = run(old.stdout.replace('"collector":', '"state":"absent","collector":'));
    assert.deepEqual(itemOf(removed.stdout), withoutOld);
  });

  const notAdopted: [string, Mapping, Mapping][] = [
    ["without adopt", { adopt: false }, {}],
    ["in a workload that opts out", {}, { "tracing-sidecar.dev/inject": "false" }],
    [
      "in a workload that another configuration injected",
      {},
      {
        "tracing-sidecar.dev/injected": printRecord(
          { owner: "other", added: {}, created: [], formerlyEmpty: {}, first: [] },
          "spec.template.spec",
        ),
      },
    ],
  ];
  for (const [name, agentOptions, annotations] of notAdopted) {
    test(`does not happen ${name}`, () => {
      const object = { ...deployment(agent, [client]), metadata: { name: "web", annotations } };
      assert.ok(!changeCodesOf(list([object], functionConfig({}, agentOptions))).includes("adopted"));
    });
  }

  test("isn't reported if the run fails", () => {
    const conflict = deployment({ name: "proxy", image: "shop/proxy:1.0", ports: [{ containerPort: 14_271 }] });
    const broken = { ...conflict, metadata: { name: "broken" } };
    const input = list([deployment(agent, [client]), broken], functionConfig({}, {}));
    assert.equal(run(input).status, 1);
    assert.deepEqual(changeCodesOf(input), []);
  });

  test("also adopts a second agent, next to the managed one", () => {
    const first = run(list([deployment({ name: "proxy", image: "shop/proxy:1.0" })], functionConfig({}, {})));
    const input = first.stdout.replace('{"name": "jaeger-agent"', `${JSON.stringify(agent)}, {"name": "jaeger-agent"`);
    assert.notEqual(input, first.stdout);
    const second = run(input);
    assert.ok(changeCodesOf(input).includes("adopted"));
    assert.deepEqual(itemOf(second.stdout), itemOf(first.stdout));
  });

  for (const name of ["adopt-jaeger-operator", "adopt-jaeger-operator-otelcol", "adopt-by-image"]) {
    test(`reports no value: ${name}`, () => {
      const outcome = run(inputOf(name));
      const changes = changesOf(inputOf(name));
      assert.ok(changes.some(({ code }) => code === "adopted"));
      for (const { message } of [...changes, ...resultsOf(outcome)]) {
        assert.doesNotMatch(message, /s3cret|hidden|password|undefined|payments|14250|14269/);
      }
      const second = run(outcome.stdout);
      assert.equal(splitResults(second.stdout).rest, splitResults(outcome.stdout).rest);
      assert.ok(!changeCodesOf(outcome.stdout).includes("adopted"));
    });
  }
});
