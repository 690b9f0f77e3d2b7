import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Configuration } from "../../src/config/configuration";
import { agentTypeNames } from "../../src/plan/agents/index";
import { expandConfiguration } from "../../src/plan/objects/expand-configuration";
import { expand } from "../../src/plan/objects/expand-text";
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
import { configurationOf, yaml } from "../support/sidecar-config";

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
    assert.equal(result.agent.tags, articleConfiguration.agent.tags);
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
        findings.map(({ field }) => field?.path),
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
          "The template uses {namespace}, but the workload has no namespace. Set spec.namespace of the configuration.",
        object: { apiVersion: "apps/v1", kind: "Deployment", name: "example-hotrod" },
        field: { path: "spec.collector.tls.clientCertificate.certManager.commonName" },
      },
    ]);
  });
});
