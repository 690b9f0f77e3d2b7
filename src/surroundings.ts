import { consultedFields } from "./consulted";
import type { ListedKind, Surroundings } from "./findings/surroundings";
import type { KrmObject } from "./kube/object";
import { producedSecret } from "./kube/secret-writer";
import { get, getList, getString, isMapping, type Value } from "./yaml/value";

export type { Surroundings };

const listed: ReadonlyMap<string, ListedKind> = new Map([
  ["LimitRange ", "LimitRange"],
  ["NetworkPolicy networking.k8s.io", "NetworkPolicy"],
  ["PeerAuthentication security.istio.io", "PeerAuthentication"],
  ["ResourceQuota ", "ResourceQuota"],
]);

/** What is kept of an object's content: a list is in memory for the whole run, and most of it decides nothing. */
export function contentOf({ group, kind, value }: KrmObject): Value {
  if (kind === "ServiceAccount" && group === "") return pick(value, ["imagePullSecrets"]);
  // The names of the variables that `envFrom` takes from it; what they hold may be secret, and decides nothing.
  if ((kind === "ConfigMap" || kind === "Secret") && group === "") return variableNames(value);
  const fields = consultedFields.get(`${kind} ${group}`);
  if (fields === undefined) return null;
  const spec = pick(get(value, "spec"), fields);
  return hasAtMost(spec, maxValues) ? { spec } : null;
}

/** Far more than an object of these kinds holds: what its aliases blow up beyond that is not looked into. */
const maxValues = 100_000;

function hasAtMost(value: Value, most: number): boolean {
  let left = most;
  const walk = (one: Value): boolean => {
    left--;
    return left >= 0 && (typeof one !== "object" || one === null || Object.values(one).every(walk));
  };
  return walk(value);
}

function pick(value: Value | undefined, fields: readonly string[]): Value {
  const present = fields.map((field) => [field, get(value, field)] as const);
  return Object.fromEntries(present.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

function variableNames(value: Value): Value {
  const names = ["data", "stringData"].map((field) => {
    const entries = get(value, field);
    return [field, isMapping(entries) ? Object.keys(entries) : []] as const;
  });
  return Object.fromEntries(names);
}

/** @param defaultNamespace of objects that name none, because a later step sets it. */
export function surroundings(objects: readonly KrmObject[], defaultNamespace: string | undefined): Surroundings {
  const namespaceOf = (namespace: string | undefined) => namespace ?? defaultNamespace ?? "";
  const byIdentity = new Map<string, Map<string, KrmObject>>();
  const producers = new Lists<KrmObject>();
  const ingresses = new Lists<KrmObject>();
  const autoscalers = new Lists<KrmObject>();
  const issuers = new Lists<string | undefined>();
  const byKind = new Lists<KrmObject>();
  let hasOtherNetworkPolicies = false;
  for (const object of objects) {
    const { group, kind, name, value } = object;
    const namespace = namespaceOf(object.namespace);
    const groupKind = `${kind} ${group}`;
    const ofKind = byIdentity.get(kind) ?? new Map<string, KrmObject>();
    byIdentity.set(kind, ofKind.set(`${group}|${namespace}|${name}`, object));
    const secret = producedSecret(object);
    if (secret !== undefined) producers.add(`${namespace}|${secret}`, object);
    if (listed.has(groupKind)) byKind.add(`${listed.get(groupKind)}|${namespace}`, object);
    else if (kind.endsWith("NetworkPolicy")) hasOtherNetworkPolicies = true;
    else if (groupKind === "Issuer cert-manager.io") issuers.add(name, object.namespace ?? defaultNamespace);
    else if (groupKind === "HorizontalPodAutoscaler autoscaling") {
      const target = get(value, "spec", "scaleTargetRef");
      autoscalers.add(`${namespace}|${getString(target, "kind")}|${getString(target, "name")}`, object);
    } else if (kind === "Ingress" && consultedFields.has(groupKind)) {
      const names = getList(value, "spec", "tls").flatMap((tls) => getString(tls, "secretName") ?? []);
      for (const tls of new Set(names)) ingresses.add(`${namespace}|${tls}`, object);
    }
  }
  return {
    find: (group, kind, namespace, name) => byIdentity.get(kind)?.get(`${group}|${namespaceOf(namespace)}|${name}`),
    producersOf: (namespace, secret) => producers.get(() => `${namespaceOf(namespace)}|${secret}`),
    ingressesReading: (namespace, secret) => ingresses.get(() => `${namespaceOf(namespace)}|${secret}`),
    autoscalersOf: ({ namespace, kind, name }) => autoscalers.get(() => `${namespaceOf(namespace)}|${kind}|${name}`),
    issuersNamed: (name) => issuers.get(() => name),
    of: (kind, namespace) => byKind.get(() => `${kind}|${namespaceOf(namespace)}`),
    hasOtherNetworkPolicies,
  };
}

/** Lists by a key. Where there are none at all, which is the rule, no key is made. */
class Lists<T> {
  readonly #lists = new Map<string, T[]>();

  add(key: string, entry: T): void {
    const there = this.#lists.get(key);
    if (there === undefined) this.#lists.set(key, [entry]);
    else there.push(entry);
  }

  get(key: () => string): readonly T[] {
    return (this.#lists.size === 0 ? undefined : this.#lists.get(key())) ?? [];
  }
}
