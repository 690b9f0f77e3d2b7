import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Value } from "../../src/yaml/value";
import { plain } from "../support/configured";
import {
  configurationOf,
  findingsOf,
  head,
  label,
  labelValue,
  messagesOf,
  qualifiedName,
  subdomain,
  withSpec,
  yaml,
} from "../support/sidecar-config";

const folder = join(__dirname, "..", "..", "function-config");
const exampleText = readFileSync(join(folder, "jaeger.yaml"), "utf8");

const withSelector = (parts: string): Value =>
  yaml(`${head}spec: {selector: {${parts}}, collector: {endpoint: "c:1"}}`);
const withTls = (parts: string): Value =>
  yaml(`${head}spec: {selector: {}, collector: {endpoint: "c:1", tls: {${parts}}}}`);
const withCertManager = (parts: string): Value =>
  withTls(`clientCertificate: {certManager: {issuerRef: {name: ca}, ${parts}}}`);
const withAgent = (parts: string): Value => withSpec(`agent: {${parts}}`);
const template = "must not contain braces except in `{name}`, `{namespace}`, `{kind}`, and `{agent}`";
// biome-ignore lint/suspicious/noTemplateCurlyInString: the agent's syntax for a variable
const variable = "${HOME}";
const literal = `must be one line without \`,\` or \`\${\`; for a field of the pod, use \`{fieldPath: metadata.name}\``;
const nativeFirst = "must be true with `position: first`: an ordinary container starts after all init containers";
const goDuration = "must be a Go duration such as `9600h` or `1h30m` (there is no unit for days)";
const certManager = "spec.collector.tls.clientCertificate.certManager";

describe("a valid configuration", () => {
  it("is read from the example", () => {
    assert.deepEqual(plain(configurationOf(yaml(exampleText))), {
      name: "jaeger-agent",
      selector: {
        kinds: ["Deployment"],
        namespaces: ["shop"],
        names: ["example-hotrod"],
        excludeNamespaces: ["kube-system"],
        excludeNames: [],
        matchLabels: { tracing: "enabled" },
        matchExpressions: [],
        podLabels: { matchLabels: { "app.kubernetes.io/name": "example-hotrod" } },
      },
      namespace: "my-namespace",
      strict: false,
      state: "present",
      collector: {
        endpoint: "dns:///jaeger-collector:443",
        tls: {
          serverName: "collector.example.com",
          certificateAuthority: { secretName: "collector-ca", key: "ca.crt" },
          clientCertificate: {
            certManager: {
              issuerRef: { name: "my-private-ca", kind: "ClusterIssuer", group: "cert-manager.io" },
              name: "{name}-{agent}",
              secretName: "{name}-{agent}-tls",
              commonName: "{name}@{namespace}",
              uris: ["spiffe://cluster.local/ns/{namespace}/sa/{name}"],
              dnsNames: ["{name}.{namespace}.svc"],
              patch: {
                subject: { organizations: ["{namespace}"] },
                secretTemplate: { labels: { team: "shop" } },
                revisionHistoryLimit: 3,
              },
              duration: "9600h",
              renewBefore: "4800h",
              privateKey: { algorithm: "ECDSA", size: 256 },
              labels: {},
              annotations: { "argocd.argoproj.io/sync-wave": "-1" },
            },
          },
        },
      },
      agent: {
        type: "jaeger",
        image: "jaegertracing/jaeger-agent:1.62.0",
        version: "1.62.0",
        imagePullPolicy: "IfNotPresent",
        name: "jaeger-agent",
        tags: {
          "pod.name": { fieldPath: "metadata.name" },
          "pod.namespace": { fieldPath: "metadata.namespace" },
          cluster: "prod-eu",
        },
        args: [],
        env: [],
        resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "100m", memory: "128Mi" } },
        ports: { admin: 14271, sampling: 5778, jaegerCompact: 6831, jaegerBinary: 6832, zipkinCompact: 5775 },
        portNames: { admin: "admin-http" },
        livenessProbe: {
          httpGet: { path: "/", port: "admin-http" },
          initialDelaySeconds: 0,
          periodSeconds: 10,
          timeoutSeconds: 1,
          successThreshold: 1,
          failureThreshold: 3,
          terminationGracePeriodSeconds: 30,
        },
        startupProbe: {
          httpGet: { path: "/", port: "admin-http" },
          initialDelaySeconds: 0,
          periodSeconds: 1,
          timeoutSeconds: 1,
          successThreshold: 1,
          failureThreshold: 60,
          terminationGracePeriodSeconds: 30,
        },
        securityContext: {},
        native: false,
        position: "last",
        adopt: false,
        volumeName: "{agent}-tls",
        mountPath: "/var/run/jaeger-agent/tls",
      },
      app: {
        env: [{ name: "JAEGER_REPORTER_LOG_SPANS", value: "true" }],
        presets: ["jaeger"],
        identity: { fromLabels: false, versionFromImage: false },
        otherSignals: "leave",
        containers: ["web"],
      },
      pod: { labels: {}, annotations: {} },
      imagePullSecrets: [{ name: "dockerhub-credentials" }],
      podMonitor: {
        scope: "workload",
        name: "{name}-{agent}",
        labels: { release: "kube-prometheus-stack" },
        annotations: {},
        interval: "30s",
        scrapeTimeout: "10s",
        honorLabels: true,
        jobLabel: "app.kubernetes.io/name",
        relabelings: [{ sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }],
        metricRelabelings: [{ sourceLabels: ["__name__"], regex: "go_.*", action: "drop" }],
        namespaceSelector: false,
        patch: { sampleLimit: 5000 },
      },
    });
  });

  it("gets the defaults", () => {
    assert.deepEqual(plain(configurationOf(withSpec(""))), {
      name: "tracing",
      selector: { kinds: ["Deployment"], excludeNamespaces: [], excludeNames: [] },
      strict: false,
      state: "present",
      collector: { endpoint: "collector:443" },
      agent: {
        type: "otelcol",
        image: "otel/opentelemetry-collector:0.165.0",
        name: "otel-collector",
        tags: {
          "k8s.pod.name": { fieldPath: "metadata.name" },
          "k8s.namespace.name": { fieldPath: "metadata.namespace" },
        },
        args: [],
        env: [],
        signals: ["traces"],
        protocol: "grpc",
        headersFrom: [],
        resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "100m", memory: "128Mi" } },
        ports: {},
        portNames: {},
        securityContext: {},
        position: "last",
        adopt: false,
        volumeName: "{agent}-tls",
        mountPath: "/var/run/{agent}/tls",
      },
      app: { env: [], presets: [], identity: { fromLabels: false, versionFromImage: false }, otherSignals: "leave" },
      pod: { labels: {}, annotations: {} },
      imagePullSecrets: [],
    });
  });

  it("gets the defaults of the optional parts that it has", () => {
    const functionConfig = withSpec("podMonitor: {}");
    assert.deepEqual(plain(configurationOf(functionConfig).podMonitor), {
      scope: "workload",
      name: "{name}-{agent}",
      labels: {},
      annotations: {},
      honorLabels: true,
      relabelings: [],
      metricRelabelings: [],
      namespaceSelector: false,
      patch: {},
    });
    assert.equal(configurationOf(withSpec("podMonitor: {scope: namespace}")).podMonitor?.name, "{agent}");
    const tls = "ca: {configMapName: roots}, clientCertificate: {certManager: {issuerRef: {name: ca}}}";
    assert.deepEqual(plain(configurationOf(withTls(tls)).collector.tls), {
      certificateAuthority: { configMapName: "roots", key: "ca.crt" },
      clientCertificate: {
        certManager: {
          issuerRef: { name: "ca", kind: "Issuer", group: "cert-manager.io" },
          name: "{name}-{agent}",
          secretName: "{name}-{agent}-tls",
          commonName: "{name}@{namespace}",
          uris: [],
          dnsNames: [],
          patch: {},
          labels: {},
          annotations: {},
        },
      },
    });
    assert.deepEqual(plain(configurationOf(withTls("")).collector.tls), {});
    assert.deepEqual(
      plain(
        configurationOf(withTls("ca: {fromClientCertificate: true}, clientCertificate: {secretName: x}")).collector.tls,
      ),
      { certificateAuthority: { fromClientCertificate: true }, clientCertificate: { secretName: "x" } },
    );
    assert.deepEqual(plain(configurationOf(withAgent("tags: {a: b}")).agent.tags), { a: "b" });
    assert.deepEqual(plain(configurationOf(withAgent("resources: {limits: {cpu: 0.5}}")).agent.resources), {
      limits: { cpu: 0.5 },
    });
  });

  const accepted: Readonly<Record<string, Value>> = {
    "metadata that a host completed": yaml(
      `${head.replace("{name: tracing}", '{name: t, namespace: x, annotations: {a: "1"}, creationTimestamp: null}')}spec: {selector: {}, collector: {endpoint: "c:1"}}`,
    ),
    "an external issuer": withTls(
      "clientCertificate: {certManager: {issuerRef: {name: a, kind: AWSPCA, group: aws.io}}}",
    ),
    "an RSA key": withCertManager("privateKey: {size: 4096, encoding: PKCS8, rotationPolicy: Always}"),
    "an Ed25519 key": withCertManager("privateKey: {algorithm: Ed25519}"),
    "the shortest lifetime": withCertManager("duration: 1h, renewBefore: 5m"),
    "a lifetime in several units": withCertManager("duration: 1h30m0.5s, renewBefore: 300000ms"),
    "a volume name that is a template": withAgent('volumeName: "{name}-{agent}-{kind}-{namespace}"'),
    "a tag from an annotation": withAgent("tags: {team: {fieldPath: \"metadata.annotations['example.com/team']\"}}"),
    "an empty literal tag": withAgent('tags: {a: ""}'),
    "a null in the securityContext": withAgent("securityContext: {runAsNonRoot: null}"),
    "an endpoint with a namespace": yaml(`${head}spec: {selector: {}, collector: {endpoint: "c.{namespace}:1"}}`),
  };
  for (const [name, functionConfig] of Object.entries(accepted)) {
    it(`can have ${name}`, () => assert.deepEqual(messagesOf(functionConfig), []));
  }

  it("is read without changing the functionConfig", () => {
    const functionConfig = withSpec("podMonitor: {}");
    const before = JSON.stringify(functionConfig);
    configurationOf(functionConfig);
    assert.equal(JSON.stringify(functionConfig), before);
  });

  it("can have keys that are properties of every JavaScript object", () => {
    const { pod } = configurationOf(withSpec("pod: {labels: {constructor: a}, annotations: {toString: b}}"));
    assert.deepEqual(Object.entries(pod.labels), [["constructor", "a"]]);
    assert.equal(pod.labels["valueOf"], undefined);
    assert.equal(pod.annotations["constructor"], undefined);
    const { tags } = configurationOf(withAgent("tags: {__proto__: a}")).agent;
    assert.deepEqual(Object.entries(tags), [["__proto__", "a"]]);
  });
});

describe("a problem", () => {
  const cases: readonly (readonly [Value | undefined, ...string[]])[] = [
    // The kind
    [
      undefined,
      "there is no configuration. Add its file to `transformers` in kustomization.yaml, or set it as `configPath` in the Kptfile",
    ],
    [
      yaml("kind: Tracing"),
      'kind: must be TracingSidecar or PrivateCA (tracing-sidecar.dev/v1alpha1), or ConfigMap (v1), not "Tracing"',
    ],
    [
      yaml("kind: constructor"),
      'kind: must be TracingSidecar or PrivateCA (tracing-sidecar.dev/v1alpha1), or ConfigMap (v1), not "constructor"',
    ],
    [yaml("spec: {}"), "kind: must be TracingSidecar or PrivateCA (tracing-sidecar.dev/v1alpha1), or ConfigMap (v1)"],
    [
      yaml("{kind: TracingSidecar, apiVersion: tracing-sidecar.dev/v1}"),
      'apiVersion: must be tracing-sidecar.dev/v1alpha1, not "tracing-sidecar.dev/v1"',
    ],
    [yaml("{kind: ConfigMap, apiVersion: v2}"), 'apiVersion: unknown apiVersion "v2"; did you mean "v1"?'],

    // Required fields
    [
      yaml("{kind: TracingSidecar, apiVersion: tracing-sidecar.dev/v1alpha1}"),
      'metadata: is required. Example: `{"name":"tracing"}`',
      'spec: is required. Example: `{"selector":{},"collector":{"endpoint":"otel-collector:4317"}}`',
    ],
    [
      yaml(`${head.replace("name: tracing", "")}spec: {}`),
      "metadata.name: is required. Example: `tracing`",
      'spec.selector: is required. Example: `{"matchLabels":{"tracing":"enabled"}}`',
      'spec.collector: is required. Example: `{"endpoint":"otel-collector:4317"}`',
    ],
    [
      yaml(`${head}spec: {selector: {}, collector: {}}`),
      "spec.collector.endpoint: is required. Example: `otel-collector:4317`",
    ],
    [
      yaml(`${head}spec: {selector: {}, collector: {}, agent: {type: jaeger}}`),
      "spec.collector.endpoint: is required. Example: `jaeger-collector:14250`",
    ],

    // Unknown fields
    [withAgent("imgae: x"), 'spec.agent.imgae: unknown field; did you mean "image"?'],
    [withSpec("podmonitor: {}"), 'spec.podmonitor: unknown field; did you mean "podMonitor"?'],
    [withSpec("pod: {spec: {}}"), "spec.pod.spec: unknown field; known fields: `labels`, `annotations`"],
    [withAgent("resources: {limit: {}}"), 'spec.agent.resources.limit: unknown field; did you mean "limits"?'],
    [
      withTls("clientCertificate: {csi: {}}"),
      'spec.collector.tls.clientCertificate.csi.issuerRef: is required. Example: `{"name":"my-private-ca","kind":"ClusterIssuer"}`',
    ],
    [
      withTls("clientCertificate: {certManger: {}}"),
      'spec.collector.tls.clientCertificate.certManger: unknown field; did you mean "certManager"?',
    ],
    [
      withSpec("pod: {__proto__: {}, constructor: {}}"),
      "spec.pod.__proto__: unknown field; known fields: `labels`, `annotations`",
      "spec.pod.constructor: unknown field; known fields: `labels`, `annotations`",
    ],

    // Types
    [withAgent("version: 1.62"), "spec.agent.version: must be a string, not a number: put it in quotes"],
    [withSpec("strict: yes"), "spec.strict: must be true or false, not a string"],
    [withSpec("podMonitor: null"), "spec.podMonitor: has no value; it must be a mapping. For an empty one, use `{}`"],
    [
      yaml(`${head}spec: {selector: {}, collector: }`),
      "spec.collector.endpoint: is required. Example: `otel-collector:4317`",
    ],
    [withAgent("args: null"), "spec.agent.args: has no value; it must be a list. For an empty one, use `[]`"],
    [withAgent("image: null"), "spec.agent.image: has no value; it must be a string"],
    [withSpec("state: [a]"), "spec.state: must be a string, not a list"],
    [withTls("ca: secret"), "spec.collector.tls.ca: must be a mapping, not a string"],
    [withAgent("tags: {a: 5}"), "spec.agent.tags.a: must be a string or a mapping, not a number: put it in quotes"],
    [withCertManager("privateKey: {size: 2048.5}"), `${certManager}.privateKey.size: must be an integer`],
    [withCertManager('privateKey: {size: "2048"}'), `${certManager}.privateKey.size: must be an integer, not a string`],

    // Names
    [
      yaml(`${head.replace("tracing}", "Tracing_}")}spec: {selector: {}, collector: {endpoint: "c:1"}}`),
      `metadata.name: "Tracing_" ${subdomain}`,
    ],
    [withSpec("namespace: a.b"), `spec.namespace: "a.b" ${label}`],
    [withAgent(`name: ${"a".repeat(64)}`), "spec.agent.name: must be at most 63 characters long"],
    [withAgent(`volumeName: ${"a".repeat(64)}`), "spec.agent.volumeName: must be at most 63 characters long"],
    [
      withAgent("volumeName: a.b"),
      `spec.agent.volumeName: "a.b" ${label}; it can contain \`{name}\`, \`{namespace}\`, \`{kind}\`, and \`{agent}\``,
    ],
    [withAgent('volumeName: "{pod}-tls"'), `spec.agent.volumeName: "{pod}-tls" ${template}`],
    [withAgent('mountPath: "/run/{pod}"'), `spec.agent.mountPath: "/run/{pod}" ${template}`],
    [
      withAgent("mountPath: run/tls"),
      'spec.agent.mountPath: must be an absolute path below `/`, without `:`, not "run/tls"',
    ],
    [
      withAgent('mountPath: "/a:b"'),
      'spec.agent.mountPath: must be an absolute path below `/`, without `:`, not "/a:b"',
    ],
    [withSpec('podMonitor: {name: "{cluster}"}'), `spec.podMonitor.name: "{cluster}" ${template}`],
    [withSpec(`podMonitor: {name: ${"a".repeat(254)}}`), "spec.podMonitor.name: must be at most 253 characters long"],
    [withCertManager('commonName: ""'), `${certManager}.commonName: must not be empty`],
    [withAgent('image: "a b"'), 'spec.agent.image: must be an image name without spaces, not "a b"'],
    [withAgent("version: latest"), 'spec.agent.version: must be a version such as `1.62.0`, not "latest"'],
    [
      withSpec("imagePullSecrets: [{name: A}, {}]"),
      `spec.imagePullSecrets[0].name: "A" ${subdomain}`,
      "spec.imagePullSecrets[1].name: is required. Example: `dockerhub-credentials`",
    ],
    [withSpec("app: {containers: [A]}"), `spec.app.containers[0]: "A" ${label}`],

    // Choices
    [withSpec("state: gone"), 'spec.state: must be `present` or `absent`, not "gone"'],
    [
      withAgent("imagePullPolicy: Maybe"),
      'spec.agent.imagePullPolicy: must be `Always`, `IfNotPresent`, or `Never`, not "Maybe"',
    ],

    // The selector
    [
      withSelector("kinds: [Service]"),
      'spec.selector.kinds[0]: must be `Deployment`, `StatefulSet`, `DaemonSet`, `ReplicaSet`, `Job`, `CronJob`, `Pod`, or `Rollout`, not "Service"',
    ],
    [withSelector("namespaces: [a_b]"), `spec.selector.namespaces[0]: "a_b" ${label}`],
    [withSelector('matchLabels: {"a b": c}'), `spec.selector.matchLabels["a b"]: "a b" ${qualifiedName}`],
    [withSelector('matchLabels: {a: "b c"}'), `spec.selector.matchLabels.a: "b c" ${labelValue}`],
    [
      withSelector("matchLabels: {a: true}"),
      "spec.selector.matchLabels.a: must be a string, not a boolean: put it in quotes",
    ],
    [withSelector("matchLabels: {__proto__: a}"), `spec.selector.matchLabels.__proto__: "__proto__" ${qualifiedName}`],
    [
      withSelector(`podLabels: {matchLabels: {${"a".repeat(64)}: b}}`),
      `spec.selector.podLabels.matchLabels.${"a".repeat(64)}: "${"a".repeat(64)}" ${qualifiedName}`,
    ],
    [
      withSelector("matchExpressions: [{key: a}]"),
      "spec.selector.matchExpressions[0].operator: is required. Example: `In`",
    ],
    [
      withSelector("matchExpressions: [{key: a, operator: Is}]"),
      'spec.selector.matchExpressions[0].operator: unknown operator "Is"; did you mean "In"?',
    ],
    [
      withSelector("matchExpressions: [{key: a, operator: In}, {key: a, operator: NotIn, values: []}]"),
      "spec.selector.matchExpressions[0].values: must have at least one value with `In` and `NotIn`",
      "spec.selector.matchExpressions[1].values: must have at least one value with `In` and `NotIn`",
    ],
    [
      withSelector("podLabels: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}"),
      "spec.selector.podLabels.matchExpressions[0].values: must be omitted with `Exists` and `DoesNotExist`",
    ],

    // The collector
    [
      yaml(`${head}spec: {selector: {}, collector: {endpoint: "{kind}:1"}}`),
      'spec.collector.endpoint: must be an address such as `otel-collector:4317`, without spaces, and without braces except in `{name}` and `{namespace}`, not "{kind}:1"',
    ],
    [
      withTls("serverName: a b"),
      'spec.collector.tls.serverName: must be a host name or an IP address, not "a b"; it can contain `{name}` and `{namespace}`',
    ],
    ...["{}", "{secretName: a, configMapName: b}"].map(
      (ca) =>
        [
          withTls(`ca: ${ca}`),
          "spec.collector.tls.ca: must have exactly one of `secretName`, `configMapName`, and `fromClientCertificate`",
        ] as const,
    ),
    [
      withTls("ca: {secretName: a, key: a/b}"),
      'spec.collector.tls.ca.key: "a/b" must consist of letters, digits, `-`, `_`, and `.`, and must not be `.` or start with `..`',
    ],
    [
      withTls("ca: {fromClientCertificate: false}, clientCertificate: {secretName: a}"),
      "spec.collector.tls.ca.fromClientCertificate: must be true or omitted",
    ],
    [
      withTls("ca: {fromClientCertificate: true}"),
      "spec.collector.tls.clientCertificate: is required, because `ca.fromClientCertificate` reads the `ca.crt` that comes with it",
    ],
    [
      withTls("ca: {fromClientCertificate: true, key: a}, clientCertificate: {secretName: a}"),
      "spec.collector.tls.ca.key: must be omitted with `fromClientCertificate`, which reads `ca.crt`",
    ],
    ...["{}", "{secretName: a, certManager: {issuerRef: {name: a}}}"].map(
      (certificate) =>
        [
          withTls(`clientCertificate: ${certificate}`),
          "spec.collector.tls.clientCertificate: must have exactly one of `certManager`, `secretName`, and `csi`",
        ] as const,
    ),
    [
      withTls("clientCertificate: {certManager: {}}"),
      `${certManager}.issuerRef: is required. Example: \`{"name":"my-private-ca","kind":"ClusterIssuer"}\``,
    ],
    [
      withTls("clientCertificate: {certManager: {issuerRef: {kind: Issuer}}}"),
      `${certManager}.issuerRef.name: is required. Example: \`my-private-ca\``,
    ],
    [withCertManager("duration: 400d"), `${certManager}.duration: ${goDuration}, not "400d"`],
    [withCertManager("duration: 59m"), `${certManager}.duration: "59m" must be at least 1h`],
    [withCertManager("duration: 2562048h"), `${certManager}.duration: "2562048h" must be at most 2562047h`],
    [
      withTls("clientCertificate: {csi: {issuerRef: {name: ca}, duration: 0s}}"),
      'spec.collector.tls.clientCertificate.csi.duration: "0s" must be more than 0',
    ],
    [
      withTls("clientCertificate: {csi: {issuerRef: {name: ca}, duration: 2562048h}}"),
      'spec.collector.tls.clientCertificate.csi.duration: "2562048h" must be at most 2562047h',
    ],
    [withCertManager("duration: 24h, renewBefore: 4m59s"), `${certManager}.renewBefore: "4m59s" must be at least 5m`],
    [
      withCertManager("duration: 24h, renewBefore: 1440m"),
      `${certManager}.renewBefore: "1440m" must be less than the duration, "24h"`,
    ],
    [
      withCertManager("renewBefore: 2160h"),
      `${certManager}.renewBefore: "2160h" must be less than the duration, which defaults to 2160h`,
    ],
    [
      withCertManager("privateKey: {algorithm: DSA}"),
      `${certManager}.privateKey.algorithm: unknown algorithm "DSA"; did you mean "RSA"?`,
    ],
    [
      withCertManager("privateKey: {size: 1024}"),
      `${certManager}.privateKey.size: must be between 2048 and 8192 with RSA, not 1024`,
    ],
    [
      withCertManager("privateKey: {algorithm: RSA, size: 8193}"),
      `${certManager}.privateKey.size: must be between 2048 and 8192 with RSA, not 8193`,
    ],
    [
      withCertManager("privateKey: {algorithm: ECDSA, size: 2048}"),
      `${certManager}.privateKey.size: must be 256, 384, or 521 with ECDSA, not 2048`,
    ],
    [
      withCertManager("labels: {app.kubernetes.io/managed-by: me}"),
      `${certManager}.labels["app.kubernetes.io/managed-by"]: "app.kubernetes.io/managed-by" is reserved: tracing-sidecar sets it on every generated object. Remove it`,
    ],

    // The agent and the pod
    [
      withAgent("tags: {'a=b': c}"),
      // Text that isn't a name may be a value whose colon was forgotten, so it isn't shown.
      "spec.agent.tags: a key must be a tag name without spaces, `,`, `=`, or `${`",
    ],
    [
      withAgent(`tags: {a: 'secret,b', b: '${variable}'}`),
      `spec.agent.tags.a: ${literal}`,
      `spec.agent.tags.b: ${literal}`,
    ],
    [
      withAgent("tags: {a: {fieldPath: spec.hostname}, b: {}}"),
      "spec.agent.tags.a.fieldPath: must be one of metadata.name, metadata.namespace, metadata.uid, metadata.labels['KEY'], metadata.annotations['KEY'], spec.nodeName, spec.serviceAccountName, status.hostIP, status.hostIPs, status.podIP, or status.podIPs",
      "spec.agent.tags.b.fieldPath: is required. Example: `metadata.name`",
    ],
    [
      withAgent("env: [{value: secret}, {name: 'a=b'}, {name: a, value: 5}, {name: a, value: b, valueFrom: {}}]"),
      "spec.agent.env[0].name: is required. Example: `JAEGER_REPORTER_LOG_SPANS`",
      "spec.agent.env[1].name: must consist of printable ASCII characters other than `=`",
      "spec.agent.env[2].value: must be a string, not a number: put it in quotes",
      "spec.agent.env[3]: must have `value` or `valueFrom`, not both",
    ],
    [
      withAgent(
        "type: jaeger, ports: {admin: 0, sampling: 65536, jaegerCompact: '6831', jaegerBinary: 1.5, metrics: 8888, otlpGRPC: 4317}",
      ),
      "spec.agent.ports.metrics: must be omitted unless `type` is `otelcol`",
      'spec.agent.ports.otlpGRPC: unknown field; did you mean "otlpGrpc"?',
      "spec.agent.ports.admin: must be a port number between 1 and 65535, not 0",
      "spec.agent.ports.sampling: must be a port number between 1 and 65535, not 65536",
      "spec.agent.ports.jaegerCompact: must be an integer, not a string",
      "spec.agent.ports.jaegerBinary: must be an integer",
    ],
    [
      withAgent("ports: {admin: 1, sampling: 2, zipkinCompact: 3}, portNames: {admin: a}"),
      "spec.agent.ports.admin: must be omitted unless `type` is `jaeger`",
      "spec.agent.ports.sampling: must be omitted unless `type` is `jaeger`",
      "spec.agent.ports.zipkinCompact: must be omitted unless `type` is `jaeger`",
      "spec.agent.portNames.admin: must be omitted unless `type` is `jaeger`",
    ],
    ...["Admin", "a--b", "-a", "1"].map((name): [Value, string] => [
      withAgent(`type: jaeger, portNames: {admin: '${name}'}`),
      `spec.agent.portNames.admin: "${name}" must consist of lowercase letters and digits, with single \`-\` between them and at least one letter`,
    ]),
    [
      withAgent("type: jaeger, portNames: {admin: a-name-of-more-ch}"),
      "spec.agent.portNames.admin: must be at most 15 characters long",
    ],
    [
      withAgent(
        "livenessProbe: {periodSeconds: 0, timeoutSeconds: 0.5, successThreshold: 2, httpget: {}}, startupProbe: {initialDelaySeconds: -1, failureThreshold: null}",
      ),
      'spec.agent.livenessProbe.httpget: unknown field; did you mean "httpGet"?',
      "spec.agent.livenessProbe.periodSeconds: must be at least 1, not 0",
      "spec.agent.livenessProbe.timeoutSeconds: must be an integer or null",
      "spec.agent.livenessProbe.successThreshold: must be 1 or null, not 2",
      "spec.agent.startupProbe.initialDelaySeconds: must be at least 0, not -1",
    ],
    [withAgent("livenessProbe: none"), "spec.agent.livenessProbe: must be a mapping or null, not a string"],
    [withAgent("position: first"), `spec.agent.native: ${nativeFirst}`],
    [withAgent("position: first, native: false"), `spec.agent.native: ${nativeFirst}`],
    [withAgent("position: middle, native: true"), 'spec.agent.position: must be `first` or `last`, not "middle"'],
    [withAgent("args: [5]"), "spec.agent.args[0]: must be a string, not a number: put it in quotes"],
    [
      withAgent("resources: {requests: {cpu: -1, memory: 64 MB}}"),
      "spec.agent.resources.requests.cpu: must be at least 0, not -1",
      'spec.agent.resources.requests.memory: must be a quantity such as `100m`, `0.5`, or `128Mi`, not "64 MB"',
    ],
    [
      withSpec('pod: {annotations: {tracing-sidecar.dev/inject: "false", a: 1}}'),
      'spec.pod.annotations["tracing-sidecar.dev/inject"]: "tracing-sidecar.dev/inject" is reserved for tracing-sidecar or another tool: `tracing-sidecar.dev/...`, `sidecar.jaegertracing.io/inject`, `internal.config.kubernetes.io/...`. Remove it',
      "spec.pod.annotations.a: must be a string, not a number: put it in quotes",
    ],
    [
      withSpec("podMonitor: {interval: 30}"),
      "spec.podMonitor.interval: must be a string, not a number: put it in quotes",
    ],
    [
      withSpec("podMonitor: {interval: 30 s}"),
      'spec.podMonitor.interval: must be a Prometheus duration such as `30s` or `1m30s`, not "30 s"',
    ],
    [
      withSpec('podMonitor: {interval: ""}'),
      'spec.podMonitor.interval: must be a Prometheus duration such as `30s` or `1m30s`, not ""',
    ],
  ];
  for (const [functionConfig, ...messages] of cases) {
    it(messages.join(" | "), () => assert.deepEqual(messagesOf(functionConfig), messages));
  }

  it("names the field, and has the exact path of a key that may be a secret", () => {
    const invalid = { code: "invalid-config", severity: "error" } as const;
    assert.deepEqual(findingsOf(withSpec("state: gone, pod: {annotations: {hunter2 a: b}}")), [
      {
        ...invalid,
        message: 'must be `present` or `absent`, not "gone"',
        configField: { path: "spec.state" },
      },
      {
        ...invalid,
        message: `a key ${qualifiedName}`,
        configField: { path: "spec.pod.annotations", at: ["spec", "pod", "annotations", "hunter2 a"], isKey: true },
      },
    ]);
  });

  it("fits on one line, never quotes a possible secret, and says what the field must be", () => {
    const secret = "hunter2\\n,${";
    const hostile = withSpec(
      `agent: {tags: {a: "${secret}"}, args: ["${secret}", {a: "${secret}"}], env: [{name: "=${secret}", value: ["${secret}"]}]}, ` +
        `app: {env: "${secret}"}, pod: {annotations: {a: ["${secret}"]}}, "a\\nb": 1`,
    );
    const messages = messagesOf(hostile);
    assert.equal(messages.length, 7);
    for (const message of messages) {
      assert.ok(!message.includes("hunter2") && !message.includes("\n"), message);
      assert.match(message, / must |unknown field/);
    }
  });
});
