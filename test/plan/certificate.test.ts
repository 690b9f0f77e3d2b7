import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CertManager, Configuration } from "../../src/config/configuration";
import { stableHash } from "../../src/kube/stable-hash";
import type { Workload } from "../../src/kube/workload";
import type { AgentParts } from "../../src/plan/agents/agent-type";
import * as certificates from "../../src/plan/objects/certificate";
import { fitCommonName } from "../../src/plan/objects/certificate-common-name";
import { expandConfiguration } from "../../src/plan/objects/expand-configuration";
import { ownershipOf } from "../../src/plan/objects/metadata";
import { get, type Mapping } from "../../src/yaml/value";
import { articleConfiguration, deployment, expanded, withCertManager, withCollector } from "../support/article";

const certificate = (configuration: Configuration, workload: Workload, lifetime: AgentParts["certificateLifetime"]) =>
  certificates.certificate(configuration, workload, ownershipOf(configuration, workload), lifetime);

describe("a commonName has at most 64 bytes", () => {
  const cases: [string, string, string][] = [
    ["keeps a text of 64 bytes", "a".repeat(64), "a".repeat(64)],
    ["cuts a text of 65 bytes and adds a hash", "a".repeat(65), `${"a".repeat(55)}-${stableHash("a".repeat(65))}`],
    ["cuts between characters", "ä".repeat(33), `${"ä".repeat(27)}-${stableHash("ä".repeat(33))}`],
    [
      "cuts between characters that are surrogate pairs",
      "😀".repeat(17),
      `${"😀".repeat(13)}-${stableHash("😀".repeat(17))}`,
    ],
  ];
  for (const [name, text, expected] of cases) {
    test(name, () => {
      assert.equal(fitCommonName(text), expected);
      assert.ok(Buffer.byteLength(fitCommonName(text)) <= 64);
    });
  }
  test("keeps texts with the same beginning different", () => {
    assert.notEqual(fitCommonName(`${"a".repeat(70)}b`), fitCommonName(`${"a".repeat(70)}c`));
  });
  test("reports the shortened text", () => {
    const expansion = expandConfiguration(withCertManager({ commonName: "c".repeat(70) }), deployment());
    assert.ok("configuration" in expansion);
    assert.deepEqual(
      expansion.findings.map(({ code, severity, configField }) => [code, severity, configField?.path]),
      [["notice-common-name-shortened", "info", "spec.collector.tls.clientCertificate.certManager.commonName"]],
    );
    assert.match(
      expansion.findings[0]?.message ?? "",
      new RegExp(`was shortened to "${fitCommonName("c".repeat(70))}"`),
    );
  });
});

describe("the Certificate", () => {
  const lifetime = { duration: "9600h", renewBefore: "4800h" };

  test("is the one from the article, with ownership annotations", () => {
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
        secretTemplate: { labels: { "app.kubernetes.io/managed-by": "tracing-sidecar" } },
        duration: "9600h",
        renewBefore: "4800h",
        issuerRef: { name: "my-private-ca", kind: "ClusterIssuer", group: "cert-manager.io" },
        usages: ["client auth"],
      },
    });
  });

  test("is in the workload's own namespace", () => {
    const workload = deployment({ metadata: { namespace: "shop" } });
    const object = certificate(expanded(articleConfiguration, workload), workload, lifetime);
    assert.equal(get(object, "metadata", "namespace"), "shop");
  });

  test("has the user's labels and annotations, and lists their names", () => {
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
    ["has the agent type's default lifetime", {}, lifetime, lifetime],
    ["has cert-manager's default lifetime", {}, undefined, {}],
    ["has a configured duration, without the default renewBefore", { duration: "24h" }, lifetime, { duration: "24h" }],
    [
      "has a configured renewBefore, with the default duration",
      { renewBefore: "1h" },
      lifetime,
      { duration: "9600h", renewBefore: "1h" },
    ],
    [
      "has a configured duration and renewBefore",
      { duration: "24h", renewBefore: "1h" },
      lifetime,
      { duration: "24h", renewBefore: "1h" },
    ],
  ];
  for (const [name, change, agentLifetime, expected] of cases) {
    test(name, () => {
      const spec = get(certificate(expanded(withCertManager(change)), deployment(), agentLifetime), "spec");
      const duration = get(spec, "duration");
      const renewBefore = get(spec, "renewBefore");
      assert.deepEqual(
        { ...(duration === undefined ? {} : { duration }), ...(renewBefore === undefined ? {} : { renewBefore }) },
        expected,
      );
    });
  }

  test("has the configured private key", () => {
    const privateKey = { algorithm: "ECDSA", size: 256 } as const;
    const object = certificate(expanded(withCertManager({ privateKey })), deployment(), lifetime);
    assert.deepEqual(get(object, "spec", "privateKey"), privateKey);
  });

  test("is not generated if the client certificate comes from a Secret, or if there is none", () => {
    const secret = withCollector({ tls: { clientCertificate: { secretName: "client" } } });
    assert.equal(certificate(secret, deployment(), lifetime), undefined);
    assert.equal(certificate(withCollector({}), deployment(), lifetime), undefined);
  });
});

describe("a patch of the Certificate", () => {
  const lifetime = { duration: "9600h", renewBefore: "4800h" };
  const spec = (certManager: Partial<CertManager>) =>
    get(certificate(expanded(withCertManager(certManager)), deployment(), lifetime), "spec") as Mapping;

  test("is merged over the spec, with its templates expanded", () => {
    const patched = spec({ patch: { subject: { organizations: ["{namespace}", "\\{name}"] } } });
    assert.deepEqual(patched, { ...spec({}), subject: { organizations: ["my-namespace", "{name}"] } });
  });

  test("keeps the label of the Secret, and can remove it", () => {
    const labels = (own: Mapping) =>
      get(spec({ patch: { secretTemplate: { labels: own } } }), "secretTemplate", "labels");
    const managedBy = "app.kubernetes.io/managed-by";
    assert.deepEqual(labels({ team: "shop" }), { [managedBy]: "tracing-sidecar", team: "shop" });
    assert.deepEqual(labels({ [managedBy]: null }), {});
    assert.equal(get(spec({ patch: { secretTemplate: null } }), "secretTemplate"), undefined);
  });

  test("that sets renewBeforePercentage replaces the agent's default for renewBefore", () => {
    const { duration, renewBefore, renewBeforePercentage } = spec({ patch: { renewBeforePercentage: 50 } });
    assert.deepEqual([duration, renewBefore, renewBeforePercentage], ["9600h", undefined, 50]);
  });

  for (const [labels, count] of [
    [{ team: `${"n".repeat(48)}-{name}` }, 0],
    [{ team: `${"n".repeat(49)}-{name}` }, 1],
  ] as const) {
    test(`with a label of the Secret that is ${count === 0 ? "63" : "64"} characters long when it is expanded`, () => {
      const { findings } = expandConfiguration(
        withCertManager({ patch: { secretTemplate: { labels } } }),
        deployment(),
      );
      assert.equal(findings.length, count);
      assert.match(
        findings[0]?.configField?.path ?? "certManager.patch.secretTemplate.labels.team",
        /patch\.secretTemplate\.labels\.team$/,
      );
    });
  }
});

describe("the names of the Certificate", () => {
  test("are expanded, and omitted if there are none", () => {
    const names = (certManager: Partial<CertManager>) => {
      const made = certificate(expanded(withCertManager(certManager)), deployment(), undefined);
      return ["uris", "dnsNames"].map((field) => get(made, "spec", field));
    };
    const uris = ["spiffe://cluster.local/ns/{namespace}/sa/{name}"];
    const expected = [["spiffe://cluster.local/ns/my-namespace/sa/example-hotrod"], ["jaeger-agent.deployment"]];
    assert.deepEqual(names({ uris, dnsNames: ["{agent}.{kind}"] }), expected);
    assert.deepEqual(names({}), [undefined, undefined]);
  });

  test("must be DNS names when they are expanded", () => {
    const { findings } = expandConfiguration(
      withCertManager({ dnsNames: [`${"n".repeat(50)}{name}.shop`] }),
      deployment(),
    );
    assert.deepEqual(
      findings.map(({ code, configField }) => [code, configField?.path]),
      [["invalid-config", "spec.collector.tls.clientCertificate.certManager.dnsNames[0]"]],
    );
  });
});
