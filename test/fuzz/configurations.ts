import type { Mapping } from "../../src/yaml/value";

const collector = { endpoint: "dns:///collector:443" };
const issuerRef = { name: "my-private-ca", kind: "ClusterIssuer" };

function configuration(spec: Mapping): Mapping {
  return {
    apiVersion: "tracing-sidecar.dev/v1alpha1",
    kind: "TracingSidecar",
    metadata: { name: "tracing" },
    spec: {
      selector: { kinds: ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod", "Rollout"] },
      namespace: "shop",
      collector,
      ...spec,
    },
  };
}

/** Configurations that add different things at different places. Each one selects every workload. */
export const configurations: readonly Mapping[] = [
  configuration({ agent: { type: "jaeger" } }),
  configuration({
    agent: { type: "jaeger" },
    collector: { ...collector, tls: { clientCertificate: { certManager: { issuerRef } } } },
    podMonitor: {},
    app: { env: [{ name: "JAEGER_REPORTER_LOG_SPANS", value: "true" }] },
    imagePullSecrets: [{ name: "dockerhub-credentials" }],
  }),
  configuration({
    pod: { labels: { traced: "yes" }, annotations: { "example.com/note": "a note: of two parts" } },
  }),
  configuration({
    agent: { type: "jaeger", native: true },
    collector: { ...collector, tls: { clientCertificate: { csi: { issuerRef, commonName: "{name}" } } } },
    podMonitor: { labels: { release: "kube-prometheus-stack" } },
  }),
  configuration({ agent: { native: true }, app: { env: [{ name: "OTEL", value: "1" }] } }),
];
