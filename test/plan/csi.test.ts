import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Configuration } from "../../src/config/configuration";
import { readConfiguration } from "../../src/config/read-tracing-sidecar";
import { toObject } from "../../src/kube/object";
import { toWorkload, type Workload } from "../../src/kube/workload";
import { agentTypeNames, agentTypeOf } from "../../src/plan/agents/index";
import { certificate } from "../../src/plan/objects/certificate";
import { expandConfiguration } from "../../src/plan/objects/expand-configuration";
import { ownershipOf } from "../../src/plan/objects/metadata";
import { get, type Mapping, type Value } from "../../src/yaml/value";

const issuerRef = { name: "my-private-ca" };

function read(csi: Mapping, agent: Mapping = {}, client: Mapping = {}): ReturnType<typeof readConfiguration> {
  return readConfiguration({
    apiVersion: "tracing-sidecar.dev/v1alpha1",
    kind: "TracingSidecar",
    metadata: { name: "tracing" },
    spec: {
      selector: {},
      collector: { endpoint: "collector:4317", tls: { clientCertificate: { csi, ...client } } },
      agent,
    },
  });
}

function configuration(csi: Mapping, agent: Mapping = {}): Configuration {
  const outcome = read(csi, agent);
  assert.ok("configuration" in outcome, JSON.stringify(outcome));
  return outcome.configuration;
}

function workload(name = "web", namespace: string | undefined = "shop"): Workload {
  const metadata = namespace === "" ? { name } : { name, namespace };
  const template = { spec: { containers: [{ name: "web", image: "shop/web:1.0" }] } };
  const found = toWorkload(toObject({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { template } }));
  assert.ok(found !== undefined);
  return found;
}

/** Builds the agent of a workload. Returns its parts, its first volume and the CSI attributes of that volume. */
function build(configured: Configuration, { name, namespace }: { name?: string; namespace?: string } = {}) {
  const target = workload(name, namespace);
  const expansion = expandConfiguration(configured, target);
  assert.ok("configuration" in expansion, JSON.stringify(expansion));
  const parts = agentTypeOf(expansion.configuration).build(expansion.configuration, target);
  const [volume] = parts.volumes;
  const attributes = get(volume, "csi", "volumeAttributes") as Mapping;
  const attribute = (key: string): Value | undefined => attributes[`csi.cert-manager.io/${key}`];
  return { expansion, parts, volume, attributes, attribute };
}

describe("a volume of cert-manager's CSI driver", () => {
  for (const type of agentTypeNames) {
    test(`has all attributes for ${type}`, () => {
      const { volume, parts, expansion } = build(
        configuration({ issuerRef, duration: "24h" }, { type, name: "agent" }),
      );
      assert.deepEqual(volume, {
        name: "agent-tls",
        csi: {
          driver: "csi.cert-manager.io",
          readOnly: true,
          volumeAttributes: {
            "csi.cert-manager.io/issuer-name": "my-private-ca",
            "csi.cert-manager.io/issuer-kind": "Issuer",
            "csi.cert-manager.io/issuer-group": "cert-manager.io",
            "csi.cert-manager.io/common-name": "web@shop",
            "csi.cert-manager.io/duration": "24h",
            "csi.cert-manager.io/key-usages": "client auth",
            "csi.cert-manager.io/fs-group": "10001",
          },
        },
      });
      // Only root and this group can read the driver's files, whose mode is 0440.
      assert.equal(get(parts.container, "securityContext", "runAsGroup"), 10001);
      const ownership = ownershipOf(expansion.configuration, workload());
      assert.equal(certificate(expansion.configuration, workload(), ownership, parts.certificateLifetime), undefined);
    });
  }

  const durations: [string, string | undefined, string | undefined][] = [
    ["1.41.0", undefined, "9600h"],
    ["1.41.0", "2h", "2h"],
    ["1.42.0", undefined, undefined],
  ];
  for (const [version, configured, expected] of durations) {
    test(`lasts ${expected ?? "as long as the driver's default"} with agent ${version} and ${configured ?? "no duration"}`, () => {
      const duration = configured === undefined ? {} : { duration: configured };
      assert.equal(
        build(configuration({ issuerRef, ...duration }, { type: "jaeger", version })).attribute("duration"),
        expected,
      );
    });
  }

  const groups: [string, Mapping, Value | undefined, string | undefined][] = [
    ["a configured group", { runAsGroup: 2000 }, 2000, "2000"],
    ["no group if it is removed", { runAsGroup: null }, undefined, undefined],
    ["the default group next to other fields", { runAsUser: 7 }, 10001, "10001"],
  ];
  for (const [name, securityContext, group, attribute] of groups) {
    test(`uses ${name}`, () => {
      const { parts, attribute: attributeOf } = build(configuration({ issuerRef }, { securityContext }));
      assert.deepEqual(
        [get(parts.container, "securityContext", "runAsGroup"), attributeOf("fs-group")],
        [group, attribute],
      );
    });
  }

  test("is the only reason to set the container's group", () => {
    const plain = readConfiguration({
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: { selector: {}, collector: { endpoint: "collector:4317" } },
    });
    assert.ok("configuration" in plain);
    assert.deepEqual(Object.keys(plain.configuration.agent.securityContext), []);
  });
});

describe("the common name", () => {
  const long = "w".repeat(60);
  const cases: [template: string, name: string, expected: string][] = [
    ["{kind}.{name}", "web", "deployment.web"],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of the CSI driver
    ["${POD_NAME}@${POD_NAMESPACE}", "web", "${POD_NAME}@${POD_NAMESPACE}"],
    ["{agent}.${POD_UID}", "web", "otel-collector.${POD_UID}"],
    ["${SERVICE_ACCOUNT_NAME}.{namespace}", "web", "${SERVICE_ACCOUNT_NAME}.shop"],
    ["${POD_NAME}", long, "${POD_NAME}"],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of the CSI driver
  ];
  for (const [commonName, name, expected] of cases) {
    test(`expands ${commonName} for ${name}`, () => {
      const { attribute, expansion } = build(configuration({ issuerRef, commonName }), { name });
      assert.equal(attribute("common-name"), expected);
      assert.deepEqual(expansion.findings, []);
    });
  }

  test("is cut to 64 bytes, with a warning", () => {
    const { attribute, expansion } = build(configuration({ issuerRef }), { name: long });
    assert.equal(String(attribute("common-name")).length, 64);
    assert.deepEqual(
      expansion.findings.map(({ code, configField }) => [code, configField?.path]),
      [["notice-common-name-shortened", "spec.collector.tls.clientCertificate.csi.commonName"]],
    );
  });

  const refused: [string, string, string | undefined][] = [
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of the CSI driver
    ["a template that leaves no room for a pod's name", "{name}-${POD_NAME}", "shop"],
    ["a template that leaves no room for a pod's namespace", `{name}-${long}-$\{POD_NAMESPACE}`, "shop"],
    ["a namespace that isn't known", "${POD_NAME}@{namespace}", ""],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of the CSI driver
  ];
  for (const [name, commonName, namespace] of refused) {
    test(`is rejected with ${name}`, () => {
      const { findings } = expandConfiguration(
        configuration({ issuerRef, commonName }),
        workload(namespace === "" ? "web" : long.slice(0, 40), namespace),
      );
      assert.ok(findings.length > 0);
      for (const finding of findings) {
        assert.deepEqual([finding.code, finding.severity], ["invalid-config", "error"]);
        assert.equal(finding.configField?.path, "spec.collector.tls.clientCertificate.csi.commonName");
        assert.match(
          finding.message,
          /is longer than 64 bytes after the CSI driver replaces its variables\. Shorten it\.$|\. Set /,
        );
      }
    });
  }
});

describe("csi", () => {
  const path = "spec.collector.tls.clientCertificate";
  const cases: [string, ReturnType<typeof read>, string[]][] = [
    ["a missing issuer", read({}), [`${path}.csi.issuerRef`]],
    ["an unknown field", read({ issuerRef, secretName: "a" }), [`${path}.csi.secretName`]],
    ["another variable", read({ issuerRef, commonName: "$HOME" }), [`${path}.csi.commonName`]],
    ["an empty commonName", read({ issuerRef, commonName: "" }), [`${path}.csi.commonName`]],
    ["a duration of zero", read({ issuerRef, duration: "0s" }), [`${path}.csi.duration`]],
    ["a duration in days", read({ issuerRef, duration: "30d" }), [`${path}.csi.duration`]],
    ["a duration beyond Go's range", read({ issuerRef, duration: "9999999h" }), [`${path}.csi.duration`]],
    ["a Secret next to it", read({ issuerRef }, {}, { secretName: "a" }), [path]],
  ];
  for (const [name, outcome, paths] of cases) {
    test(`rejects ${name}`, () => {
      assert.ok("findings" in outcome);
      assert.deepEqual(
        outcome.findings.map(({ configField }) => configField?.path),
        paths,
      );
    });
  }

  test("accepts a shorter duration than a Certificate does", () => {
    assert.ok("configuration" in read({ issuerRef, duration: "10m" }));
  });
});
