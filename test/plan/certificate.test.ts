import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CertManager, Configuration } from "../../src/config/configuration";
import { stableHash } from "../../src/kube/stable-hash";
import type { Workload } from "../../src/kube/workload";
import type { AgentParts } from "../../src/plan/agents/agent-type";
import * as certificates from "../../src/plan/objects/certificate";
import { fitCommonName } from "../../src/plan/objects/common-name";
import { expandTemplates } from "../../src/plan/objects/expand-templates";
import { ownershipOf } from "../../src/plan/objects/metadata";
import { get, type Mapping } from "../../src/yaml/value";
import { articleConfiguration, deployment, withCollector } from "../support/article";

function withCertManager(change: Partial<CertManager>): Configuration {
  const client = articleConfiguration.collector.tls?.clientCertificate;
  assert.ok(client !== undefined && "certManager" in client);
  return withCollector({ tls: { clientCertificate: { certManager: { ...client.certManager, ...change } } } });
}

function expanded(configuration: Configuration, workload: Workload = deployment()): Configuration {
  const expansion = expandTemplates(configuration, workload);
  assert.ok("configuration" in expansion, JSON.stringify(expansion));
  return expansion.configuration;
}

const certificate = (configuration: Configuration, workload: Workload, lifetime: AgentParts["certificateLifetime"]) =>
  certificates.certificate(configuration, workload, ownershipOf(configuration, workload), lifetime);
describe("a commonName has at most 64 bytes", () => {
  const cases: [string, string, string][] = [
    ["one that fits", "a".repeat(64), "a".repeat(64)],
    ["one byte too long", "a".repeat(65), `${"a".repeat(55)}-${stableHash("a".repeat(65))}`],
    ["cut between characters", "ä".repeat(33), `${"ä".repeat(27)}-${stableHash("ä".repeat(33))}`],
    ["cut between characters of two units", "😀".repeat(17), `${"😀".repeat(13)}-${stableHash("😀".repeat(17))}`],
  ];
  for (const [name, text, expected] of cases) {
    test(name, () => {
      assert.equal(fitCommonName(text), expected);
      assert.ok(Buffer.byteLength(fitCommonName(text)) <= 64);
    });
  }
  test("the same beginning is still another name", () => {
    assert.notEqual(fitCommonName(`${"a".repeat(70)}b`), fitCommonName(`${"a".repeat(70)}c`));
  });
  test("a warning says what it became", () => {
    const expansion = expandTemplates(withCertManager({ commonName: "c".repeat(70) }), deployment());
    assert.ok("configuration" in expansion);
    assert.deepEqual(
      expansion.findings.map(({ code, severity, field }) => [code, severity, field?.path]),
      [["warn-common-name", "warning", "spec.collector.tls.clientCertificate.certManager.commonName"]],
    );
    assert.match(expansion.findings[0]?.message ?? "", new RegExp(`became "${fitCommonName("c".repeat(70))}"`));
  });
});
describe("Certificate", () => {
  const lifetime = { duration: "9600h", renewBefore: "4800h" };

  test("the article's, with its record", () => {
    assert.deepEqual(certificate(expanded(articleConfiguration), deployment(), lifetime), {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: {
        name: "example-hotrod",
        labels: { "app.kubernetes.io/managed-by": "tracing-sidecar" },
        annotations: {
          "tracing-sidecar.dev/owner": "jaeger-agent",
          "tracing-sidecar.dev/for": "Deployment/example-hotrod",
        },
      },
      spec: {
        commonName: "example-hotrod@my-namespace",
        secretName: "example-hotrod-tls",
        duration: "9600h",
        renewBefore: "4800h",
        issuerRef: { name: "my-private-ca", kind: "ClusterIssuer", group: "cert-manager.io" },
        usages: ["client auth"],
      },
    });
  });

  test("in the workload's own namespace", () => {
    const workload = deployment({ metadata: { namespace: "shop" } });
    const object = certificate(expanded(articleConfiguration, workload), workload, lifetime);
    assert.equal(get(object, "metadata", "namespace"), "shop");
  });

  test("the user's labels and annotations are added, and the record names them", () => {
    const configuration = withCertManager({
      labels: { team: "a" },
      annotations: { "argocd.argoproj.io/sync-wave": "-1" },
    });
    const metadata = get(certificate(expanded(configuration), deployment(), lifetime), "metadata");
    assert.deepEqual(get(metadata, "labels"), { "app.kubernetes.io/managed-by": "tracing-sidecar", team: "a" });
    assert.deepEqual(get(metadata, "annotations"), {
      "tracing-sidecar.dev/owner": "jaeger-agent",
      "tracing-sidecar.dev/for": "Deployment/example-hotrod",
      "tracing-sidecar.dev/added": '{"labels":["team"],"annotations":["argocd.argoproj.io/sync-wave"]}',
      "argocd.argoproj.io/sync-wave": "-1",
    });
  });

  const cases: [string, Partial<CertManager>, typeof lifetime | undefined, Mapping][] = [
    ["the agent's lifetime", {}, lifetime, lifetime],
    ["cert-manager's own", {}, undefined, {}],
    ["a given duration: no renewBefore", { duration: "24h" }, lifetime, { duration: "24h" }],
    ["a given renewBefore", { renewBefore: "1h" }, lifetime, { duration: "9600h", renewBefore: "1h" }],
    ["both given", { duration: "24h", renewBefore: "1h" }, lifetime, { duration: "24h", renewBefore: "1h" }],
  ];
  for (const [name, change, agents, expected] of cases) {
    test(name, () => {
      const spec = get(certificate(expanded(withCertManager(change)), deployment(), agents), "spec");
      const duration = get(spec, "duration");
      const renewBefore = get(spec, "renewBefore");
      assert.deepEqual(
        { ...(duration === undefined ? {} : { duration }), ...(renewBefore === undefined ? {} : { renewBefore }) },
        expected,
      );
    });
  }

  test("a private key as given", () => {
    const privateKey = { algorithm: "ECDSA", size: 256 };
    const object = certificate(expanded(withCertManager({ privateKey })), deployment(), lifetime);
    assert.deepEqual(get(object, "spec", "privateKey"), privateKey);
  });

  test("none where the client certificate comes from elsewhere, or there is none", () => {
    const secret = withCollector({ tls: { clientCertificate: { secretName: "client" } } });
    assert.equal(certificate(secret, deployment(), lifetime), undefined);
    assert.equal(certificate(withCollector({}), deployment(), lifetime), undefined);
  });
});
