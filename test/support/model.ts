import type { Mapping, Value } from "../../src/yaml/value";
import type { Sidecar, SidecarCertManager, SidecarSpec, Strings } from "./configuration-arbitrary";
import {
  adminName,
  agentContainer,
  agentVolumes,
  expandValue,
  expandVariable,
  type Names,
  nativeSidecar,
} from "./model-agent";

/*
 * A second, independent implementation of the function, in the simplest way: on plain objects, without text, nodes or
 * records, and without any code of `src` except the types of plain data. It covers only what the generators of these tests
 * generate.
 *
 * It covers the Jaeger agent only. `agent.signals` is a part of the Collector's configuration, and `app.otherSignals` and the
 * presets depend on that configuration and on what SDKs do: the model would repeat `src/plan/agents/otelcol/` and
 * `src/plan/app/` with the same facts, so both would have the same mistakes. There, `test/collector/` and `test/sdk/` run
 * the real programs instead, and the property tests cover that every run converges and can be undone.
 */

/**
 * The objects that a run returns and the number of workloads it injects, or `refused`. The record of an injected workload
 * is the constant `recorded`.
 */
export type Outcome = { readonly items: readonly Mapping[]; readonly injected: number } | "refused";

export const recordAnnotation = "tracing-sidecar.dev/injected";
export const recorded = "recorded";

const workloadKinds = [
  ...["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].map((kind) => `apps/v1 ${kind}`),
  ...["Job", "CronJob"].map((kind) => `batch/v1 ${kind}`),
  "v1 Pod",
  "argoproj.io/v1alpha1 Rollout",
];

// biome-ignore lint/suspicious/noExplicitAny: the model reads only fields that it knows
type Anything = any;

/** Returns the outcome of the first run of a configuration over these objects. */
export function firstRun(items: readonly Mapping[], { metadata, spec }: Sidecar): Outcome {
  const usedIndexes = new Map<string, Set<number>>();
  for (const item of items) indexesOf(item, usedIndexes).add(placeOf(item).index);
  const output: Mapping[] = [];
  const first = firstOfNamespaces(items, spec);
  let injected = 0;
  for (const item of items) {
    const names = namesOf(item, spec);
    const shared = [...first.values()].find((one) => one.item === item);
    const ofNamespace =
      shared === undefined ? [] : [namespacePodMonitor(metadata.name, spec, names, shared.hasNamespace)];
    if (!isSelected(item, spec) || optsOut(item) || waitsForCertificate(item, spec)) {
      output.push(item);
      for (const object of ofNamespace) output.push(placeAfter(object, item, usedIndexes));
      continue;
    }
    if (lacksNamespace(names, spec) || podLabelsConflict(item, spec, names)) return "refused";
    injected++;
    output.push(workload(item, items, withScrapeLabel(spec, metadata.name), names));
    const objects = [...generated(item, metadata.name, spec, names), ...ofNamespace];
    for (const object of objects) output.push(placeAfter(object, item, usedIndexes));
  }
  return { items: output, injected };
}

/**
 * Returns, for each namespace that gets a PodMonitor, whether one of the injected workloads specifies the namespace, and the
 * item after which it goes: the first of all workloads that specify it too, or don't either, in the order of files.
 */
function firstOfNamespaces(items: readonly Anything[], spec: SidecarSpec) {
  const first = new Map<string | undefined, { item: Anything; hasNamespace: boolean }>();
  if (spec.podMonitor?.scope !== "namespace") return first;
  const order = (item: Anything) => {
    const { path, packagePath = "", index } = placeOf(item);
    return { file: path === undefined ? "" : `${packagePath}\n${path}`, index: index || 0 };
  };
  const workloads = items.filter((item) => workloadKinds.includes(`${item?.apiVersion} ${item?.kind}`));
  for (const injected of items.filter(
    (one) => isSelected(one, spec) && !optsOut(one) && !waitsForCertificate(one, spec),
  )) {
    const { namespace } = namesOf(injected, spec);
    const hasNamespace = first.get(namespace)?.hasNamespace === true || injected.metadata.namespace !== undefined;
    const [item] = workloads
      .filter(({ metadata }) => metadata.namespace === (hasNamespace ? namespace : undefined))
      .sort((one, other) => {
        const [a, b] = [order(one), order(other)];
        return a.file === b.file ? a.index - b.index : a.file < b.file ? -1 : 1;
      });
    first.set(namespace, { item, hasNamespace });
  }
  return first;
}

function withScrapeLabel(spec: SidecarSpec, owner: string): SidecarSpec {
  if (spec.podMonitor?.scope !== "namespace") return spec;
  return { ...spec, pod: { ...spec.pod, labels: { ...spec.pod?.labels, "tracing-sidecar.dev/scrape": owner } } };
}

function isSelected(item: Anything, { selector, namespace }: SidecarSpec): boolean {
  // The default of selector.kinds.
  if (item?.kind !== "Deployment" || item.apiVersion !== "apps/v1") return false;
  const { name, labels } = item.metadata;
  const where = item.metadata.namespace ?? namespace;
  return (
    (selector.names?.includes(name) ?? true) &&
    (selector.namespaces?.includes(where) ?? true) &&
    !selector.excludeNames?.includes(name) &&
    has(labels, selector.matchLabels) &&
    has(item.spec.template.metadata?.labels, selector.podLabels?.matchLabels)
  );
}

function has(labels: Anything, required: Strings = {}): boolean {
  return Object.entries(required).every(([key, value]) => labels?.[key] === value);
}

function optsOut(item: Anything): boolean {
  const annotations = [item.metadata.annotations, item.spec.template.metadata?.annotations];
  return annotations.some((all) => String(all?.["tracing-sidecar.dev/inject"]) === "false");
}

/** A hook that runs before the objects that aren't hooks, of which its Certificate is one. */
function waitsForCertificate(item: Anything, { collector }: SidecarSpec): boolean {
  const client = collector.tls?.clientCertificate;
  const hooks = JSON.stringify([hookOf(item), item.metadata.annotations?.["helm.sh/hook"]]);
  return client !== undefined && "certManager" in client && /PreSync|pre-/.test(hooks);
}

function hookOf(item: Anything): string | undefined {
  return item.metadata.annotations?.["argocd.argoproj.io/hook"];
}

function namesOf(item: Anything, { namespace, agent }: SidecarSpec): Names {
  return {
    name: item?.metadata?.name,
    namespace: item?.metadata?.namespace ?? namespace,
    kind: "deployment",
    agent: agent?.name ?? "jaeger-agent",
  };
}

function lacksNamespace({ namespace }: Names, { collector, agent, app, pod, podMonitor }: SidecarSpec): boolean {
  const client = collector.tls?.clientCertificate;
  const manager = client !== undefined && "certManager" in client ? client.certManager : undefined;
  const names = [collector.endpoint, manager === undefined ? "" : commonNameOf(manager), manager?.uris];
  const ofCertificate = [manager?.labels, manager?.annotations, manager?.patch];
  const values = [agent?.env, agent?.tags, app?.env, pod, podMonitor, ofCertificate];
  const used = JSON.stringify([names, values]).replaceAll("\\\\{namespace}", "");
  return namespace === undefined && used.includes("{namespace}");
}

function podLabelsConflict(item: Anything, { pod }: SidecarSpec, names: Names): boolean {
  const labels = item.spec.template.metadata?.labels ?? {};
  return Object.entries(pod?.labels ?? {}).some(
    ([key, value]) => key in labels && labels[key] !== expandValue(value, names),
  );
}

function expandValues(values: Strings = {}, names: Names): Strings {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, expandValue(value, names)]));
}

function workload(item: Anything, items: readonly Mapping[], spec: SidecarSpec, names: Names): Mapping {
  const { template } = item.spec;
  const podSpec = template.spec;
  const withEnv = (container: Anything) => appContainer(container, spec, names);
  const containers = podSpec.containers.map(withEnv);
  // An init container is one of the app's only if it is named.
  const named = spec.app?.containers === undefined ? podSpec.initContainers : podSpec.initContainers?.map(withEnv);
  const initContainers = [...(named ?? [])];
  const agent = agentContainer(spec, names, podSpec);
  if (spec.agent?.native !== true) containers.push(agent);
  else if (spec.agent.position === "first") initContainers.unshift(nativeSidecar(agent, spec));
  else initContainers.push(nativeSidecar(agent, spec));
  const volumes = agentVolumes(spec, names);
  const secrets = pullSecrets(item, items, spec);
  const metadata = { ...template.metadata };
  for (const part of ["labels", "annotations"] as const) {
    const added = expandValues(spec.pod?.[part], names);
    if (Object.keys(added).length > 0) metadata[part] = { ...added, ...metadata[part] };
  }
  return {
    ...item,
    metadata: { ...item.metadata, annotations: { ...item.metadata.annotations, [recordAnnotation]: recorded } },
    spec: {
      ...item.spec,
      template: {
        ...template,
        ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
        spec: {
          ...podSpec,
          ...(initContainers.length > 0 ? { initContainers } : {}),
          containers,
          ...(volumes.length > 0 ? { volumes: [...(podSpec.volumes ?? []), ...volumes] } : {}),
          ...(secrets.length > 0 ? { imagePullSecrets: [...(podSpec.imagePullSecrets ?? []), ...secrets] } : {}),
        },
      },
    },
  };
}

function appContainer(container: Anything, { app }: SidecarSpec, names: Names): Mapping {
  if (app?.containers !== undefined && !app.containers.includes(container.name)) return container;
  const present = (container.env ?? []).map((variable: Anything) => variable.name);
  const added = (app?.env ?? [])
    .filter(({ name }) => !present.includes(name))
    .map((variable) => expandVariable(variable, { ...names, container: container.name }));
  return added.length > 0 ? { ...container, env: [...(container.env ?? []), ...added] } : container;
}

/**
 * Returns the pull secrets to add: the configuration's, and if the pod lists none, also the ServiceAccount's, because
 * admission adds those only to a pod without pull secrets.
 */
function pullSecrets(item: Anything, items: readonly Anything[], spec: SidecarSpec): Mapping[] {
  const podSpec = item.spec.template.spec;
  const existing = podSpec.imagePullSecrets ?? [];
  const configured = spec.imagePullSecrets ?? [];
  const namespaceOf = ({ metadata }: Anything) => metadata.namespace ?? spec.namespace;
  const account = items.findLast(
    (other) =>
      other?.kind === "ServiceAccount" &&
      other.metadata.name === (podSpec.serviceAccountName ?? "default") &&
      namespaceOf(other) === namespaceOf(item),
  );
  const inherited = existing.length === 0 && configured.length > 0 ? (account?.imagePullSecrets ?? []) : [];
  const names = new Set<string>([...inherited, ...configured].map(({ name }) => name));
  for (const { name } of existing) names.delete(name);
  return [...names].map((name) => ({ name }));
}

function metadataOf(item: Anything, owner: string, names: Names): Metadata {
  return (name, user) => {
    const keys = (of: Strings = {}) => Object.keys(of).sort();
    const added = { labels: keys(user.labels), annotations: keys(user.annotations) };
    return {
      name: expand(name, names),
      ...(item.metadata.namespace === undefined ? {} : { namespace: item.metadata.namespace }),
      labels: { "app.kubernetes.io/managed-by": "tracing-sidecar", ...expandValues(user.labels, names) },
      annotations: {
        "tracing-sidecar.dev/owner": owner,
        "tracing-sidecar.dev/for": `${item.kind}/${item.metadata.name}`,
        ...(added.labels.length + added.annotations.length > 0
          ? { "tracing-sidecar.dev/added": JSON.stringify(added) }
          : {}),
        ...expandValues(user.annotations, names),
      },
    };
  };
}

function generated(item: Anything, owner: string, spec: SidecarSpec, names: Names): Mapping[] {
  const client = spec.collector.tls?.clientCertificate;
  const metadata = metadataOf(item, owner, names);
  return [
    ...(client !== undefined && "certManager" in client
      ? [certificate(withWave(client.certManager, item), spec, names, metadata)]
      : []),
    ...(spec.podMonitor === undefined || spec.podMonitor.scope === "namespace"
      ? []
      : podMonitor(item, { spec, names, metadata })),
  ];
}

type Metadata = (name: string, user: { labels?: Strings; annotations?: Strings }) => Mapping;

/** Adds the workload's sync wave, unless the configuration has one or the workload is a hook. */
function withWave(manager: SidecarCertManager, item: Anything): SidecarCertManager {
  const name = "argocd.argoproj.io/sync-wave";
  const wave = item.metadata.annotations?.[name];
  if (wave === undefined || hookOf(item) !== undefined) return manager;
  return { ...manager, annotations: { [name]: wave, ...manager.annotations } };
}

function commonNameOf({ commonName }: SidecarCertManager): string {
  return commonName ?? "{name}@{namespace}";
}

function certificate(manager: SidecarCertManager, spec: SidecarSpec, names: Names, metadata: Metadata): Mapping {
  // Before 1.42.0, the agent doesn't reload a renewed certificate.
  const patch: Anything = expandTexts(manager.patch ?? {}, names);
  const isOld = /:1\.(?:18|21)/.test(spec.agent?.image ?? "");
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: metadata(manager.name ?? "{name}-{agent}", manager),
    spec: {
      commonName: expand(commonNameOf(manager), names),
      ...(manager.uris === undefined ? {} : { uris: manager.uris.map((uri) => expand(uri, names)) }),
      ...(manager.dnsNames === undefined ? {} : { dnsNames: manager.dnsNames.map((name) => expand(name, names)) }),
      secretName: expand(manager.secretName ?? "{name}-{agent}-tls", names),
      ...(patch.secretTemplate === null
        ? {}
        : {
            secretTemplate: {
              labels: { "app.kubernetes.io/managed-by": "tracing-sidecar", ...patch.secretTemplate?.labels },
            },
          }),
      ...(manager.duration !== undefined ? { duration: manager.duration } : {}),
      ...(manager.duration === undefined && isOld ? { duration: "9600h", renewBefore: "4800h" } : {}),
      ...(manager.privateKey === undefined ? {} : { privateKey: manager.privateKey }),
      issuerRef: { kind: "Issuer", group: "cert-manager.io", ...manager.issuerRef },
      ...(patch.usages === null ? {} : { usages: patch.usages ?? ["client auth"] }),
      ...(patch.subject === undefined ? {} : { subject: patch.subject, revisionHistoryLimit: 2 }),
    },
  };
}

/** Expands every text in a value. */
function expandTexts(value: Anything, names: Names): Anything {
  if (typeof value === "string") return expandValue(value, names);
  if (Array.isArray(value)) return value.map((entry) => expandTexts(entry, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, expandTexts(entry, names)]));
}

interface PodMonitorParts {
  readonly spec: SidecarSpec;
  readonly names: Names;
  readonly metadata: Metadata;
}

function podMonitor(item: Anything, parts: PodMonitorParts): Mapping[] {
  const labels = item.spec.template.metadata?.labels;
  const selector = Object.fromEntries(
    Object.entries(item.spec.selector ?? { matchLabels: labels ?? {} }).filter(
      ([, part]) => Object.keys(part as object).length > 0,
    ),
  ) as Mapping;
  // An empty selector selects every pod.
  if (Object.keys(selector).length === 0) return [];
  return [podMonitorObject(parts, "{name}-{agent}", selector, item.metadata.namespace !== undefined)];
}

function namespacePodMonitor(owner: string, spec: SidecarSpec, names: Names, hasNamespace: boolean): Mapping {
  const namespace = hasNamespace ? { namespace: names.namespace } : {};
  const metadata = metadataOf({ kind: "TracingSidecar", metadata: { name: owner, ...namespace } }, owner, names);
  const selector = { matchLabels: { "tracing-sidecar.dev/scrape": owner } };
  return podMonitorObject({ spec, names, metadata }, "{agent}", selector, hasNamespace);
}

function podMonitorObject(
  { spec, names, metadata }: PodMonitorParts,
  defaultName: string,
  selector: Mapping,
  hasNamespace: boolean,
): Mapping {
  const monitor = spec.podMonitor ?? {};
  const { interval, scrapeTimeout, honorLabels = true, jobLabel, relabelings, metricRelabelings, patch } = monitor;
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: metadata(monitor.name ?? defaultName, monitor),
    spec: {
      podMetricsEndpoints: [
        {
          port: adminName(spec),
          honorLabels,
          ...(interval === undefined ? {} : { interval }),
          ...(scrapeTimeout === undefined ? {} : { scrapeTimeout }),
          ...(relabelings === undefined ? {} : { relabelings: expandTexts(relabelings, names) }),
          ...(metricRelabelings === undefined ? {} : { metricRelabelings }),
        },
      ],
      ...(jobLabel === undefined ? {} : { jobLabel }),
      ...(!hasNamespace && spec.namespace !== undefined ? { namespaceSelector: { matchNames: [spec.namespace] } } : {}),
      selector,
      ...patch,
    },
  };
}

/** Places a generated object in its workload's file, at the lowest free index above the workload's. */
function placeAfter(object: Anything, item: Mapping, usedIndexes: Map<string, Set<number>>): Mapping {
  const { path, packagePath, index } = placeOf(item);
  if (path === undefined) return object;
  const indexes = indexesOf(item, usedIndexes);
  let free = index + 1;
  while (indexes.has(free)) free++;
  indexes.add(free);
  const annotations = {
    ...object.metadata.annotations,
    "internal.config.kubernetes.io/path": path,
    "internal.config.kubernetes.io/index": String(free),
    ...(packagePath === undefined ? {} : { "internal.config.kubernetes.io/package-path": packagePath }),
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function placeOf(item: Anything): { path?: string; packagePath?: string; index: number } {
  const annotations = item?.metadata?.annotations ?? {};
  return {
    path: annotations["internal.config.kubernetes.io/path"],
    packagePath: annotations["internal.config.kubernetes.io/package-path"],
    index: Number(annotations["internal.config.kubernetes.io/index"]),
  };
}

function indexesOf(item: Mapping, usedIndexes: Map<string, Set<number>>): Set<number> {
  const { path, packagePath } = placeOf(item);
  const file = `${packagePath}/${path}`;
  const indexes = usedIndexes.get(file) ?? new Set();
  usedIndexes.set(file, indexes);
  return indexes;
}

function expand(template: string, names: Names): string {
  return template.replace(/\{(\w+)\}/g, (_, name: keyof Names) => names[name] ?? "");
}

/** Returns the items of a run with each record of this owner replaced by `recorded`. */
export function withoutRecords(items: readonly Value[], owner: string): Value[] {
  return items.map((item: Anything) => {
    const record = item?.metadata?.annotations?.[recordAnnotation];
    if (record === undefined || JSON.parse(record).owner !== owner) return item;
    const annotations = { ...item.metadata.annotations, [recordAnnotation]: recorded };
    return { ...item, metadata: { ...item.metadata, annotations } };
  });
}
