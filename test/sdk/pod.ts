import assert from "node:assert/strict";
import { load } from "js-yaml";
import { get, getList, getString, getStrings, type Mapping, type Value } from "../../src/yaml/value";
import { argsOf, environmentOf, type PodFields } from "../support/kubelet";
import { bundleInProcess } from "../support/run-bundle";
import type { Case } from "./cases";

const runInProcess = bundleInProcess();

/** The fields of the pod that the app runs in. */
export const fields: PodFields = {
  "metadata.name": "web-5d4f6c7b8-x2x2x",
  "metadata.namespace": "shop",
  "metadata.uid": "2f4c8a1e-6b1d-4d2a-9d0b-0a6f1f5d7c11",
  "spec.nodeName": "node-1",
  "status.podIP": "10.0.0.7",
};

/** What the kubelet starts. */
export interface Process {
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}

/** A rendered pod, as the kubelet starts it. */
export interface Pod {
  readonly type: "jaeger" | "otelcol";
  readonly app: Process;
  readonly agent: Process;
  /** The address that the kubelet probes. */
  readonly health: string;
  readonly results: readonly Mapping[];
}

/**
 * Runs the bundle on the Deployment of a case, and returns its pod. Fails if the function reports an error.
 *
 * @param backends the addresses that the agents send spans to.
 */
export function render(testCase: Case, backends: Readonly<Record<Pod["type"], string>>): Pod {
  const agent = testCase.agent ?? { type: "otelcol" };
  const type = agent["type"] === "jaeger" ? "jaeger" : "otelcol";
  const configuration = {
    apiVersion: "tracing-sidecar.dev/v1alpha1",
    kind: "TracingSidecar",
    metadata: { name: "tracing" },
    spec: {
      selector: {},
      collector: { endpoint: backends[type] },
      agent,
      app: testCase.app ?? { presets: ["opentelemetry"] },
    },
  };
  const { stdout, stderr, status } = runInProcess(
    JSON.stringify({
      apiVersion: "config.kubernetes.io/v1",
      kind: "ResourceList",
      items: manifests(testCase),
      functionConfig: configuration,
    }),
  );
  assert.equal(status, 0, stderr);
  const list = load(stdout) as Value;
  const items = getList(list, "items");
  const podSpec = get(
    items.find((item) => getString(item, "kind") === "Deployment"),
    ...["spec", "template", "spec"],
  );
  const configMaps = Object.fromEntries(
    items
      .filter((item) => getString(item, "kind") === "ConfigMap")
      .map((item) => [getString(item, "metadata", "name"), getStrings(item, "data")]),
  );
  const containerOf = (isApp: boolean): Value => {
    const containers = getList(podSpec, "containers").filter((each) => (getString(each, "name") === "web") === isApp);
    assert.equal(containers.length, 1);
    return containers[0] ?? null;
  };
  const processOf = (container: Value): Process => {
    const env = environmentOf(container, fields, configMaps);
    return { args: argsOf(container, env), env };
  };
  const results = getList(list, "results") as Mapping[];
  const [app, sidecar] = [containerOf(true), containerOf(false)];
  return { type, app: processOf(app), agent: processOf(sidecar), health: healthOf(sidecar), results };
}

/** Returns the URL of the liveness probe. Its port is the name of one of the container's ports. */
function healthOf(container: Value): string {
  const { path, port } = getStrings(container, "livenessProbe", "httpGet");
  const declared = getList(container, "ports").find((each) => getString(each, "name") === port);
  return `http://127.0.0.1:${get(declared, "containerPort")}${path}`;
}

function manifests({ env = {}, configMap, envFrom, annotations, pod }: Case): Mapping[] {
  const container = {
    name: "web",
    image: "shop/web:1.4",
    ...(envFrom === undefined ? {} : { envFrom: [{ prefix: envFrom, configMapRef: { name: "settings" } }] }),
    env: Object.entries(env).map(([name, value]) =>
      typeof value === "string" ? { name, value } : { name, valueFrom: value },
    ),
  };
  const metadata = { name: "web", namespace: "shop", ...(annotations === undefined ? {} : { annotations }) };
  const template = { ...(pod === undefined ? {} : { metadata: pod }), spec: { containers: [container] } };
  return [
    ...(configMap === undefined
      ? []
      : [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: "shop" }, data: configMap }]),
    { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { template } },
  ];
}
