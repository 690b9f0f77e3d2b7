import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CertManager, Configuration } from "../src/config/configuration";
import { stableHash } from "../src/kube/stable-hash";
import type { Workload } from "../src/kube/workload";
import type { AgentParts } from "../src/plan/agents/agent-type";
import * as certificates from "../src/plan/objects/certificate";
import { fitCommonName } from "../src/plan/objects/common-name";
import { expandTemplates } from "../src/plan/objects/expand-templates";
import { originOf } from "../src/plan/objects/metadata";
import * as podMonitors from "../src/plan/objects/pod-monitor";
import { expand } from "../src/plan/objects/template";
import { get, type Mapping } from "../src/yaml/value";
import { articleConfiguration, deployment, withAgent, withCollector } from "./article";

const { namespace: _, ...withoutNamespace } = articleConfiguration;

function withCertManager(change: Partial<CertManager>): Configuration {
  const client = articleConfiguration.collector.tls?.clientCertificate;
  assert.ok(client !== undefined && "certManager" in client);
  return withCollector({ tls: { clientCertificate: { certManager: { ...client.certManager, ...change } } } });
}

function withMonitor(
  change: Partial<NonNullable<Configuration["podMonitor"]>>,
  base: Configuration = articleConfiguration,
): Configuration {
  const { podMonitor: monitor } = articleConfiguration;
  assert.ok(monitor !== undefined);
  return { ...base, podMonitor: { ...monitor, ...change } };
}

function expanded(configuration: Configuration, workload: Workload = deployment()): Configuration {
  const expansion = expandTemplates(configuration, workload);
  assert.ok("configuration" in expansion, JSON.stringify(expansion));
  return expansion.configuration;
}

const certificate = (configuration: Configuration, workload: Workload, lifetime: AgentParts["certificateLifetime"]) =>
  certificates.certificate(configuration, workload, originOf(configuration, workload), lifetime);

const podMonitor = (configuration: Configuration, workload: Workload, port: string) =>
  podMonitors.podMonitor(configuration, workload, originOf(configuration, workload), port);

describe("a template", () => {
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

describe("expanding the configuration", () => {
  test("each template of it, for one workload", () => {
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

  const cases: [string, Configuration, Mapping, string[]][] = [
    ["the article's", articleConfiguration, {}, []],
    [
      "no namespace where a template has it",
      withoutNamespace,
      {},
      ["spec.collector.tls.clientCertificate.certManager.commonName"],
    ],
    ["its own namespace is enough", withoutNamespace, { namespace: "shop" }, []],
    [
      "a variable that there is not",
      { ...withCollector({ endpoint: "{cluster}:443" }) },
      {},
      ["spec.collector.endpoint"],
    ],
    [
      "names that the API refuses",
      withMonitor({ name: "x".repeat(254) }, withCertManager({ name: "{name}_cert", secretName: ".tls" })),
      {},
      [
        "spec.collector.tls.clientCertificate.certManager.name",
        "spec.collector.tls.clientCertificate.certManager.secretName",
        "spec.podMonitor.name",
      ],
    ],
    [
      "a Secret that exists",
      withCollector({ tls: { clientCertificate: { secretName: "{namespace}_tls" } } }),
      {},
      ["spec.collector.tls.clientCertificate.secretName"],
    ],
    ["a volume's name with a dot", withAgent({ volumeName: "a.b" }), {}, ["spec.agent.volumeName"]],
    ["a volume's name of 64 letters", withAgent({ volumeName: "a".repeat(64) }), {}, ["spec.agent.volumeName"]],
    ["a relative mount path", withAgent({ mountPath: "run/tls" }), {}, ["spec.agent.mountPath"]],
    ["a mount path with a colon", withAgent({ mountPath: "/run:tls" }), {}, ["spec.agent.mountPath"]],
    ["a mount path that climbs", withAgent({ mountPath: "/run/../tls" }), {}, ["spec.agent.mountPath"]],
    ["the root as mount path", withAgent({ mountPath: "/" }), {}, ["spec.agent.mountPath"]],
    [
      "a volume and a mount path that the CA has",
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
      "what is not used is not checked",
      { ...withAgent({ volumeName: "{namespace}.x" }), collector: { endpoint: "collector:14250" } },
      {},
      [],
    ],
  ];
  for (const [name, configuration, metadata, fields] of cases) {
    test(name, () => {
      const { findings, ...rest } = expandTemplates(configuration, deployment({ metadata }));
      assert.deepEqual(
        findings.map(({ field }) => field?.path),
        fields,
      );
      assert.equal("configuration" in rest, fields.length === 0);
      for (const finding of findings) {
        assert.equal(finding.severity, "error");
        assert.equal(finding.code, "invalid-config");
        assert.match(finding.message, /must/);
        assert.equal(finding.object?.name, "example-hotrod");
      }
    });
  }

  test("a missing namespace is an error that names spec.namespace", () => {
    const { findings } = expandTemplates(withoutNamespace, deployment());
    assert.deepEqual(findings, [
      {
        code: "invalid-config",
        severity: "error",
        message:
          "The template uses {namespace}, but the workload has none: spec.namespace of the configuration must be set.",
        object: { apiVersion: "apps/v1", kind: "Deployment", name: "example-hotrod" },
        field: { path: "spec.collector.tls.clientCertificate.certManager.commonName" },
      },
    ]);
  });
});

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

test("the hash is FNV-1a", () => {
  assert.equal(stableHash(""), "811c9dc5");
  assert.equal(stableHash("a"), "e40c292c");
  assert.equal(stableHash("foobar"), "bf9cf968");
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

describe("PodMonitor", () => {
  const monitor = (configuration: Configuration, workload: Workload = deployment()) => {
    const result = podMonitor(expanded(configuration, workload), workload, "admin-http");
    assert.ok(result !== undefined);
    return result;
  };
  const specOf = (configuration: Configuration, workload?: Workload) => {
    const result = monitor(configuration, workload);
    assert.ok("object" in result, JSON.stringify(result));
    return get(result.object, "spec");
  };
  const secret = { clientCertificate: { secretName: "client" } };
  const unnamed: Configuration = { ...withoutNamespace, collector: { endpoint: "collector:443", tls: secret } };

  test("the article's, with its record", () => {
    assert.deepEqual(monitor(articleConfiguration), {
      object: {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PodMonitor",
        metadata: {
          name: "example-hotrod",
          labels: { "app.kubernetes.io/managed-by": "tracing-sidecar" },
          annotations: {
            "tracing-sidecar.dev/owner": "jaeger-agent",
            "tracing-sidecar.dev/for": "Deployment/example-hotrod",
          },
        },
        spec: {
          podMetricsEndpoints: [{ port: "admin-http", honorLabels: true }],
          namespaceSelector: { matchNames: ["my-namespace"] },
          selector: { matchLabels: { "app.kubernetes.io/name": "example-hotrod" } },
        },
      },
    });
  });

  test("an interval as given", () => {
    assert.deepEqual(get(specOf(withMonitor({ interval: "30s" })), "podMetricsEndpoints"), [
      { port: "admin-http", honorLabels: true, interval: "30s" },
    ]);
  });

  describe("namespaceSelector", () => {
    const own = deployment({ metadata: { namespace: "shop" } });
    const cases: [string, Configuration, Workload, Mapping | undefined][] = [
      ["a namespace that a later step sets", articleConfiguration, deployment(), { matchNames: ["my-namespace"] }],
      ["the workload's own needs none", articleConfiguration, own, undefined],
      ["unless asked for", withMonitor({ namespaceSelector: true }), own, { matchNames: ["shop"] }],
      ["none known", unnamed, deployment(), undefined],
    ];
    for (const [name, configuration, workload, expected] of cases) {
      test(name, () => assert.deepEqual(get(specOf(configuration, workload), "namespaceSelector"), expected));
    }
    test("asked for, but none known", () => {
      const result = monitor(withMonitor({ namespaceSelector: true }, unnamed));
      assert.ok("finding" in result);
      assert.deepEqual(
        [result.finding.code, result.finding.severity, result.finding.field?.path],
        ["invalid-config", "error", "spec.podMonitor.namespaceSelector"],
      );
    });
  });

  describe("selects what the workload selects", () => {
    const matchExpressions = [{ key: "app", operator: "In", values: ["web"] }];
    const labels = { app: "web" };
    const cases: [string, Mapping, Mapping, Mapping][] = [
      ["labels", { selector: { matchLabels: labels } }, {}, { matchLabels: labels }],
      ["expressions", { selector: { matchExpressions } }, {}, { matchExpressions }],
      ["both", { selector: { matchLabels: labels, matchExpressions } }, {}, { matchLabels: labels, matchExpressions }],
      ["no selector: the pod's labels", { selector: null }, { labels }, { matchLabels: labels }],
    ];
    for (const [name, spec, podMetadata, expected] of cases) {
      test(name, () =>
        assert.deepEqual(
          JSON.parse(JSON.stringify(get(specOf(articleConfiguration, deployment({ spec, podMetadata })), "selector"))),
          expected,
        ),
      );
    }
    for (const [name, spec] of Object.entries({
      "an empty selector": { selector: {} },
      "an empty selector, spelt out": { selector: { matchLabels: {}, matchExpressions: [] } },
      "neither selector nor pod labels": { selector: null },
    })) {
      test(`${name}: no PodMonitor, and a warning`, () => {
        const result = monitor(articleConfiguration, deployment({ spec, podMetadata: { labels: {} } }));
        assert.ok("finding" in result);
        assert.deepEqual(
          [result.finding.code, result.finding.severity, result.finding.field?.path],
          ["warn-pod-monitor", "warning", "spec.selector"],
        );
      });
    }
  });

  test("none where the configuration wants none", () => {
    const { podMonitor: _none, ...configuration } = articleConfiguration;
    assert.equal(podMonitor(configuration, deployment(), "admin-http"), undefined);
  });
});
