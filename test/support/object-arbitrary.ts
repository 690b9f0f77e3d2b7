import * as fc from "fast-check";
import type { Tree, TreeMapping } from "./tree";
import { anyString, anyTree, oddSpellings } from "./yaml-arbitrary";

/** A value, undefined, or one of the two ways to write an empty field: null and `empty`. */
function optional<T extends Tree>(arbitrary: fc.Arbitrary<T>, empty: Tree): fc.Arbitrary<Tree | undefined> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(empty) },
  );
}

/** Scalars as manifests have them, including unusual ones. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Tree>("true", "0", "info", "a value", "http://shop:8080/?a=b#c", "yes") },
  { weight: 1, arbitrary: anyString },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Tree>("#!/bin/sh\nset -e\nexec app\n", "one\n\ntwo", "key: value\n", "a\n\n"),
  },
  { weight: 1, arbitrary: fc.constantFrom<Tree>(...oddSpellings) },
);

const variable = fc.oneof(
  fc.record<TreeMapping>({ name: fc.constantFrom("HOME", "PORT", "EMPTY"), value: text }),
  fc.constantFrom<TreeMapping>(
    { name: "JAEGER_REPORTER_LOG_SPANS", value: "false" },
    { name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
  ),
);

const container = (name: string) =>
  fc.record<TreeMapping>({
    name: fc.constant(name),
    image: fc.constantFrom("nginx:1.25", "registry:5000/shop/app@sha256:0a1b"),
    command: fc.constantFrom(undefined, ["sh", "-c"]),
    args: optional(fc.array(text, { minLength: 1, maxLength: 2 }), []),
    env: optional(fc.uniqueArray(variable, { minLength: 1, maxLength: 3, selector: (entry) => entry.name }), []),
    ports: optional(fc.constant([{ containerPort: 8080, name: "http" }]), []),
    volumeMounts: optional(fc.constant([{ name: "data", mountPath: "/data" }]), []),
    resources: optional(fc.constant({ limits: { cpu: "1", memory: "1Gi" } }), {}),
  });

const containers = fc
  .tuple(container("app"), fc.option(container("web")), fc.option(container("proxy")))
  .map((all) => all.filter((candidate) => candidate !== null));

const volume = fc.constantFrom<TreeMapping>(
  { name: "data", emptyDir: {} },
  { name: "cache", emptyDir: null },
  { name: "config", configMap: { name: "config", defaultMode: 420 } },
);

const pullSecrets = fc.constantFrom<Tree>([{ name: "own" }], [{ name: "own" }, { name: "registry" }]);

const podSpec = fc.record<TreeMapping>({
  initContainers: optional(
    container("init").map((init) => [init]),
    [],
  ),
  containers,
  volumes: optional(fc.uniqueArray(volume, { minLength: 1, maxLength: 2, selector: ({ name }) => name }), []),
  imagePullSecrets: optional(pullSecrets, []),
  serviceAccountName: fc.constantFrom(undefined, undefined, "builder", "default"),
  securityContext: fc.constantFrom<Tree | undefined>(undefined, {}, { runAsUser: 0 }, { runAsUser: 1000 }),
  restartPolicy: fc.constantFrom(undefined, "Always"),
});

const labels = optional(
  fc.constantFrom<TreeMapping>(
    { tier: "front" },
    { tier: "front", tracing: "enabled" },
    { "app.kubernetes.io/name": "shop" },
  ),
  {},
);

const annotations = optional(
  fc.oneof(
    { weight: 6, arbitrary: fc.record<TreeMapping>({ note: text }) },
    { weight: 1, arbitrary: fc.constant<TreeMapping>({ "tracing-sidecar.dev/inject": "false" }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<TreeMapping>(
        { "argocd.argoproj.io/sync-wave": "-5" },
        { "argocd.argoproj.io/hook": "PreSync" },
        { "argocd.argoproj.io/hook": "PostSync", "argocd.argoproj.io/sync-wave": "2" },
        { "helm.sh/hook": "post-install, pre-upgrade" },
      ),
    },
  ),
  {},
);

const podMetadata = optional(
  fc.record<TreeMapping>({ labels, annotations, creationTimestamp: fc.constantFrom(undefined, null) }),
  {},
);

const namespace = fc.constantFrom(undefined, undefined, "shop", "blog");

function metadata(name: string): fc.Arbitrary<TreeMapping> {
  return fc.record<TreeMapping>({ name: fc.constant(name), namespace, labels, annotations });
}

/** A Deployment as people write it: each optional field is missing, null, empty or set. */
export function deployment(name: string): fc.Arbitrary<TreeMapping> {
  return fc.record<TreeMapping>({
    apiVersion: fc.constant("apps/v1"),
    kind: fc.constant("Deployment"),
    metadata: metadata(name),
    spec: fc.record<TreeMapping>({
      replicas: fc.constantFrom(undefined, 1, 3),
      selector: fc.constantFrom<Tree | undefined>(
        { matchLabels: { app: name } },
        { matchLabels: { app: name }, matchExpressions: [{ key: "tier", operator: "Exists" }] },
        { matchLabels: {} },
        undefined,
      ),
      template: fc.record<TreeMapping>({ metadata: podMetadata, spec: podSpec }),
    }),
    status: fc.constantFrom(undefined, undefined, {}),
  });
}

/** Changes a Deployment into another kind of workload, with the pod template where that kind has it. */
const kinds: fc.Arbitrary<(tree: TreeMapping) => TreeMapping> = fc.constantFrom(
  (tree) => tree,
  (tree) => tree,
  (tree) => ({ ...tree, kind: "StatefulSet" }),
  (tree) => ({ ...tree, kind: "DaemonSet" }),
  (tree) => ({ ...tree, kind: "ReplicaSet" }),
  (tree) => ({ ...tree, apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" }),
  (tree) => ({ ...tree, apiVersion: "batch/v1", kind: "Job", spec: { template: templateOf(tree) } }),
  (tree) => ({
    ...tree,
    apiVersion: "batch/v1",
    kind: "CronJob",
    spec: { schedule: "* * * * *", jobTemplate: { spec: { template: templateOf(tree) } } },
  }),
  (tree) => ({ ...tree, apiVersion: "v1", kind: "Pod", spec: templateOf(tree).spec }),
);

function templateOf({ spec }: TreeMapping): { readonly metadata: Tree; readonly spec: Tree } {
  return (spec as { template: { metadata: Tree; spec: Tree } }).template;
}

/** A workload of any kind, most often a Deployment. */
export function workload(name: string): fc.Arbitrary<TreeMapping> {
  return fc.oneof(
    { weight: 2, arbitrary: deployment(name) },
    { weight: 1, arbitrary: fc.tuple(deployment(name), kinds).map(([tree, toKind]) => toKind(tree)) },
  );
}

/**
 * Zero to six objects with different names. Of ten, eight start with a workload, because the others rarely have one that
 * the configuration selects.
 */
export function objects(
  anyWorkload: (name: string) => fc.Arbitrary<TreeMapping>,
  anyObject: (name: string) => fc.Arbitrary<TreeMapping>,
): fc.Arbitrary<TreeMapping[]> {
  const optional = (name: string) => fc.option(anyObject(name), { nil: undefined, freq: 3 });
  const first = fc.oneof({ weight: 4, arbitrary: anyWorkload("web") }, { weight: 1, arbitrary: optional("web") });
  return fc
    .tuple(first, ...["api", "cart", "worker", "mail", "db"].map(optional))
    .map((all) => all.filter((tree) => tree !== undefined));
}

/** An object that the function ignores, or only reads. */
export function otherObject(name: string): fc.Arbitrary<TreeMapping> {
  const object = (apiVersion: string, kind: string, rest: { [key: string]: fc.Arbitrary<Tree | undefined> }) =>
    fc.record<TreeMapping>({
      apiVersion: fc.constant(apiVersion),
      kind: fc.constant(kind),
      metadata: metadata(name),
      ...rest,
    });
  return fc.oneof(
    object("v1", "ConfigMap", { data: optional(fc.dictionary(fc.constantFrom("a.conf", "run.sh", "b"), text), {}) }),
    object("v1", "Service", { spec: fc.constant({ ports: [{ port: 80 }], selector: { app: "web" } }) }),
    object("v1", "Secret", { stringData: fc.dictionary(fc.constantFrom("password", "token"), text) }),
    object("example.com/v1", "Widget", { spec: anyTree }),
    object("v1", "List", { items: deployment("nested").map((nested) => [nested]) }),
    object("cert-manager.io/v1", "Certificate", {
      spec: fc.constant({ secretName: `${name}-own`, issuerRef: { name: "ca" } }),
    }),
    serviceAccount("default"),
    serviceAccount("builder"),
  );
}

function serviceAccount(name: string): fc.Arbitrary<TreeMapping> {
  return fc.record<TreeMapping>({
    apiVersion: fc.constant("v1"),
    kind: fc.constant("ServiceAccount"),
    metadata: metadata(name),
    imagePullSecrets: optional(pullSecrets, []),
  });
}

/** A Deployment that may already use a name or port that the function would add. */
export function conflictingDeployment(name: string): fc.Arbitrary<TreeMapping> {
  const conflict = fc.constantFrom<TreeMapping | undefined>(
    undefined,
    undefined,
    { name: "jaeger-agent", image: "other/image:1" },
    { name: "sidecar", image: "other/image:1", ports: [{ containerPort: 14271 }] },
    { name: "sidecar", image: "other/image:1", ports: [{ containerPort: 6831, protocol: "UDP" }] },
    { name: "sidecar", image: "other/image:1", ports: [{ containerPort: 1, name: "admin-http" }] },
  );
  return fc.tuple(deployment(name), conflict).map(([tree, container]) => {
    if (container === undefined) return tree;
    const spec = tree.spec as { template: { spec: { containers: readonly Tree[] } } };
    const podSpec = { ...spec.template.spec, containers: [container, ...spec.template.spec.containers] };
    return { ...tree, spec: { ...spec, template: { ...spec.template, spec: podSpec } } };
  });
}

/** A user's object with the name of a generated object, or of its Secret. */
export const conflictingObject: fc.Arbitrary<TreeMapping> = fc.constantFrom<TreeMapping>(
  { apiVersion: "v1", kind: "Secret", metadata: { name: "web-jaeger-agent-tls" }, stringData: { password: "x" } },
  { apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor", metadata: { name: "web-jaeger-agent" }, spec: {} },
  { apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata: { name: "web-jaeger-agent" }, spec: {} },
);
