import type { Identity, KrmObject } from "../kube/object";
import { secretWrittenBy } from "../kube/secret-writer";
import { get, getList, getString } from "../yaml/value";
import { relevantSpecFields } from "./relevant-fields";

const listed: ReadonlyMap<string, ListedKind> = new Map([
  ["LimitRange ", "LimitRange"],
  ["NetworkPolicy networking.k8s.io", "NetworkPolicy"],
  ["PeerAuthentication security.istio.io", "PeerAuthentication"],
  ["ResourceQuota ", "ResourceQuota"],
]);

/** @param defaultNamespace of objects that name none, because a later step sets it. */
export function indexObjects(objects: readonly KrmObject[], defaultNamespace: string | undefined): ObjectIndex {
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
    const secret = secretWrittenBy(object);
    if (secret !== undefined) producers.add(`${namespace}|${secret}`, object);
    if (listed.has(groupKind)) byKind.add(`${listed.get(groupKind)}|${namespace}`, object);
    else if (kind.endsWith("NetworkPolicy")) hasOtherNetworkPolicies = true;
    else if (groupKind === "Issuer cert-manager.io") issuers.add(name, object.namespace ?? defaultNamespace);
    else if (groupKind === "HorizontalPodAutoscaler autoscaling") {
      const target = get(value, "spec", "scaleTargetRef");
      autoscalers.add(`${namespace}|${getString(target, "kind")}|${getString(target, "name")}`, object);
    } else if (kind === "Ingress" && relevantSpecFields.has(groupKind)) {
      const names = getList(value, "spec", "tls").flatMap((tls) => getString(tls, "secretName") ?? []);
      for (const tls of new Set(names)) ingresses.add(`${namespace}|${tls}`, object);
    }
  }
  return {
    find: (group, kind, namespace, name) => byIdentity.get(kind)?.get(`${group}|${namespaceOf(namespace)}|${name}`),
    writersOfSecret: (namespace, secret) => producers.get(() => `${namespaceOf(namespace)}|${secret}`),
    ingressesUsingSecret: (namespace, secret) => ingresses.get(() => `${namespaceOf(namespace)}|${secret}`),
    autoscalersOf: ({ namespace, kind, name }) => autoscalers.get(() => `${namespaceOf(namespace)}|${kind}|${name}`),
    issuersByName: (name) => issuers.get(() => name),
    listByKind: (kind, namespace) => byKind.get(() => `${kind}|${namespaceOf(namespace)}`),
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

/** The objects around the workloads, found by what they are; built once, so that a run stays in line with its input. */
export interface ObjectIndex {
  find(group: string, kind: string, namespace: string | undefined, name: string): KrmObject | undefined;
  /** What writes a Secret: the Secret itself, or a Certificate. */
  writersOfSecret(namespace: string | undefined, secretName: string): readonly KrmObject[];
  /** The Ingresses that show a Secret's certificate. */
  ingressesUsingSecret(namespace: string | undefined, secretName: string): readonly KrmObject[];
  /** The HorizontalPodAutoscalers of a workload. */
  autoscalersOf(workload: Identity): readonly KrmObject[];
  /** The Issuers of a name, with the namespaces that they will be in; undefined: unknown. */
  issuersByName(name: string): readonly (string | undefined)[];
  /** The objects of a kind in a namespace: the same list each time. */
  listByKind(kind: ListedKind, namespace: string | undefined): readonly KrmObject[];
  /** There are network policies of a kind other than Kubernetes' own: what they allow adds to that. */
  readonly hasOtherNetworkPolicies: boolean;
}

/** Kinds that are looked at by the namespace. */
export type ListedKind = "LimitRange" | "NetworkPolicy" | "PeerAuthentication" | "ResourceQuota";
