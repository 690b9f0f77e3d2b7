import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Configuration } from "../../src/config/configuration";
import { agentTypeNames } from "../../src/plan/agents/index";
import { expandConfiguration } from "../../src/plan/objects/expand-configuration";
import { expand, expandContainerEnv, templateVariables } from "../../src/plan/objects/expand-text";
import type { Mapping } from "../../src/yaml/value";
import {
  articleConfiguration,
  deployment,
  expanded,
  withAgent,
  withCertManager,
  withCollector,
  withMonitor,
  withoutNamespace,
} from "../support/article";
import { plain } from "../support/configured";
import { configurationOf, yaml } from "../support/sidecar-config";

const articleMonitor = articleConfiguration.podMonitor ?? assert.fail("the article has a PodMonitor");

/** A template that expands to 64 letters for the article's Deployment, `example-hotrod`. */
const tooLong = `${"a".repeat(50)}{name}`;

/** Returns a configuration that adds a label to the pod. */
function labeled(value: string): Configuration {
  return { ...articleConfiguration, pod: { labels: { a: value }, annotations: {} } };
}

describe("expands the template", () => {
  const variables = { name: "web", namespace: undefined, kind: "deployment", agent: "jaeger-agent" };
  const cases: [string, ReturnType<typeof expand>][] = [
    ["tls", { text: "tls" }],
    ["{name}-{agent}-{kind}", { text: "web-jaeger-agent-deployment" }],
    ["{name}{name}", { text: "webweb" }],
    ["{name}@{namespace}", { variable: "namespace", known: true }],
    ["{Name}", { variable: "Name", known: false }],
    ["{toString}", { variable: "toString", known: false }],
    ["{name", { text: "{name" }],
    ["name}", { text: "name}" }],
  ];
  for (const [template, expected] of cases) {
    test(template, () => assert.deepEqual(expand(template, variables), expected));
  }
});

describe("expanding a configuration", () => {
  test("expands every template for one workload", () => {
    const configuration = {
      ...withCertManager({ name: "{name}-{agent}", secretName: "{name}-{agent}-tls" }),
      agent: { ...articleConfiguration.agent, volumeName: "{agent}-tls", mountPath: "/run/{kind}/tls" },
    };
    const workload = deployment({ metadata: { name: "web", namespace: "shop" } });
    const result = expanded(configuration, workload);
    const client = result.collector.tls?.clientCertificate;
    assert.ok(client !== undefined && "certManager" in client);
    assert.deepEqual(
      [client.certManager.name, client.certManager.secretName, client.certManager.commonName],
      ["web-jaeger-agent", "web-jaeger-agent-tls", "web@shop"],
    );
    assert.deepEqual([result.agent.volumeName, result.agent.mountPath], ["jaeger-agent-tls", "/run/deployment/tls"]);
    assert.equal(result.podMonitor?.name, "web");
  });

  test("expands the values of variables, tags, labels and annotations", () => {
    const metadata = { labels: { a: "{name}.{kind}", b: "c" }, annotations: { a: "\\{name} of {agent}" } };
    const base = withMonitor(metadata, withCertManager(metadata));
    const tag = { fieldPath: "metadata.name" };
    const result = expanded(
      {
        ...base,
        agent: {
          ...base.agent,
          env: [{ name: "A", value: "{namespace}" }, { name: "B", valueFrom: { a: "{name}" } }, { name: "C" }],
          tags: { z: "{kind}/{name}", a: tag, constructor: "{id}" },
        },
        pod: metadata,
      },
      deployment({ metadata: { name: "web", namespace: "shop" } }),
    );
    const expectedMetadata = { labels: { a: "web.deployment", b: "c" }, annotations: { a: "{name} of jaeger-agent" } };
    const client = result.collector.tls?.clientCertificate;
    assert.ok(client !== undefined && "certManager" in client && result.podMonitor !== undefined);
    for (const { labels, annotations } of [result.pod, result.podMonitor, client.certManager])
      assert.deepEqual(plain({ labels, annotations }), expectedMetadata);
    assert.deepEqual(result.agent.env, [
      { name: "A", value: "shop" },
      { name: "B", valueFrom: { a: "{name}" } },
      { name: "C" },
    ]);
    assert.deepEqual(Object.entries(result.agent.tags), [
      ["z", "deployment/web"],
      ["a", tag],
      ["constructor", "{id}"],
    ]);
    // Keys of tags come from the arguments of an adopted agent, so there must not be inherited ones.
    assert.equal(result.agent.tags["toString"], undefined);
  });

  test("keeps lists and mappings without braces, so that workloads share them", () => {
    const result = expanded(articleConfiguration);
    assert.equal(result.agent.tags, articleConfiguration.agent.tags);
    assert.equal(result.agent.env, articleConfiguration.agent.env);
    assert.equal(result.app.env, articleConfiguration.app.env);
    assert.equal(result.pod.labels, articleConfiguration.pod.labels);
    assert.equal(result.podMonitor?.annotations, articleConfiguration.podMonitor?.annotations);
  });

  test("leaves the app's variables to each container", () => {
    const app = { ...articleConfiguration.app, env: [{ name: "A", value: "{container}" }] };
    const configuration = { ...articleConfiguration, app };
    const result = expanded(configuration);
    assert.equal(result.app, configuration.app);
    const variables = templateVariables(configuration, deployment());
    assert.deepEqual(expandContainerEnv(result.app.env, variables, "api"), [{ name: "A", value: "api" }]);
  });

  for (const type of agentTypeNames) {
    test(`leaves no template in the example for ${type}, which has every field`, () => {
      const text = readFileSync(join(__dirname, "..", "..", "function-config", `${type}.yaml`), "utf8");
      const configuration = configurationOf(yaml(text));
      const template = /\{(?:name|namespace|kind|agent)\}/;
      assert.match(JSON.stringify(configuration), template);
      assert.doesNotMatch(JSON.stringify(expanded(configuration, deployment())), template);
    });
  }

  const cases: [string, Configuration, Mapping, string[]][] = [
    ["accepts the article's configuration", articleConfiguration, {}, []],
    [
      "refuses {namespace} if the namespace is unknown",
      withoutNamespace,
      {},
      ["spec.collector.tls.clientCertificate.certManager.commonName"],
    ],
    ["expands {namespace} to the workload's own namespace", withoutNamespace, { namespace: "shop" }, []],
    [
      "refuses an unknown variable",
      { ...withCollector({ endpoint: "{cluster}:443" }) },
      {},
      ["spec.collector.endpoint"],
    ],
    [
      "refuses object names that the API refuses",
      withMonitor({ name: "x".repeat(254) }, withCertManager({ name: "{name}_cert", secretName: ".tls" })),
      {},
      [
        "spec.collector.tls.clientCertificate.certManager.name",
        "spec.collector.tls.clientCertificate.certManager.secretName",
        "spec.podMonitor.name",
      ],
    ],
    [
      "refuses the name of an existing Secret that the API refuses",
      withCollector({ tls: { clientCertificate: { secretName: "{namespace}_tls" } } }),
      {},
      ["spec.collector.tls.clientCertificate.secretName"],
    ],
    ["refuses a volume name with a dot", withAgent({ volumeName: "a.b" }), {}, ["spec.agent.volumeName"]],
    ["refuses a volume name of 64 letters", withAgent({ volumeName: "a".repeat(64) }), {}, ["spec.agent.volumeName"]],
    ["refuses a relative mount path", withAgent({ mountPath: "run/tls" }), {}, ["spec.agent.mountPath"]],
    ["refuses a mount path with a colon", withAgent({ mountPath: "/run:tls" }), {}, ["spec.agent.mountPath"]],
    ['refuses a mount path with ".."', withAgent({ mountPath: "/run/../tls" }), {}, ["spec.agent.mountPath"]],
    ["refuses the root as mount path", withAgent({ mountPath: "/" }), {}, ["spec.agent.mountPath"]],
    [
      "refuses the volume name and mount path of the CA",
      {
        ...withCollector({
          tls: {
            certificateAuthority: { secretName: "ca", key: "ca.crt" },
            clientCertificate: { secretName: "client" },
          },
        }),
        agent: { ...articleConfiguration.agent, volumeName: "jaeger-agent-ca", mountPath: "/run/ca/" },
      },
      {},
      ["spec.agent.volumeName", "spec.agent.mountPath"],
    ],
    [
      "refuses the mount path of the CA with other slashes",
      {
        ...withCollector({
          tls: {
            certificateAuthority: { secretName: "ca", key: "ca.crt" },
            clientCertificate: { secretName: "client" },
          },
        }),
        agent: { ...articleConfiguration.agent, mountPath: "/var//run/./ca/." },
      },
      {},
      ["spec.agent.mountPath"],
    ],
    [
      "refuses {namespace} in values if the namespace is unknown",
      {
        ...withoutNamespace,
        collector: { endpoint: "collector:14250" },
        agent: {
          ...articleConfiguration.agent,
          env: [{ name: "A", value: "{namespace}" }],
          tags: { a: "{namespace}", "b:c": "{namespace}", d: "\\{namespace}" },
        },
        app: { ...articleConfiguration.app, env: [{ name: "A" }, { name: "B", value: "{namespace}" }] },
        pod: { labels: { "example.com/a": "{namespace}" }, annotations: { a: "{namespace}" } },
        podMonitor: {
          ...articleMonitor,
          labels: { a: "{namespace}" },
          annotations: { a: "{namespace}" },
          relabelings: [{ targetLabel: "a" }, { targetLabel: "b", replacement: "{namespace}" }],
        },
      },
      {},
      [
        "spec.agent.tags.a",
        "spec.agent.tags",
        "spec.agent.env[0].value",
        'spec.pod.labels["example.com/a"]',
        "spec.pod.annotations.a",
        "spec.podMonitor.labels.a",
        "spec.podMonitor.annotations.a",
        "spec.podMonitor.relabelings[1].replacement",
        "spec.app.env[1].value",
      ],
    ],
    [
      "refuses labels that the API refuses",
      {
        ...withMonitor({ labels: { a: tooLong } }, withCertManager({ labels: { a: tooLong } })),
        pod: { labels: { a: tooLong, b: "{kind}" }, annotations: { a: tooLong } },
      },
      {},
      ["spec.collector.tls.clientCertificate.certManager.labels.a", "spec.pod.labels.a", "spec.podMonitor.labels.a"],
    ],
    ["accepts a label of 63 letters", labeled(tooLong.slice(1)), {}, []],
    ["refuses a label that ends with a hyphen", labeled("a-{namespace}"), { namespace: "b-" }, ["spec.pod.labels.a"]],
    [
      "does not check fields that the configuration does not use",
      { ...withAgent({ volumeName: "{namespace}.x" }), collector: { endpoint: "collector:14250" } },
      {},
      [],
    ],
  ];
  for (const [name, configuration, metadata, fields] of cases) {
    test(name, () => {
      const { findings, ...rest } = expandConfiguration(configuration, deployment({ metadata }));
      assert.deepEqual(
        findings.map(({ configField }) => configField?.path),
        fields,
      );
      assert.equal("configuration" in rest, fields.length === 0);
      for (const finding of findings) {
        assert.equal(finding.severity, "error");
        assert.equal(finding.code, "invalid-config");
        assert.match(finding.message, /must|\. (?:Set|Use) /);
        assert.equal(finding.object?.name, "example-hotrod");
      }
    });
  }

  test("reports an unknown namespace with the field to set", () => {
    const { findings } = expandConfiguration(withoutNamespace, deployment());
    assert.deepEqual(findings, [
      {
        code: "invalid-config",
        severity: "error",
        message:
          "The template uses {namespace}, but the workload has no namespace. Set spec.namespace in the configuration, or --namespace on the command line.",
        object: { apiVersion: "apps/v1", kind: "Deployment", name: "example-hotrod" },
        configField: { path: "spec.collector.tls.clientCertificate.certManager.commonName" },
      },
    ]);
  });
});
