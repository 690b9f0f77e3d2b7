import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { dump } from "js-yaml";
import { workloadKinds } from "../../src/kube/workload";
import { run } from "../../src/pipeline/run";
import { get, getList, getString, type Mapping, type Value } from "../../src/yaml/value";
import { lacks } from "../hosts/support";
import { absent, anyConfiguration, type Sidecar } from "../support/configuration-arbitrary";
import { loadYaml, withoutPrototypes } from "../support/load";
import { runs, seed } from "../support/property";
import { withConfiguration } from "../support/sections";
import { objectOf } from "../support/workload-of-kind";
import { type ControlPlane, startControlPlane } from "./control-plane";
import { agentsOf } from "./dry-run";
import { lacksPrograms, withDefinitions } from "./programs";

/*
 * Configurations that follow one another on the same files are applied with the real kubectl, client-side and server-side.
 * After each step, the objects in the cluster are what a first apply would have made of them; a second apply changes
 * nothing; and after `state: absent`, the workloads are what they were.
 *
 * As for the properties, `PROPERTY_RUNS` and `PROPERTY_SEED` give more walks and other ones.
 */

const kinds = ["Deployment", "StatefulSet", "DaemonSet", "CronJob"];
const steps = 3;
const walks = Math.ceil(runs / 20);

/** The configurations of each walk. They select the four kinds. */
const configurations = fc.sample(fc.array(anyConfiguration.map(ofKinds), { minLength: steps, maxLength: steps }), {
  numRuns: walks,
  seed,
});

function ofKinds(configuration: Sidecar): Sidecar {
  const { spec } = configuration;
  return { ...configuration, spec: { ...spec, selector: { ...spec.selector, kinds } } };
}

/** How kubectl applies objects. */
const modes = { "client-side": [], "server-side": ["--server-side"] } as const;

type Mode = keyof typeof modes;

/** The objects after a step of a walk, and its number. */
interface Step {
  readonly walk: number;
  readonly objects: readonly Mapping[];
}

test("kubectl apply after each of several configurations", async (t) => {
  if (lacks(t, "kubectl") || lacksPrograms(t, "etcd", "kube-apiserver", ...withDefinitions)) return;
  const rendered = configurations.map(renderWalk);
  const workloads = rendered
    .flatMap((all) => all.slice(1, -1).flat())
    .filter(({ kind }) => kinds.includes(String(kind)));
  const injected = workloads.filter((workload) => agentsOf(workload).length > 0).length;
  assert.ok(injected >= workloads.length / 3, `only ${injected} of ${workloads.length} workloads are injected`);
  const plane = await startControlPlane(t);
  for (const mode of Object.keys(modes) as Mode[]) {
    let compared = 0;
    for (let i = 0; i < steps + 2; i++) {
      const current = rendered.map((all, walk): Step => ({ walk, objects: all[i] as readonly Mapping[] }));
      const title = i === 0 ? "the input" : i <= steps ? `configuration ${i}` : "state: absent";
      await t.test(`${mode}: ${title}`, async () => {
        compared += await applyAndCompare(plane, mode, current, `${mode}-fresh-${i}`);
      });
    }
    t.diagnostic(`${mode}: ${compared} objects compared, PROPERTY_SEED=${seed}`);
    assert.ok(compared >= walks * (steps + 2) * kinds.length, String(compared));
  }
});

/**
 * Applies the objects of each walk over those of the step before, and compares them with a first apply.
 *
 * @param freshPrefix the prefix of the namespaces of the first apply.
 * @returns how many objects were compared.
 */
async function applyAndCompare(
  plane: ControlPlane,
  mode: Mode,
  current: readonly Step[],
  freshPrefix: string,
): Promise<number> {
  const prefix = `${mode}-walk`;
  await apply(plane, mode, current, prefix, freshPrefix);
  const live = await read(plane, prefix);
  // Objects that are no longer rendered stay in the cluster, and aren't compared.
  const fresh = await read(plane, freshPrefix);
  for (const [id, first] of fresh) assert.deepEqual(comparable(live.get(id) ?? {}), comparable(first), id);
  await apply(plane, mode, current, prefix);
  for (const [id, object] of await read(plane, prefix))
    assert.equal(versionOf(object), versionOf(live.get(id)), `a second apply changes ${id}`);
  return fresh.size;
}

/** Returns the objects of the input, of each step, and of a last run with `state: absent`. */
function renderWalk(walk: readonly Sidecar[]): readonly (readonly Mapping[])[] {
  const input = dump(
    {
      apiVersion: "config.kubernetes.io/v1",
      kind: "ResourceList",
      items: workloads(),
      functionConfig: {},
    },
    { noRefs: true },
  );
  const outputs = [input];
  let last: Sidecar | undefined;
  for (const configuration of walk) {
    const current = outputs.at(-1) as string;
    const { stdout, status } = run(withConfiguration(current, configuration));
    // A configuration that this input is refused for changes nothing.
    if (status === 0) last = configuration;
    outputs.push(status === 0 ? stdout : current);
  }
  const end = outputs.at(-1) as string;
  outputs.push(last === undefined ? end : run(withConfiguration(end, absent(last))).stdout);
  return outputs.map((text) => getList(loadYaml(text), "items") as readonly Mapping[]);
}

/** Returns a workload of each kind, with lists that the function extends, is the first to fill, or doesn't need. */
function workloads(): readonly Mapping[] {
  const podSpec = {
    containers: [
      {
        name: "web",
        image: "shop/web:1.0",
        env: [{ name: "HOME", value: "/data" }],
        ports: [{ name: "http", containerPort: 8080 }],
        volumeMounts: [{ name: "data", mountPath: "/data" }],
      },
      { name: "app", image: "shop/app:1.0" },
    ],
    volumes: [{ name: "data", emptyDir: {} }],
    imagePullSecrets: [{ name: "own" }],
  };
  return kinds.map((kind, i) => {
    const workloadKind = workloadKinds.find((candidate) => candidate.kind === kind) as (typeof workloadKinds)[number];
    const object = objectOf(workloadKind) as { readonly spec: Mapping };
    const isJob = kind === "CronJob";
    const pod = i % 2 === 0 ? podSpec : { containers: podSpec.containers.slice(1) };
    const template = {
      metadata: { labels: { app: "web", tier: "front" } },
      spec: { ...pod, ...(isJob ? { restartPolicy: "Never" } : {}) },
    };
    return {
      ...object,
      metadata: {
        name: ["web", "cart", "node", "backup"][i] as string,
        namespace: "shop",
        labels: { tracing: "enabled" },
      },
      spec: { ...object.spec, ...(isJob ? { jobTemplate: { spec: { template } } } : { template }) },
    };
  });
}

/** Applies the objects of all walks in one call. For each prefix, each walk has its own namespace. */
async function apply(
  plane: ControlPlane,
  mode: Mode,
  all: readonly Step[],
  ...prefixes: readonly string[]
): Promise<void> {
  const items = prefixes.flatMap((prefix) => all.flatMap((step) => inNamespace(step, `${prefix}-${step.walk}`)));
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const { status, stderr } = plane.kubectl(["apply", ...modes[mode], "--validate=strict", "-f", "-"], list);
  assert.equal(status, 0, stderr);
}

/** Returns a namespace and the objects of a step in that namespace. */
function inNamespace({ objects }: Step, name: string): readonly Mapping[] {
  const moved = objects.map((object) => ({
    ...object,
    metadata: { ...(object["metadata"] as Mapping), namespace: name },
  }));
  return [{ apiVersion: "v1", kind: "Namespace", metadata: { name } }, ...moved];
}

const resources = [
  "/apis/apps/v1/deployments",
  "/apis/apps/v1/statefulsets",
  "/apis/apps/v1/daemonsets",
  "/apis/batch/v1/cronjobs",
  "/apis/cert-manager.io/v1/certificates",
  "/apis/monitoring.coreos.com/v1/podmonitors",
];

/** Returns the objects in the namespaces with a prefix, by walk, kind and name. */
async function read(plane: ControlPlane, prefix: string): Promise<ReadonlyMap<string, Mapping>> {
  const lists = await Promise.all(
    resources.map(async (path) => [path, (await plane.send(path)).body as Value] as const),
  );
  const objects = lists.flatMap(([path, list]) =>
    getList(list, "items").map((object) => [path, withoutPrototypes(object) as Mapping] as const),
  );
  const ofPrefix = objects.flatMap(([path, object]) => {
    const [, walk] = new RegExp(`^${prefix}-(\\d+)$`).exec(getString(object, "metadata", "namespace") ?? "") ?? [];
    return walk === undefined
      ? []
      : [[`walk ${walk}: ${path}/${getString(object, "metadata", "name")}`, object] as const];
  });
  return new Map(ofPrefix);
}

function versionOf(object: Mapping | undefined): Value | undefined {
  return get(object, "metadata", "resourceVersion");
}

/** Annotations that kubectl and the API server write. */
const foreignAnnotations = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "deprecated.daemonset.template.generation",
];

/** Returns an object without what the API server and kubectl set. */
function comparable({ metadata = {}, spec }: Mapping): Mapping {
  const { name, labels = {}, annotations = {} } = metadata as { [key: string]: Value };
  const own = Object.entries(annotations as Mapping).filter(([key]) => !foreignAnnotations.includes(key));
  return { name: name ?? null, labels, annotations: Object.fromEntries(own), spec: spec ?? null };
}
