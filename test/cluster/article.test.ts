import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type ArticleCluster, type Pod, startArticle, type Workload } from "./article";
import { lacksCluster } from "./cluster";
import { until } from "./control-plane";
import { startPrometheus } from "./prometheus";
import { startRelay } from "./relay";

/*
 * The article in a real cluster, from the private CA to the trace. The function renders the examples of HotROD, kubectl
 * applies them, cert-manager issues the certificates, Kubernetes' controllers create the pods, the kubelet starts their
 * containers, and Jaeger receives the spans of those that have a certificate of the private CA.
 */

/**
 * The agent of each example: its container, the tags with the pod's name and namespace, what it logs if it can't send a span,
 * the port of the collector, and the Secret with its certificate.
 */
const agents = {
  kpt: {
    container: "jaeger-agent",
    tags: ["pod.name", "pod.namespace"],
    failure: "failed to export spans",
    port: 443,
    secret: "example-hotrod-tls",
  },
  otelcol: {
    container: "otel-collector",
    tags: ["k8s.pod.name", "k8s.namespace.name"],
    failure: "Exporting failed",
    port: 4317,
    secret: "example-hotrod-otel-collector-tls",
  },
} as const;

/** The last Jaeger agent. The one in the example doesn't log why it is refused. */
const lastJaegerAgent = "jaegertracing/jaeger-agent:1.62.0";

const accepted: readonly Workload[] = [
  { namespace: "my-namespace", example: "kpt" },
  {
    namespace: "last-jaeger-agent",
    example: "kpt",
    edit: ({ agent }) => Object.assign(agent, { image: lastJaegerAgent }),
  },
  { namespace: "otel-collector", example: "otelcol" },
  {
    namespace: "native-sidecar",
    example: "otelcol",
    edit: ({ agent }) => Object.assign(agent, { native: true, position: "first" }),
  },
];

const examples = ["kpt", "otelcol"] as const;

/** Returns the workload of each example with an agent that logs why it is refused, and with other TLS settings. */
function refusedWith(prefix: string, edit: Workload["edit"]): Workload[] {
  return examples.map((example) => ({
    namespace: `${prefix}-${example}`,
    example,
    edit: (spec) => {
      if (example === "kpt") spec.agent.image = lastJaegerAgent;
      edit?.(spec);
    },
  }));
}

const withoutCertificate = refusedWith("no-certificate", ({ collector }) => {
  collector.tls = {};
});

const withForeignCertificate = refusedWith("foreign-certificate", ({ collector }) => {
  collector.tls.clientCertificate.certManager.issuerRef.name = "foreign-ca";
});

/** The workloads whose spans Jaeger refuses, with the reason that their agents log. */
const refused = [
  ...withoutCertificate.map((workload) => ({ workload, reason: "tls: certificate required" })),
  ...withForeignCertificate.map((workload) => ({ workload, reason: "tls: unknown certificate authority" })),
];

test("the article works in a cluster", async (t) => {
  if (lacksCluster(t, "prometheus", "prometheus-operator")) return;
  const cluster = await startArticle(t);
  const workloads = [...accepted, ...refused.map(({ workload }) => workload)];
  for (const workload of workloads) cluster.apply(workload);

  for (const workload of accepted)
    await t.test(`${workload.namespace}: spans arrive with the pod's name and namespace`, async () => {
      const pod = await cluster.podOf(workload);
      await cluster.request(pod);
      await until(
        async () => (await tracesOf(cluster, workload, await cluster.podOf(workload))) > 0,
        () => cluster.log(pod, agents[workload.example].container),
      );
    });

  for (const { workload, reason } of refused)
    await t.test(`${workload.namespace}: no span arrives, and the agent logs why`, async () => {
      const pod = await cluster.podOf(workload);
      const log = () => cluster.log(pod, agents[workload.example].container);
      await cluster.request(pod);
      const { failure } = agents[workload.example];
      await until(async () => {
        const logged = await log();
        return logged.includes(reason) && logged.includes(failure);
      }, log);
      assert.equal(await tracesOf(cluster, workload, pod), 0);
    });

  await t.test("Prometheus scrapes the agent of every workload", async () => {
    const namespaces = workloads.map(({ namespace }) => namespace);
    const prometheus = await startPrometheus(cluster.plane, namespaces);
    for (const workload of workloads) {
      const { namespace, name } = await cluster.podOf(workload);
      const { container } = agents[workload.example];
      const up = `up{namespace="${namespace}",pod="${name}",container="${container}"} == 1`;
      await until(
        async () => (await prometheus.count(up)) === 1,
        () => `${up} has no result:\n${prometheus.log()}`,
      );
    }
  });

  for (const example of examples)
    await t.test(`${example}: a renewed certificate is used without a restart`, async (t) => {
      const { container, port, secret } = agents[example];
      const name = "jaeger-collector";
      const pairOf = async (namespace: string) => {
        const { "tls.crt": cert = "", "tls.key": key = "" } = await cluster.secret(namespace, secret);
        return { cert, key };
      };
      const { "tls.crt": cert, "tls.key": key } = cluster.servers.issue(name, "server auth");
      const client = await pairOf(example === "kpt" ? "my-namespace" : "otel-collector");
      const relay = await startRelay(t, {
        clients: { cert, key, ca: cluster.clientCA },
        server: {
          host: cluster.jaeger,
          port,
          servername: name,
          ...client,
          ca: readFileSync(cluster.servers.certificate),
        },
      });
      const workload: Workload = {
        namespace: `renewed-certificate-${example}`,
        example,
        edit: ({ agent, collector }) => {
          collector.endpoint = `dns:///${name}:${relay.port}`;
          if (example === "kpt") agent.image = lastJaegerAgent;
          else agent.config = { exporters: { otlp_grpc: { tls: { reload_interval: "1s" } } } };
        },
        collector: cluster.address,
      };
      cluster.apply(workload);
      const pod = await cluster.podOf(workload);
      const log = () => cluster.log(pod, container);
      const issued = async (): Promise<string | undefined> => {
        const { cert } = await pairOf(workload.namespace);
        return cert === "" ? undefined : new X509Certificate(cert).serialNumber;
      };
      const isUsed = async (serial: string) => {
        relay.disconnect();
        await cluster.request(pod);
        return relay.serials.includes(serial);
      };

      const first = (await issued()) ?? assert.fail("no certificate");
      await until(() => isUsed(first), log);
      const containers = await cluster.containerIdsOf(pod);
      // cert-manager issues a new certificate if the Secret is missing.
      cluster.kubectl(["delete", "secret", secret, `--namespace=${workload.namespace}`]);
      await until(
        async () => (await issued()) !== undefined,
        () => "cert-manager issued no certificate",
      );
      const second = (await issued()) ?? assert.fail("no certificate");
      assert.notEqual(second, first);
      await until(() => isUsed(second), log);

      const before = await tracesOf(cluster, workload, pod);
      await cluster.request(pod);
      await until(async () => (await tracesOf(cluster, workload, pod)) > before, log);
      assert.deepEqual(await cluster.containerIdsOf(pod), containers);
    });

  await t.test("no span of a refused agent has arrived by the end", async () => {
    for (const { workload } of refused)
      assert.equal(await tracesOf(cluster, workload, await cluster.podOf(workload)), 0, workload.namespace);
  });
});

/** Returns the number of traces that Jaeger has received from a pod. */
async function tracesOf(cluster: ArticleCluster, { example }: Workload, { name, namespace }: Pod): Promise<number> {
  const [nameTag, namespaceTag] = agents[example].tags;
  const senders = await cluster.senders();
  return senders.filter((tags) => tags[nameTag] === name && tags[namespaceTag] === namespace).length;
}
