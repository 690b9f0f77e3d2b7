import assert from "node:assert/strict";
import type { CertManager, Configuration } from "../../src/config/configuration";
import { toObject } from "../../src/kube/object";
import { toWorkload, type Workload } from "../../src/kube/workload";
import { expandConfiguration, type SharedParts } from "../../src/plan/objects/expand-configuration";
import type { Mapping } from "../../src/yaml/value";

/** The configuration of the article, with the documented defaults for all fields that the article doesn't set. */
export const articleConfiguration: Configuration = {
  name: "jaeger-agent",
  state: "present",
  strict: false,
  namespace: "my-namespace",
  selector: { kinds: ["Deployment"], excludeNamespaces: [], excludeNames: [] },
  collector: {
    endpoint: "dns:///jaeger-collector:443",
    tls: {
      clientCertificate: {
        certManager: {
          issuerRef: { name: "my-private-ca", kind: "ClusterIssuer", group: "cert-manager.io" },
          name: "{name}",
          secretName: "{name}-tls",
          commonName: "{name}@{namespace}",
          uris: [],
          dnsNames: [],
          patch: {},
          labels: {},
          annotations: {},
        },
      },
    },
  },
  agent: {
    type: "jaeger",
    image: "jaegertracing/jaeger-agent:1.21",
    name: "jaeger-agent",
    tags: { "pod.name": { fieldPath: "metadata.name" }, "pod.namespace": { fieldPath: "metadata.namespace" } },
    args: [],
    env: [],
    resources: { limits: { cpu: "100m", memory: "128Mi" }, requests: { cpu: "50m", memory: "64Mi" } },
    ports: {},
    portNames: {},
    securityContext: {},
    volumeName: "tls",
    mountPath: "/var/run/{agent}/tls",
    position: "last",
    adopt: false,
  },
  app: {
    env: [{ name: "JAEGER_REPORTER_LOG_SPANS", value: "true" }],
    presets: [],
    identity: { fromLabels: false, versionFromImage: false },
    otherSignals: "leave",
  },
  pod: { labels: {}, annotations: {} },
  imagePullSecrets: [{ name: "dockerhub-credentials" }],
  podMonitor: {
    name: "{name}",
    labels: {},
    annotations: {},
    scope: "workload",
    relabelings: [],
    metricRelabelings: [],
    patch: {},
    honorLabels: true,
    namespaceSelector: false,
  },
};

/** Returns the article's configuration with these fields of its agent replaced. */
export function withAgent(agent: Partial<Configuration["agent"]>): Configuration {
  return { ...articleConfiguration, agent: { ...articleConfiguration.agent, ...agent } };
}

/** Returns the article's configuration with another collector; the endpoint stays unless it is replaced too. */
export function withCollector(collector: Partial<Configuration["collector"]>): Configuration {
  return { ...articleConfiguration, collector: { endpoint: articleConfiguration.collector.endpoint, ...collector } };
}

/** Returns the article's Deployment with these fields added to its metadata, spec, pod metadata and pod spec. */
export function deployment(
  parts: { metadata?: Mapping; spec?: Mapping; podMetadata?: Mapping; podSpec?: Mapping } = {},
): Workload {
  const labels = { "app.kubernetes.io/name": "example-hotrod" };
  const workload = toWorkload(
    toObject({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "example-hotrod", ...parts.metadata },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, ...parts.podMetadata },
          spec: {
            containers: [{ name: "example-hotrod", image: "jaegertracing/example-hotrod:latest" }],
            ...parts.podSpec,
          },
        },
        ...parts.spec,
      },
    }),
  );
  if (workload === undefined) throw new Error("a Deployment is a workload");
  return workload;
}

const { namespace: _, ...rest } = articleConfiguration;
/** The article's configuration without a namespace. */
export const withoutNamespace = rest;

/** Returns the article's configuration, or `base`, with other settings of its PodMonitor. */
export function withMonitor(
  change: Partial<NonNullable<Configuration["podMonitor"]>>,
  base: Configuration = articleConfiguration,
): Configuration {
  const { podMonitor: monitor } = articleConfiguration;
  assert.ok(monitor !== undefined);
  return { ...base, podMonitor: { ...monitor, ...change } };
}

/** Returns the article's configuration with other settings of its Certificate. */
export function withCertManager(change: Partial<CertManager>): Configuration {
  const client = articleConfiguration.collector.tls?.clientCertificate;
  assert.ok(client !== undefined && "certManager" in client);
  return withCollector({ tls: { clientCertificate: { certManager: { ...client.certManager, ...change } } } });
}

/** Returns a configuration with its templates expanded for a workload. Fails if they can't be expanded. */
export function expanded(
  configuration: Configuration,
  workload: Workload = deployment(),
  shared?: SharedParts,
): Configuration {
  const expansion = expandConfiguration(configuration, workload, shared);
  assert.ok("configuration" in expansion, JSON.stringify(expansion));
  return expansion.configuration;
}
