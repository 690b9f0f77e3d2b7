import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CertificateAuthority, Configuration } from "../../src/config/configuration";
import type { Workload } from "../../src/kube/workload";
import { agentTypeOf } from "../../src/plan/agents/index";
import { expandConfiguration } from "../../src/plan/objects/expand-configuration";
import { getList, type Mapping } from "../../src/yaml/value";
import { articleConfiguration, deployment, withAgent, withCollector } from "../support/article";
import { configured, problemsOf } from "../support/configured";

function parts(configuration: Configuration, workload: Workload = deployment()) {
  const expansion = expandConfiguration(configuration, workload);
  assert.ok("configuration" in expansion, JSON.stringify(expansion));
  return agentTypeOf(configuration).build(expansion.configuration, workload);
}

function args(configuration: Configuration): readonly unknown[] {
  return getList(parts(configuration).container, "args");
}

function problems(configuration: Configuration): string[] {
  return agentTypeOf(configuration)
    .check(configuration)
    .filter(({ code }) => code !== "notice-jaeger-end-of-life")
    .map(({ severity, code, configField }) => `${severity} ${code} ${configField?.path}`);
}

const intake = [
  "--processor.jaeger-compact.server-host-port=127.0.0.1:6831",
  "--processor.jaeger-binary.server-host-port=127.0.0.1:6832",
  "--processor.zipkin-compact.server-host-port=127.0.0.1:5775",
  "--http-server.host-port=127.0.0.1:5778",
];
/** The agent's syntax for an environment variable. */
const variable = (name: string) => `\${${name}:}`;
const podTags = `pod.name=${variable("POD_NAME")},pod.namespace=${variable("POD_NAMESPACE")}`;
const plaintext: Configuration = { ...articleConfiguration, collector: { endpoint: "collector:14250" } };
const clientSecret = { clientCertificate: { secretName: "client-tls" } };

test("builds the agent of the article", () => {
  const { container, volumes, certificateLifetime, ports, metricsPort } = parts(articleConfiguration);
  assert.deepEqual(container, {
    name: "jaeger-agent",
    image: "jaegertracing/jaeger-agent:1.21",
    args: [
      "--reporter.grpc.host-port=dns:///jaeger-collector:443",
      "--reporter.grpc.tls.enabled=true",
      "--reporter.grpc.tls.cert=/var/run/jaeger-agent/tls/tls.crt",
      "--reporter.grpc.tls.key=/var/run/jaeger-agent/tls/tls.key",
      `--agent.tags=${podTags}`,
      ...intake,
    ],
    env: [
      { name: "POD_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } },
      { name: "POD_NAMESPACE", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } } },
    ],
    ports: [{ name: "admin-http", protocol: "TCP", containerPort: 14271 }],
    livenessProbe: { httpGet: { path: "/", port: "admin-http" } },
    resources: { limits: { cpu: "100m", memory: "128Mi" }, requests: { cpu: "50m", memory: "64Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [{ name: "tls", mountPath: "/var/run/jaeger-agent/tls", readOnly: true }],
  });
  assert.deepEqual(volumes, [{ name: "tls", secret: { secretName: "example-hotrod-tls", defaultMode: 420 } }]);
  assert.deepEqual(certificateLifetime, { duration: "9600h", renewBefore: "4800h" });
  assert.deepEqual(ports, [
    { use: "admin", name: "admin-http", port: 14271, protocol: "TCP", host: "", field: "spec.agent.ports.admin" },
    { use: "jaegerCompact", port: 6831, protocol: "UDP", host: "127.0.0.1", field: "spec.agent.ports.jaegerCompact" },
    { use: "jaegerBinary", port: 6832, protocol: "UDP", host: "127.0.0.1", field: "spec.agent.ports.jaegerBinary" },
    { use: "zipkinCompact", port: 5775, protocol: "UDP", host: "127.0.0.1", field: "spec.agent.ports.zipkinCompact" },
    { use: "sampling", port: 5778, protocol: "TCP", host: "127.0.0.1", field: "spec.agent.ports.sampling" },
  ]);
  assert.equal(metricsPort, "admin-http");
});

describe("the flag of the admin port", () => {
  const cases: [version: string, expected: string][] = [
    ["1.12.0", "--admin-http-port=15000"],
    ["1.17.1", "--admin-http-port=15000"],
    ["1.18.0", "--admin.http.host-port=:15000"],
    ["1.62.0", "--admin.http.host-port=:15000"],
  ];
  const argsOf = (version: string, ports: Mapping) => {
    const agent = { ...articleConfiguration.agent, version, ports };
    return getList(parts({ ...plaintext, agent }).container, "args").filter((arg) => String(arg).includes("admin"));
  };
  for (const [version, expected] of cases) {
    test(`is ${expected} for ${version}`, () => {
      assert.deepEqual(argsOf(version, { admin: 15_000 }), [expected]);
      assert.deepEqual(argsOf(version, {}), []);
    });
  }
});

test("the arguments can't move the admin port, which the kubelet and Prometheus connect to", () => {
  const problemsWith = (version: string, ...args: string[]) =>
    problemsOf(withAgent({ version, args, ports: { admin: 15_000 } }));
  const error = "error invalid-config spec.agent.args";
  assert.ok(problemsWith("1.62.0", "--admin.http.host-port=:14999").includes(error));
  assert.ok(problemsWith("1.62.0", "--admin.http.host-port=127.0.0.1:15000").includes(error));
  assert.ok(problemsWith("1.17.1", "--admin-http-port=14999").includes(error));
  for (const value of [":15000", "0.0.0.0:15000", "$(ADDRESS)"])
    assert.ok(!problemsWith("1.62.0", `--admin.http.host-port=${value}`).includes(error), value);
  assert.ok(!problemsWith("1.17.1", "--admin-http-port=15000", "--log-level=debug").includes(error));
});

test("writes the container's keys in a fixed order", () => {
  const { container } = parts(withAgent({ imagePullPolicy: "Always" }));
  assert.deepEqual(Object.keys(container), [
    ...["name", "image", "imagePullPolicy", "args", "env", "ports", "livenessProbe"],
    ...["resources", "securityContext", "volumeMounts"],
  ]);
});

describe("flags of a version", () => {
  const cases: [string, string[]][] = [
    ["1.14.0", ["--reporter.grpc.tls=true", `--jaeger.tags=${podTags}`]],
    ["1.15", ["--reporter.grpc.tls=true", `--jaeger.tags=${podTags}`]],
    ["1.16.0", ["--reporter.grpc.tls=true", `--agent.tags=${podTags}`]],
    ["1.17.1", ["--reporter.grpc.tls.enabled=true", `--agent.tags=${podTags}`]],
    ["1.62.0", ["--reporter.grpc.tls.enabled=true", `--agent.tags=${podTags}`]],
  ];
  for (const [version, expected] of cases) {
    test(`are those of ${version}`, () => {
      const found = args(withAgent({ version })).filter((arg) => /tags=|tls(\.enabled)?=/.test(String(arg)));
      assert.deepEqual(found, expected);
    });
  }
});

describe("the notice about certificates that an old agent doesn't reload", () => {
  const image = "jaegertracing/jaeger-agent:1.21.0";
  const notice = (clientCertificate: Mapping) => {
    const tls = { clientCertificate };
    const sidecar = configured({ agent: { type: "jaeger", image }, collector: { endpoint: "c:14250", tls } });
    const found = agentTypeOf(sidecar).check(sidecar);
    return found.find(({ code }) => code === "notice-certificate-not-reloaded")?.message ?? "";
  };
  const issuerRef = { name: "ca" };

  test("says to renew existing certificates once, if the duration is the function's", () => {
    assert.match(notice({ certManager: { issuerRef } }), /duration of 9600h\. .* `cmctl renew`\.$/);
  });

  test("doesn't, if the duration is the user's, or if each pod requests its own certificate", () => {
    for (const client of [
      { certManager: { issuerRef, duration: "9600h" } },
      { csi: { issuerRef } },
      { secretName: "a" },
    ])
      assert.match(notice(client), /jaeger#4159\)\.$/);
  });
});

describe("the version is spec.agent.version, or else the image's tag", () => {
  const cases: [string, string | undefined, string[]][] = [
    ["jaegertracing/jaeger-agent:1.62.0", undefined, []],
    ["jaegertracing/jaeger-agent:v1.62.0", undefined, []],
    ["jaegertracing/jaeger-agent:1.62.0-distroless", undefined, []],
    ["registry:5000/jaeger-agent:1.62", undefined, []],
    ["mirror/jaeger-agent@sha256:01", "1.62.0", []],
    ["mirror/jaeger-agent:latest", "1.62.0", []],
    ["mirror/jaeger-agent:2024-01", "1.62.0", []],
    ["jaegertracing/jaeger-agent:1.19.2", undefined, ["info notice-certificate-not-reloaded spec.agent.image"]],
    ["jaegertracing/jaeger-agent:1.41.0", undefined, ["info notice-certificate-not-reloaded spec.agent.image"]],
    ["jaegertracing/jaeger-agent:1.42.0", undefined, []],
    ["jaegertracing/jaeger-agent:1.62.0", "1.21", ["info notice-certificate-not-reloaded spec.agent.version"]],
    ["jaegertracing/jaeger-agent", undefined, ["error invalid-config spec.agent.image"]],
    ["jaegertracing/jaeger-agent:latest", undefined, ["error invalid-config spec.agent.image"]],
    ["jaegertracing/jaeger-agent:1", undefined, ["error invalid-config spec.agent.image"]],
    ["jaegertracing/jaeger-agent@sha256:01", undefined, ["error invalid-config spec.agent.image"]],
    ["registry:1.62/jaeger-agent", undefined, ["error invalid-config spec.agent.image"]],
    ["jaegertracing/jaeger-agent:1.62.0", "newest", ["error invalid-config spec.agent.version"]],
    ["jaegertracing/jaeger-agent:1.63.0", undefined, ["error invalid-config spec.agent.image"]],
    ["jaegertracing/jaeger-agent:1.21.7", undefined, ["error invalid-config spec.agent.image"]],
    ["jaegertracing/jaeger-agent:1.11.0", undefined, ["error invalid-config spec.agent.image"]],
    ["jaegertracing/jaeger-agent:2.0.0", undefined, ["error invalid-config spec.agent.image"]],
    ["mirror/jaeger-agent:7", "0.8.0", ["error invalid-config spec.agent.version"]],
  ];
  for (const [image, version, expected] of cases) {
    const subject = version === undefined ? image : `${image}, version ${version}`;
    test(`${expected.length === 0 ? "accepts" : "reports"} ${subject}`, () =>
      assert.deepEqual(problems(withAgent({ image, ...(version === undefined ? {} : { version }) })), expected));
  }
  test("an error names the supported versions", () => {
    const message = (version: string) => agentTypeOf(articleConfiguration).check(withAgent({ version }))[0]?.message;
    assert.equal(
      message("1.70.0"),
      `"1.70.0" isn't a version of the Jaeger agent: the last one is 1.62.0. Use version 1.12.0 to 1.62.0.`,
    );
    assert.equal(
      message("1.19.3"),
      '"1.19.3" was never released: the last 1.19 release is 1.19.2. Use version 1.12.0 to 1.62.0.',
    );
    assert.match(message("1.13.1") ?? "", /Use 1\.14\.0 or later/);
  });
});

describe("the check of the configuration", () => {
  const cases: [string, Configuration, string[]][] = [
    [
      "a client certificate before 1.14.0",
      withAgent({ version: "1.13.0" }),
      ["error invalid-config spec.agent.version"],
    ],
    [
      "a version before 1.14.0 without a client certificate",
      { ...withAgent({ version: "1.13.0" }), collector: plaintext.collector },
      [],
    ],
    [
      "a version that doesn't reload certificates, without a client certificate",
      { ...plaintext, agent: withAgent({ version: "1.21" }).agent },
      [],
    ],
  ];
  for (const [name, configuration, expected] of cases) {
    test(`${expected.length === 0 ? "accepts" : "rejects"} ${name}`, () =>
      assert.deepEqual(problems(configuration), expected));
  }
  test("includes one notice about the agent's end of life", () => {
    const findings = agentTypeOf(articleConfiguration).check(withAgent({ version: "1.62.0" }));
    assert.deepEqual(
      findings.map(({ severity, code }) => [severity, code]),
      [["info", "notice-jaeger-end-of-life"]],
    );
  });
});

describe("TLS", () => {
  test("adds no flags and no volumes if it isn't configured", () => {
    const { container, volumes } = parts(plaintext);
    assert.deepEqual(getList(container, "args"), [
      "--reporter.grpc.host-port=collector:14250",
      `--agent.tags=${podTags}`,
      ...intake,
    ]);
    assert.deepEqual(volumes, []);
    assert.equal("volumeMounts" in container, false);
  });

  test("uses the root certificates in the agent's image without a client certificate", () => {
    const { container, volumes } = parts(withCollector({ tls: { serverName: "collector.{namespace}.example" } }));
    assert.deepEqual(getList(container, "args").slice(1, 3), [
      "--reporter.grpc.tls.enabled=true",
      "--reporter.grpc.tls.server-name=collector.my-namespace.example",
    ]);
    assert.deepEqual(volumes, []);
  });

  const cases: [string, CertificateAuthority, string, Mapping | undefined][] = [
    [
      "a CA in a Secret",
      { secretName: "collector-ca", key: "root.pem" },
      "/var/run/jaeger-agent/ca/root.pem",
      { name: "jaeger-agent-ca", secret: { secretName: "collector-ca", defaultMode: 420 } },
    ],
    [
      "a CA in a ConfigMap",
      { configMapName: "collector-ca", key: "ca.crt" },
      "/var/run/jaeger-agent/ca/ca.crt",
      { name: "jaeger-agent-ca", configMap: { name: "collector-ca", defaultMode: 420 } },
    ],
    [
      "the CA of the client certificate",
      { fromClientCertificate: true },
      "/var/run/jaeger-agent/tls/ca.crt",
      undefined,
    ],
  ];
  for (const [name, certificateAuthority, path, volume] of cases) {
    test(`uses ${name}`, () => {
      const { container, volumes } = parts(
        withCollector({ tls: { serverName: "collector", certificateAuthority, ...clientSecret } }),
      );
      assert.deepEqual(getList(container, "args").slice(1, 6), [
        "--reporter.grpc.tls.enabled=true",
        `--reporter.grpc.tls.ca=${path}`,
        "--reporter.grpc.tls.cert=/var/run/jaeger-agent/tls/tls.crt",
        "--reporter.grpc.tls.key=/var/run/jaeger-agent/tls/tls.key",
        "--reporter.grpc.tls.server-name=collector",
      ]);
      const client = { name: "tls", secret: { secretName: "client-tls", defaultMode: 420 } };
      assert.deepEqual(volumes, volume === undefined ? [client] : [client, volume]);
      assert.deepEqual(
        getList(container, "volumeMounts"),
        [
          { name: "tls", mountPath: "/var/run/jaeger-agent/tls", readOnly: true },
          { name: "jaeger-agent-ca", mountPath: "/var/run/jaeger-agent/ca", readOnly: true },
        ].slice(0, volumes.length),
      );
    });
  }

  test("leaves the certificate's lifetime to cert-manager if the agent reloads certificates", () => {
    assert.equal(parts(withAgent({ version: "1.42.0" })).certificateLifetime, undefined);
  });
});

describe("tags", () => {
  const fieldRef = (name: string, fieldPath: string) => ({
    name,
    valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } },
  });
  const cases: [string, Partial<Configuration["agent"]>, string | undefined, Mapping[]][] = [
    ["are omitted if there are none", { tags: {} }, undefined, []],
    ["can be literals", { tags: { cluster: "prod-eu" } }, "cluster=prod-eu", []],
    [
      "are escaped so that the kubelet keeps a literal as it is",
      { tags: { price: "$(X) $$ $5" } },
      "price=$$(X) $$$ $5",
      [],
    ],
    [
      "share a variable if they refer to the same field",
      { tags: { node: { fieldPath: "spec.nodeName" }, host: { fieldPath: "spec.nodeName" } } },
      `node=${variable("POD_NODE_NAME")},host=${variable("POD_NODE_NAME")}`,
      [fieldRef("POD_NODE_NAME", "spec.nodeName")],
    ],
    [
      "never share a variable if they refer to different fields",
      {
        tags: {
          a: { fieldPath: "metadata.labels['app.name']" },
          b: { fieldPath: "metadata.labels['app-name']" },
          c: { fieldPath: "metadata.annotations['app-name']" },
        },
      },
      `a=${variable("POD_LABEL_APP_NAME")},b=${variable("POD_LABEL_APP_NAME_2")},c=${variable("POD_ANNOTATION_APP_NAME")}`,
      [
        fieldRef("POD_LABEL_APP_NAME", "metadata.labels['app.name']"),
        fieldRef("POD_LABEL_APP_NAME_2", "metadata.labels['app-name']"),
        fieldRef("POD_ANNOTATION_APP_NAME", "metadata.annotations['app-name']"),
      ],
    ],
    [
      "use a user's variable that has the generated name",
      {
        tags: { pod: { fieldPath: "metadata.name" }, ip: { fieldPath: "status.podIP" } },
        env: [{ name: "POD_NAME", value: "mine" }],
      },
      `pod=${variable("POD_NAME")},ip=${variable("POD_IP")}`,
      [fieldRef("POD_IP", "status.podIP"), { name: "POD_NAME", value: "mine" }],
    ],
  ];
  for (const [name, agent, tags, env] of cases) {
    test(name, () => {
      const { container } = parts(withAgent(agent));
      const found = getList(container, "args").filter((arg) => String(arg).startsWith("--agent.tags="));
      assert.deepEqual(found, tags === undefined ? [] : [`--agent.tags=${tags}`]);
      assert.deepEqual(getList(container, "env"), env);
      assert.equal("env" in container, env.length > 0);
    });
  }
});

describe("securityContext", () => {
  const restricted = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  };
  const rootPod = { securityContext: { runAsUser: 0 } };
  const cases: [string, string, Mapping, Mapping, Mapping][] = [
    ["the image's own user", "1.20.0", {}, {}, restricted],
    ["an image without a user", "1.19.2", {}, {}, { ...restricted, runAsUser: 10001 }],
    ["a pod that runs as root", "1.62.0", rootPod, {}, { ...restricted, runAsUser: 10001 }],
    ["a pod that runs as a user", "1.62.0", { securityContext: { runAsUser: 1000 } }, {}, restricted],
    ["a configured user over the default", "1.62.0", rootPod, { runAsUser: 7 }, { ...restricted, runAsUser: 7 }],
    ["null, which removes a field", "1.19.2", {}, { runAsUser: null }, restricted],
    [
      "nested fields, which are merged",
      "1.62.0",
      {},
      { capabilities: { add: ["NET_BIND_SERVICE"] }, seccompProfile: null },
      {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
      },
    ],
  ];
  for (const [name, version, podSpec, securityContext, expected] of cases) {
    test(`supports ${name}`, () => {
      const { container } = parts(withAgent({ version, securityContext }), deployment({ podSpec }));
      assert.deepEqual(container["securityContext"], expected);
    });
  }
});

test("puts the user's arguments last", () => {
  assert.deepEqual(args(withAgent({ args: ["--log-level=debug"] })).slice(-2), [
    "--http-server.host-port=127.0.0.1:5778",
    "--log-level=debug",
  ]);
});
