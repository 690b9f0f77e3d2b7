import { get, getList, getString, getStrings, isList, isMapping, type Mapping, type Value } from "../../src/yaml/value";

/*
 * Rules of the API server, of cert-manager's webhook and of Pod Security for the objects that the function writes, as far
 * as `kubernetes-models` and its sibling packages don't check them: lengths, formats, unknown fields, and fields that depend
 * on each other. Each rule returns its complaints, one per violation.
 */

export type Rule<T> = (object: T) => readonly string[];

/** apimachinery `IsDNS1123Label`. */
const dnsLabel = /^(?=.{1,63}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
/** apimachinery `IsDNS1123Subdomain`. */
const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
/** apimachinery `IsQualifiedName`. */
const qualifiedName = /^(?:(?=[^/]{1,253}\/)[a-z0-9][-a-z0-9.]*\/)?(?=[^/]{1,63}$)[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?$/;
/** apimachinery `IsValidLabelValue`. */
const labelValue = /^(?=.{0,63}$)(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?$/;
/** Go `time.ParseDuration`, without a sign. */
const goDuration = /^(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/;
/** apimachinery `IsValidPortName`. */
const portName = /^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
/** prometheus-operator `Duration`. */
const prometheusDuration = /^(?=.)(?:0|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)$/;

/** The allowed keys of a mapping, each with the allowed keys below it. `true` allows any value. */
interface Keys {
  readonly [key: string]: Keys | true;
}

/** `ownerReferences` is set by others: see `fixtures/foreign-labels`. */
const metadata: Keys = { name: true, namespace: true, labels: true, annotations: true, ownerReferences: true };

const certificateKeys: Keys = {
  apiVersion: true,
  kind: true,
  metadata,
  spec: {
    isCA: true,
    commonName: true,
    uris: true,
    dnsNames: true,
    subject: { organizations: true, organizationalUnits: true },
    secretName: true,
    secretTemplate: { labels: true, annotations: true },
    revisionHistoryLimit: true,
    renewBeforePercentage: true,
    duration: true,
    renewBefore: true,
    privateKey: { algorithm: true, size: true, encoding: true, rotationPolicy: true },
    issuerRef: { name: true, kind: true, group: true },
    usages: true,
  },
};

const relabelingKeys: Keys = {
  sourceLabels: true,
  separator: true,
  targetLabel: true,
  regex: true,
  modulus: true,
  replacement: true,
  action: true,
};

const podMonitorKeys: Keys = {
  apiVersion: true,
  kind: true,
  metadata,
  spec: {
    podMetricsEndpoints: {
      port: true,
      honorLabels: true,
      interval: true,
      scrapeTimeout: true,
      relabelings: relabelingKeys,
      metricRelabelings: relabelingKeys,
    },
    jobLabel: true,
    sampleLimit: true,
    podTargetLabels: true,
    scrapeClass: true,
    namespaceSelector: { matchNames: true },
    selector: { matchLabels: true, matchExpressions: { key: true, operator: true, values: true } },
  },
};

const probeKeys: Keys = {
  exec: { command: true },
  grpc: { port: true, service: true },
  httpGet: { host: true, httpHeaders: { name: true, value: true }, path: true, port: true, scheme: true },
  tcpSocket: { host: true, port: true },
  initialDelaySeconds: true,
  periodSeconds: true,
  timeoutSeconds: true,
  successThreshold: true,
  failureThreshold: true,
  terminationGracePeriodSeconds: true,
};

const containerKeys: Keys = {
  name: true,
  image: true,
  imagePullPolicy: true,
  command: true,
  args: true,
  env: { name: true, value: true, valueFrom: { fieldRef: { apiVersion: true, fieldPath: true }, secretKeyRef: true } },
  ports: { name: true, protocol: true, containerPort: true },
  livenessProbe: probeKeys,
  startupProbe: probeKeys,
  resources: { requests: true, limits: true },
  securityContext: {
    allowPrivilegeEscalation: true,
    capabilities: { drop: true, add: true },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsGroup: true,
    runAsUser: true,
    seccompProfile: { type: true },
  },
  volumeMounts: { name: true, mountPath: true, readOnly: true },
};

/** Returns a complaint for each key that isn't in the table. Of a list, checks each element. */
function unknownKeys(value: Value | undefined, keys: Keys, path: string): string[] {
  if (isList(value)) return value.flatMap((element) => unknownKeys(element, keys, path));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const below = keys[key];
    if (below === undefined) return [`${path}.${key} isn't a field of the API`];
    return below === true ? [] : unknownKeys(entry, below, `${path}.${key}`);
  });
}

function must(isMet: boolean, complaint: string): readonly string[] {
  return isMet ? [] : [complaint];
}

function metadataRules(object: Mapping): readonly string[] {
  const entries = (part: string) => Object.entries((get(object, "metadata", part) ?? {}) as Mapping);
  const names = [...entries("labels"), ...entries("annotations")];
  const namespace = getString(object, "metadata", "namespace");
  return [
    ...must(dnsSubdomain.test(getString(object, "metadata", "name") ?? ""), "metadata.name must be a DNS subdomain"),
    ...must(namespace === undefined || dnsLabel.test(namespace), "metadata.namespace must be a DNS label"),
    ...names.flatMap(([key]) => must(qualifiedName.test(key), `${key} must be a qualified name`)),
    ...entries("labels").flatMap(([key, value]) =>
      must(labelValue.test(String(value)), `${key} must be a label value`),
    ),
    ...names.flatMap(([key, value]) => must(typeof value === "string", `${key} must be a string`)),
  ];
}

/** The rules of cert-manager's webhook (`internal/apis/certmanager/validation/certificate.go`) for a Certificate. */
export const certificateRules: Rule<Mapping> = (certificate) => {
  const { spec } = certificate;
  const names = ["commonName", "dnsNames", "ipAddresses", "uris", "emailAddresses", "otherNames"];
  const [duration, renewBefore] = ["duration", "renewBefore"].map((field) => getString(spec, field));
  const lifetime = seconds(duration ?? "2160h");
  const renewal = renewBefore === undefined ? lifetime / 3 : seconds(renewBefore);
  return [
    ...metadataRules(certificate),
    ...unknownKeys(certificate, certificateKeys, "certificate"),
    ...must(
      names.some((name) => get(spec, name) !== undefined),
      "at least one name must be set",
    ),
    ...must(Buffer.byteLength(getString(spec, "commonName") ?? "") <= 64, "commonName must have at most 64 bytes"),
    ...must(dnsSubdomain.test(getString(spec, "secretName") ?? ""), "secretName must be a DNS subdomain"),
    ...[duration, renewBefore].flatMap((text) =>
      must(text === undefined || goDuration.test(text), `${text} must be a Go duration`),
    ),
    ...must(lifetime >= 3600, "duration must be at least 1h"),
    ...must(renewal >= 300 && renewal < lifetime, "renewBefore must be at least 5m and less than duration"),
    ...must(
      get(spec, "renewBefore") === undefined || get(spec, "renewBeforePercentage") === undefined,
      "renewBefore and renewBeforePercentage must not be used together",
    ),
    ...Object.entries(getStrings(spec, "secretTemplate", "labels")).flatMap(([key, value]) =>
      must(qualifiedName.test(key) && labelValue.test(value), `${key} must be a label of the Secret`),
    ),
    ...must(
      get(spec, "usages") === undefined ||
        getList(spec, "usages").includes(get(spec, "isCA") === true ? "cert sign" : "client auth"),
      "usages must contain the purpose of the certificate",
    ),
  ];
};

/** Returns the seconds of a Go duration. */
function seconds(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };
  const parts = duration.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? Number.NaN), 0);
}

/** The rules of the API server for a PodMonitor, and one of this project: its selector must not select every pod. */
export const podMonitorRules: Rule<Mapping> = (podMonitor) => {
  const endpoints = getList(podMonitor, "spec", "podMetricsEndpoints");
  const selector = get(podMonitor, "spec", "selector") as Mapping;
  return [
    ...metadataRules(podMonitor),
    ...unknownKeys(podMonitor, podMonitorKeys, "podMonitor"),
    ...must(endpoints.length === 1, "there must be exactly one endpoint"),
    ...endpoints.flatMap((endpoint) =>
      must(portName.test(getString(endpoint, "port") ?? ""), "port must be a port name"),
    ),
    ...endpoints.flatMap((endpoint) =>
      must(prometheusDuration.test(getString(endpoint, "interval") ?? "0"), "interval must be a Prometheus duration"),
    ),
    ...must(
      ["matchLabels", "matchExpressions"].some((part) => Object.keys((selector[part] ?? {}) as Mapping).length > 0),
      "the selector must not be empty: it would select every pod",
    ),
  ];
};

/** The rules of the API server for a pod with the agent's container. */
export const podRules: Rule<{ readonly podSpec: Mapping; readonly agent: Mapping }> = ({ podSpec, agent }) => {
  const containers = [...getList(podSpec, "containers"), ...getList(podSpec, "initContainers")];
  const volumes = getList(podSpec, "volumes");
  const mounts = getList(agent, "volumeMounts");
  const ports = getList(agent, "ports");
  const probes = ["livenessProbe", "startupProbe"].flatMap((field) => get(agent, field) ?? []);
  return [
    ...unknownKeys(agent, containerKeys, "container"),
    ...must(dnsLabel.test(getString(agent, "name") ?? ""), "the container's name must be a DNS label"),
    ...unique("container", containers, "name"),
    ...unique("volume", volumes, "name"),
    ...unique("pull secret", getList(podSpec, "imagePullSecrets"), "name"),
    ...unique("mount path", mounts, "mountPath"),
    ...unique("variable", getList(agent, "env"), "name"),
    ...volumes.flatMap((volume) =>
      must(dnsLabel.test(String(get(volume, "name"))), "a volume's name must be a DNS label"),
    ),
    ...mounts.flatMap((mount) =>
      must(
        volumes.some((volume) => get(volume, "name") === get(mount, "name")),
        `the volume mounted at ${get(mount, "mountPath")} must exist`,
      ),
    ),
    ...mounts.flatMap((mount) =>
      must(/^\/[^:]+$/.test(String(get(mount, "mountPath"))), "a mount path must be absolute"),
    ),
    ...ports.flatMap((port) => must(portName.test(String(get(port, "name"))), "a port's name must be a port name")),
    ...probes.flatMap((probe) =>
      must(
        ports.some((port) => get(port, "name") === get(probe, "httpGet", "port")),
        "the probe's port must be one of the container's",
      ),
    ),
    ...getList(agent, "args").flatMap((arg) => must(typeof arg === "string", `${arg} must be a string`)),
    ...getList(agent, "env").flatMap((variable) =>
      must(
        get(variable, "value") === undefined || get(variable, "valueFrom") === undefined,
        "value and valueFrom must not be used together",
      ),
    ),
  ];
};

/** Pod Security Standards, level restricted: the rules for a single container. */
export const restrictedRules: Rule<Mapping> = (container) => {
  const context = get(container, "securityContext");
  const added = getList(context, "capabilities", "add");
  const profile = getString(context, "seccompProfile", "type") ?? "";
  return [
    ...must(get(context, "allowPrivilegeEscalation") === false, "allowPrivilegeEscalation must be false"),
    ...must(getList(context, "capabilities", "drop").includes("ALL"), "all capabilities must be dropped"),
    ...must(
      added.every((capability) => capability === "NET_BIND_SERVICE"),
      "only the capability NET_BIND_SERVICE may be added",
    ),
    ...must(get(context, "runAsNonRoot") === true, "runAsNonRoot must be true"),
    ...must(get(context, "runAsUser") !== 0, "runAsUser must not be 0"),
    ...must(["RuntimeDefault", "Localhost"].includes(profile), "seccompProfile must be RuntimeDefault or Localhost"),
    ...must(get(context, "privileged") !== true, "privileged must not be true"),
    ...must(get(context, "procMount") === undefined, "procMount must not be set"),
    ...must(
      getList(container, "ports").every((port) => get(port, "hostPort") === undefined),
      "host ports must not be used",
    ),
  ];
};

function unique(noun: string, list: readonly Value[], field: string): readonly string[] {
  const names = list.map((element) => get(element, field));
  return names
    .filter((name, i) => name !== undefined && names.indexOf(name) < i)
    .map((name) => `the ${noun} ${name} must be unique`);
}

/** Reports whether the `matchLabels` of a PodMonitor's selector match a pod with these labels. */
export function selects(podMonitor: Mapping, labels: Readonly<Record<string, string>>): boolean {
  const selector = get(podMonitor, "spec", "selector");
  const required = Object.entries(getStrings(selector, "matchLabels"));
  return required.every(([key, value]) => labels[key] === value);
}
