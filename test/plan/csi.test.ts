import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Configuration } from "../../src/config/configuration";
import { readConfiguration } from "../../src/config/read";
import { toObject } from "../../src/kube/object";
import { toWorkload, type Workload } from "../../src/kube/workload";
import { agentTypeOf } from "../../src/plan/agents/index";
import { certificate } from "../../src/plan/objects/certificate";
import { expandTemplates } from "../../src/plan/objects/expand-templates";
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
      collector: { endpoint: "collector:14250", tls: { clientCertificate: { csi, ...client } } },
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

/** The volume and the container of a workload's agent. */
function made(asked: Configuration, { name, namespace }: { name?: string; namespace?: string } = {}) {
  const of = workload(name, namespace);
  const expansion = expandTemplates(asked, of);
  assert.ok("configuration" in expansion, JSON.stringify(expansion));
  const parts = agentTypeOf(expansion.configuration).build(expansion.configuration, of);
  const [volume] = parts.volumes;
  const attributes = get(volume, "csi", "volumeAttributes") as Mapping;
  const attribute = (key: string): Value | undefined => attributes[`csi.cert-manager.io/${key}`];
  return { expansion, parts, volume, attributes, attribute };
}

describe("the volume of cert-manager's CSI driver", () => {
  for (const type of ["jaeger", "otelcol"]) {
    test(`for ${type}`, () => {
      const { volume, parts, expansion } = made(configuration({ issuerRef, duration: "24h" }, { type, name: "agent" }));
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
      // The driver writes the files for root and this group, mode 0440.
      assert.equal(get(parts.container, "securityContext", "runAsGroup"), 10001);
      const origin = ownershipOf(expansion.configuration, workload());
      assert.equal(certificate(expansion.configuration, workload(), origin, parts.certificateLifetime), undefined);
    });
  }

  const durations: [string, string | undefined, string | undefined][] = [
    ["1.41.0", undefined, "9600h"],
    ["1.41.0", "2h", "2h"],
    ["1.42.0", undefined, undefined],
  ];
  for (const [version, given, expected] of durations) {
    test(`with agent ${version} and ${given ?? "no duration"} lasts ${expected ?? "as the driver says"}`, () => {
      const duration = given === undefined ? {} : { duration: given };
      assert.equal(made(configuration({ issuerRef, ...duration }, { version })).attribute("duration"), expected);
    });
  }

  const groups: [string, Mapping, Value | undefined, string | undefined][] = [
    ["of one's own", { runAsGroup: 2000 }, 2000, "2000"],
    ["taken away", { runAsGroup: null }, undefined, undefined],
    ["beside other fields", { runAsUser: 7 }, 10001, "10001"],
  ];
  for (const [name, securityContext, group, attribute] of groups) {
    test(`a group ${name}`, () => {
      const { parts, attribute: of } = made(configuration({ issuerRef }, { securityContext }));
      assert.deepEqual([get(parts.container, "securityContext", "runAsGroup"), of("fs-group")], [group, attribute]);
    });
  }

  test("without it the container's group is the image's", () => {
    const plain = readConfiguration({
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: { selector: {}, collector: { endpoint: "collector:14250" } },
    });
    assert.ok("configuration" in plain);
    assert.deepEqual(Object.keys(plain.configuration.agent.securityContext), []);
  });
});

describe("the commonName", () => {
  const long = "w".repeat(60);
  const cases: [template: string, name: string, expected: string][] = [
    ["{kind}.{name}", "web", "deployment.web"],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: as the CSI driver knows them
    ["${POD_NAME}@${POD_NAMESPACE}", "web", "${POD_NAME}@${POD_NAMESPACE}"],
    ["{agent}.${POD_UID}", "web", "jaeger-agent.${POD_UID}"],
    ["${SERVICE_ACCOUNT_NAME}.{namespace}", "web", "${SERVICE_ACCOUNT_NAME}.shop"],
    ["${POD_NAME}", long, "${POD_NAME}"],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as the CSI driver knows them
  ];
  for (const [commonName, name, expected] of cases) {
    test(`${commonName} of ${name}`, () => {
      const { attribute, expansion } = made(configuration({ issuerRef, commonName }), { name });
      assert.equal(attribute("common-name"), expected);
      assert.deepEqual(expansion.findings, []);
    });
  }

  test("of more than 64 bytes is cut, with a warning", () => {
    const { attribute, expansion } = made(configuration({ issuerRef }), { name: long });
    assert.equal(String(attribute("common-name")).length, 64);
    assert.deepEqual(
      expansion.findings.map(({ code, field }) => [code, field?.path]),
      [["warn-common-name", "spec.collector.tls.clientCertificate.csi.commonName"]],
    );
  });

  const refused: [string, string, string | undefined][] = [
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: as the CSI driver knows them
    ["a pod's name too long beside it", "{name}-${POD_NAME}", "shop"],
    ["a pod's namespace too long beside it", `{name}-${long}-$\{POD_NAMESPACE}`, "shop"],
    ["a namespace that is not known", "${POD_NAME}@{namespace}", ""],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as the CSI driver knows them
  ];
  for (const [name, commonName, namespace] of refused) {
    test(`is refused with ${name}`, () => {
      const { findings } = expandTemplates(
        configuration({ issuerRef, commonName }),
        workload(namespace === "" ? "web" : long.slice(0, 40), namespace),
      );
      assert.ok(findings.length > 0);
      for (const finding of findings) {
        assert.deepEqual([finding.code, finding.severity], ["invalid-config", "error"]);
        assert.equal(finding.field?.path, "spec.collector.tls.clientCertificate.csi.commonName");
        assert.match(finding.message, /must/);
      }
    });
  }
});

describe("what is refused of csi", () => {
  const path = "spec.collector.tls.clientCertificate";
  const cases: [string, ReturnType<typeof read>, string[]][] = [
    ["no issuer", read({}), [`${path}.csi.issuerRef`]],
    ["an unknown field", read({ issuerRef, secretName: "a" }), [`${path}.csi.secretName`]],
    ["another variable", read({ issuerRef, commonName: "$HOME" }), [`${path}.csi.commonName`]],
    ["an empty commonName", read({ issuerRef, commonName: "" }), [`${path}.csi.commonName`]],
    ["a duration of nothing", read({ issuerRef, duration: "0s" }), [`${path}.csi.duration`]],
    ["days", read({ issuerRef, duration: "30d" }), [`${path}.csi.duration`]],
    ["a duration beyond Go's", read({ issuerRef, duration: "9999999h" }), [`${path}.csi.duration`]],
    ["a Secret beside it", read({ issuerRef }, {}, { secretName: "a" }), [path]],
  ];
  for (const [name, outcome, paths] of cases) {
    test(name, () => {
      assert.ok("findings" in outcome);
      assert.deepEqual(
        outcome.findings.map(({ field }) => field?.path),
        paths,
      );
    });
  }

  test("a duration shorter than a Certificate's is none of it", () => {
    assert.ok("configuration" in read({ issuerRef, duration: "10m" }));
  });
});
