import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dump } from "js-yaml";
import { changeCodesOf } from "../support/changes";
import { survives } from "../support/hostile";

/*
 * Wrong types everywhere: every node that the function reads is replaced, one at a time, by a value of each other type.
 * The API server would reject most of them. The function must report them, or leave that to the API server.
 */

/** Plain data that js-yaml can dump. */
type Data = null | boolean | number | string | Data[] | { [key: string]: Data };

const configuration: Data = {
  apiVersion: "tracing-sidecar.dev/v1alpha1",
  kind: "TracingSidecar",
  metadata: { name: "tracing", annotations: { "config.kubernetes.io/path": "tracing.yaml" } },
  spec: {
    selector: {
      kinds: ["Deployment"],
      namespaces: ["shop"],
      names: ["web"],
      excludeNamespaces: ["other"],
      excludeNames: ["other"],
      matchLabels: { app: "web" },
      matchExpressions: [{ key: "app", operator: "In", values: ["web"] }],
      podLabels: { matchLabels: { app: "web" }, matchExpressions: [{ key: "app", operator: "Exists" }] },
    },
    namespace: "shop",
    strict: false,
    state: "present",
    collector: {
      endpoint: "dns:///jaeger-collector:443",
      tls: {
        serverName: "collector.example.com",
        ca: { secretName: "collector-ca", key: "ca.crt" },
        clientCertificate: {
          certManager: {
            issuerRef: { name: "my-private-ca", kind: "ClusterIssuer", group: "cert-manager.io" },
            name: "{name}-{agent}",
            secretName: "{name}-{agent}-tls",
            commonName: "{name}@{namespace}",
            duration: "9600h",
            renewBefore: "4800h",
            privateKey: { algorithm: "ECDSA", size: 256, encoding: "PKCS8", rotationPolicy: "Always" },
            labels: { team: "shop" },
            annotations: { note: "a" },
          },
        },
      },
    },
    agent: {
      type: "jaeger",
      image: "jaegertracing/jaeger-agent:1.62.0",
      version: "1.62.0",
      imagePullPolicy: "Always",
      name: "jaeger-agent",
      tags: { "pod.name": { fieldPath: "metadata.name" }, cluster: "prod-eu" },
      args: ["--log-level=debug"],
      env: [
        { name: "A", value: "a" },
        { name: "B", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      ],
      resources: { requests: { cpu: "50m" }, limits: { memory: "128Mi", cpu: 1 } },
      securityContext: { runAsUser: 1000 },
      volumeName: "{agent}-tls",
      mountPath: "/var/run/{agent}/tls",
    },
    app: { env: [{ name: "LOG_SPANS", value: "true" }], containers: ["web"] },
    pod: { labels: { tracing: "yes" }, annotations: { note: "e" } },
    imagePullSecrets: [{ name: "registry" }],
    podMonitor: {
      name: "{name}-{agent}",
      labels: { release: "prometheus" },
      annotations: { note: "c" },
      interval: "30s",
      honorLabels: true,
      namespaceSelector: true,
    },
  },
};

const items: Data = [
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "web",
      namespace: "shop",
      labels: { app: "web" },
      annotations: {
        note: "d",
        "internal.config.kubernetes.io/path": "web.yaml",
        "internal.config.kubernetes.io/index": "0",
        "internal.config.kubernetes.io/package-path": "shop",
      },
    },
    spec: {
      replicas: 1,
      selector: {
        matchLabels: { app: "web" },
        matchExpressions: [{ key: "app", operator: "In", values: ["web"] }],
      },
      template: {
        metadata: { labels: { app: "web" }, annotations: { note: "e" } },
        spec: {
          serviceAccountName: "web",
          securityContext: { runAsUser: 0 },
          nodeSelector: { "kubernetes.io/os": "linux" },
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: "kubernetes.io/os", operator: "In", values: ["linux"] }] },
                ],
              },
            },
          },
          containers: [
            {
              name: "web",
              image: "shop/web:1.0",
              env: [{ name: "A", value: "a" }],
              ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
              volumeMounts: [{ name: "data", mountPath: "/data" }],
            },
          ],
          initContainers: [{ name: "migrate", image: "shop/migrate:1.0", ports: [{ containerPort: 1 }] }],
          volumes: [{ name: "data", emptyDir: {} }],
        },
      },
    },
  },
  {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "web", namespace: "shop" },
    imagePullSecrets: [{ name: "of-the-account" }],
  },
  { apiVersion: "v1", kind: "Secret", metadata: { name: "data", namespace: "shop" }, data: { a: "YQ==" } },
  {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: {
      name: "of-a-workload-that-is-gone",
      namespace: "shop",
      labels: { team: "shop" },
      annotations: {
        "tracing-sidecar.dev/owner": "tracing",
        "tracing-sidecar.dev/for": "Deployment/gone",
        "tracing-sidecar.dev/added": '{"labels":["team"],"annotations":[]}',
      },
    },
    spec: { secretName: "gone-tls" },
  },
];

const list: Data = {
  apiVersion: "config.kubernetes.io/v1",
  kind: "ResourceList",
  items,
  functionConfig: configuration,
};

/** One value of each type, and lists and mappings like those of the API. */
const values: readonly Data[] = [null, 5, true, "text", [], ["a"], {}, { a: 1 }, [{ name: "web" }]];

type Path = readonly (string | number)[];

/** Returns the paths of all nodes of a value, including its own. */
function pathsOf(value: Data, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, entry]) => pathsOf(entry, [...path, key]))];
}

/** Returns a copy of a value with the node at a path replaced. */
function put(value: Data, [key, ...rest]: Path, replacement: Data): Data {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) return value.map((entry, i) => (i === key ? put(entry, rest, replacement) : entry));
  const mapping = value as { [key: string]: Data };
  return { ...mapping, [key]: put(mapping[key] as Data, rest, replacement) };
}

const print = (value: Data) => dump(value, { lineWidth: -1, noRefs: true });

test("the unchanged list injects and prunes", () => {
  survives(print(list));
  const codes = changeCodesOf(print(list));
  assert.ok(codes.includes("injected") && codes.includes("pruned"), codes.join());
});

for (const part of ["items", "functionConfig"] as const) {
  describe(`every node of ${part}`, () => {
    for (const replacement of values) {
      test(`replaced by ${JSON.stringify(replacement)}`, () => {
        const failures: string[] = [];
        for (const path of pathsOf(list[part] as Data, [part])) {
          try {
            survives(print(put(list, path, replacement)));
          } catch (error) {
            failures.push(`${path.join(".")}: ${error instanceof Error ? error.stack : error}`);
          }
        }
        assert.deepEqual(failures, []);
      });
    }
  });
}
