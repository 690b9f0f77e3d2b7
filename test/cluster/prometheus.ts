import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { answers } from "../collector/support";
import { freePort } from "../support/free-port";
import { expand } from "../support/kubelet";
import { type ControlPlane, until } from "./control-plane";

/** The definitions of what prometheus-operator watches, in addition to what the function writes. */
export const prometheusDefinitions = ["probes", "prometheuses", "prometheusrules", "servicemonitors"].map(
  (name) => `monitoring.coreos.com_${name}`,
);

/** A running Prometheus. */
export interface Prometheus {
  /** Returns the number of series in the result of a query. */
  count(query: string): Promise<number>;
  /** Returns the configuration and what Prometheus has logged. */
  log(): string;
}

/**
 * Starts Prometheus with the configuration that the operator generates for all PodMonitors, as soon as it contains those of
 * these namespaces.
 */
export async function startPrometheus(plane: ControlPlane, namespaces: readonly string[]): Promise<Prometheus> {
  const operator = plane.startPrometheusOperator();
  const { clusters, users } = JSON.parse(readFileSync(plane.kubeconfig, "utf8"));
  const token = join(plane.folder, "prometheus-token");
  writeFileSync(token, users[0].user.token);
  const { status, body } = await plane.send("/apis/monitoring.coreos.com/v1/namespaces/default/prometheuses", {
    method: "POST",
    body: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "Prometheus",
      metadata: { name: "article" },
      spec: {
        podMonitorSelector: {},
        podMonitorNamespaceSelector: {},
        scrapeInterval: "1s",
        apiserverConfig: {
          host: plane.url,
          authorization: { credentialsFile: token },
          tlsConfig: { caFile: clusters[0].cluster["certificate-authority"] },
        },
      },
    },
  });
  assert.equal(status, 201, body.message);

  let configuration = "";
  await until(
    async () => {
      const { status, body } = await plane.send("/api/v1/namespaces/default/secrets/prometheus-article");
      if (status === 200) configuration = gunzipSync(Buffer.from(body.data["prometheus.yaml.gz"], "base64")).toString();
      return namespaces.every((namespace) => configuration.includes(`podMonitor/${namespace}/`));
    },
    () => operator.log() + configuration,
  );
  const file = join(plane.folder, "prometheus.yaml");
  // As the operator's config-reloader does in the pod.
  const variables = new Map([
    ["POD_NAME", "prometheus-article-0"],
    ["SHARD", "0"],
  ]);
  writeFileSync(file, expand(configuration, variables));
  const address = `127.0.0.1:${await freePort()}`;
  const data = join(plane.folder, "prometheus");
  const options = [`--config.file=${file}`, `--storage.tsdb.path=${data}`, `--web.listen-address=${address}`];
  const prometheus = plane.start("prometheus", options);
  await until(
    () => {
      assert.ok(!prometheus.hasEnded(), prometheus.log());
      return answers(`http://${address}/-/ready`);
    },
    () => prometheus.log(),
  );
  return {
    count: async (query) => {
      const response = await fetch(`http://${address}/api/v1/query?${new URLSearchParams({ query })}`);
      const { data } = (await response.json()) as { readonly data: { readonly result: readonly unknown[] } };
      return data.result.length;
    },
    log: () => configuration + prometheus.log(),
  };
}
