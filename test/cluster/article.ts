import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { dump, load } from "js-yaml";
import { get, getList, getString, getStrings, type Value } from "../../src/yaml/value";
import { Authority } from "../collector/authority";
import { bundle, type Manifest, only, parse, root, succeed, temporaryFolder } from "../hosts/support";
import { exampleOf } from "../support/markdown";
import { type Cluster, startCluster } from "./cluster";
import { until } from "./control-plane";
import { isReady, nodeName } from "./kubelet";
import { prometheusDefinitions } from "./prometheus";
import { images } from "./published-images";

/*
 * The article's setup in a real cluster: the private CA, a Jaeger that requires its client certificates, and HotROD with an
 * agent of either type.
 */

/** An example of HotROD in a namespace of its own. */
export interface Workload {
  readonly namespace: string;
  /** The folder in examples/hotrod. */
  readonly example: "kpt" | "otelcol";
  /** Changes `spec` of the example's configuration. */
  // biome-ignore lint/suspicious/noExplicitAny: the configuration is YAML
  readonly edit?: (spec: any) => void;
  /** The address of `jaeger-collector`, if it isn't Jaeger's own. */
  readonly collector?: string;
}

/** The only pod of a workload. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
}

/** A running cluster with the setup of the article. */
export interface ArticleCluster extends Cluster {
  /** The authority of Jaeger's server certificate. The images of the agents trust it. */
  readonly servers: Authority;
  /** The private CA's certificate. */
  readonly clientCA: string;
  /** The address of Jaeger. */
  readonly jaeger: string;
  /** Creates the namespace of a workload, renders the workload, and applies the result. */
  apply(workload: Workload): void;
  /** Waits until the pod of a workload is ready, and returns it. Fails if a container crashes. */
  podOf(workload: Workload): Promise<Pod>;
  /** Sends a request to HotROD. This creates a trace. */
  request(pod: Pod): Promise<void>;
  /** Returns what a container has logged. */
  log(pod: Pod, container: string): Promise<string>;
  /** Returns the IDs of the containers that run in a pod. A container that is restarted has a new one. */
  containerIdsOf(pod: Pod): Promise<readonly string[]>;
  /** Returns the decoded keys of a Secret. There are none if it doesn't exist. */
  secret(namespace: string, name: string): Promise<Readonly<Record<string, string>>>;
  /** Returns the tags of every process in every trace that Jaeger has received. */
  senders(): Promise<readonly Readonly<Record<string, string>>[]>;
}

/** Starts the cluster with the private CA, a foreign CA, and Jaeger. It stops at the end of the test. */
export async function startArticle(t: TestContext): Promise<ArticleCluster> {
  const folder = temporaryFolder(t);
  const servers = Authority.create(folder, "servers");
  const cluster = await startCluster(t, {
    issuers: "kube-system",
    roots: servers.certificate,
    definitions: prometheusDefinitions,
  });
  const { kubectl, plane } = cluster;

  const apply = (namespace: string, manifests: string) =>
    kubectl(["apply", "--validate=strict", `--namespace=${namespace}`, "--filename=-"], manifests);
  // Polling uses the API directly, because starting kubectl takes longer than the request.
  const read = async (namespace: string, path: string) => {
    const { status, body } = await plane.send(`/api/v1/namespaces/${namespace}/${path}`);
    assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
    return body;
  };
  const log = (namespace: string, pod: string, container: string): Promise<string> =>
    read(namespace, `pods/${pod}/log?container=${container}`);
  const podOf = async (namespace: string): Promise<Pod> => {
    let pod: Value | undefined;
    await until(
      async () => {
        const pods = getList(await read(namespace, "pods"), "items");
        assert.ok(pods.length <= 1, `${namespace} has more than one pod`);
        pod = pods[0];
        for (const container of crashing(pod))
          assert.fail(`${container} crashes:\n${await log(namespace, nameOf(pod), container)}`);
        return isReady(pod);
      },
      () => kubectl(["get", "events", `--namespace=${namespace}`, "--output=wide"]),
    );
    return { namespace, name: nameOf(pod), ip: getString(pod, "status", "podIP") ?? assert.fail("no address") };
  };
  const secret = async (namespace: string, name: string) => {
    const { status, body } = await plane.send(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    assert.ok([200, 404].includes(status), body.message);
    const entries = Object.entries(status === 404 ? {} : getStrings(body, "data"));
    return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
  };

  const authorities = ["my-private-ca", "foreign-ca"];
  for (const name of authorities) apply("kube-system", renderPrivateCA(folder, name));
  for (const name of authorities) kubectl(["wait", `clusterissuer/${name}`, "--for=condition=Ready", `--timeout=120s`]);
  const { "tls.crt": clientCA } = await secret("kube-system", "my-private-ca");
  assert.ok(clientCA !== undefined);
  kubectl(["create", "namespace", "jaeger"]);
  apply("jaeger", jaegerManifests(servers, clientCA));
  const { ip: jaeger } = await podOf("jaeger");

  return {
    ...cluster,
    servers,
    clientCA,
    jaeger,
    apply: (workload) => {
      kubectl(["create", "namespace", workload.namespace]);
      apply(workload.namespace, renderHotrod(folder, jaeger, workload));
    },
    podOf: ({ namespace }) => podOf(namespace),
    request: (pod) => request(pod),
    log: ({ namespace, name }, container) => log(namespace, name, container),
    containerIdsOf: async ({ namespace, name }) => {
      const statuses = getList(await read(namespace, `pods/${name}`), "status", "containerStatuses");
      return statuses.map((status) => getString(status, "containerID") ?? assert.fail(`${name} has no ID`));
    },
    secret,
    senders: () => senders(jaeger),
  };
}

function nameOf(object: Value | undefined): string {
  return getString(object, "metadata", "name") ?? assert.fail("no name");
}

/** Returns the containers of a pod that end again and again. */
function crashing(pod: Value | undefined): readonly string[] {
  return ["initContainerStatuses", "containerStatuses"]
    .flatMap((list) => getList(pod, "status", list))
    .filter((status) => getString(status, "state", "waiting", "reason") === "CrashLoopBackOff")
    .map((status) => getString(status, "name") ?? assert.fail("no name"));
}

/** Sends a request to HotROD as soon as it answers. */
async function request({ namespace, ip }: Pod): Promise<void> {
  const dispatch = () =>
    fetch(`http://${ip}:8080/dispatch?customer=392`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(dispatch, () => `HotROD in ${namespace} doesn't answer`);
}

async function senders(jaeger: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const ask = async (path: string): Promise<readonly Value[]> =>
    getList((await (await fetch(`http://${jaeger}:16686/api/${path}`)).json()) as Value, "data");
  const services = await ask("services");
  const traces = await Promise.all(services.map((service) => ask(`traces?limit=1000&service=${service}`)));
  return traces
    .flat()
    .flatMap((trace) =>
      Object.values((get(trace, "processes") ?? {}) as object).map((process: Value) =>
        Object.fromEntries(getList(process, "tags").map((tag) => [getString(tag, "key"), String(get(tag, "value"))])),
      ),
    );
}

/** Returns the objects of a file in examples/hotrod. */
function example(path: string): Manifest[] {
  return parse(readFileSync(join(root, "examples/hotrod", path), "utf8"));
}

/** Renders the example of a private CA with another name. */
function renderPrivateCA(folder: string, name: string): string {
  const configuration = only(example("kpt/private-ca/private-ca.yaml"), "PrivateCA");
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, JSON.stringify({ ...configuration, metadata: { name } }));
  return succeed(process.execPath, [bundle, "--config", file]);
}

/** Renders a workload. The cluster has no scheduler and no DNS: its pods name the node, and know the collector's address. */
function renderHotrod(folder: string, jaeger: string, workload: Workload): string {
  const { namespace, edit, collector = jaeger } = workload;
  const manifests = example(`${workload.example}/deployment.yaml`);
  const pod = only(manifests, "Deployment").spec.template.spec;
  Object.assign(pod, { nodeName, hostAliases: [{ ip: collector, hostnames: ["jaeger-collector"] }] });
  const configuration = only(example(`${workload.example}/tracing.yaml`), "TracingSidecar");
  configuration.spec.namespace = namespace;
  if (workload.example === "otelcol") {
    pod.containers[0].image = images.hotrod;
    configuration.spec.agent = { image: images.otelcol };
    configuration.spec.collector.endpoint = "dns:///jaeger-collector:4317";
  }
  edit?.(configuration.spec);
  const file = join(folder, `${namespace}.yaml`);
  writeFileSync(file, JSON.stringify(configuration));
  const input = manifests.map((manifest) => dump(manifest)).join("---\n");
  return succeed(process.execPath, [bundle, "--config", file, "-"], { input });
}

/** Returns Jaeger's manifests, with the arguments that docs/how-to/secure-the-collector.md describes. */
function jaegerManifests(servers: Authority, clientCA: string): string {
  const documented = load(
    exampleOf(readFileSync(join(root, "docs/how-to/secure-the-collector.md"), "utf8"), "jaeger-v1"),
  ) as Value;
  const labels = { "app.kubernetes.io/name": "jaeger-collector" };
  const container = {
    name: "jaeger",
    image: images.jaeger,
    args: [...getList(documented, "args"), "--collector.grpc-server.host-port=:443"],
    readinessProbe: { httpGet: { path: "/", port: 14269 }, periodSeconds: 1 },
    volumeMounts: [
      { name: "server", mountPath: "/etc/jaeger/server", readOnly: true },
      { name: "clients", mountPath: "/etc/jaeger/clients", readOnly: true },
    ],
  };
  const volumes = [
    { name: "server", secret: { secretName: "collector-tls" } },
    { name: "clients", configMap: { name: "tracing-clients-ca" } },
  ];
  const objects = [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "tracing-clients-ca" }, data: { "ca.crt": clientCA } },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "collector-tls" },
      type: "kubernetes.io/tls",
      stringData: servers.issue("jaeger-collector", "server auth"),
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "jaeger-collector" },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { nodeName, containers: [container], volumes } },
      },
    },
  ];
  return objects.map((object) => dump(object)).join("---\n");
}
