import type { Identity, KrmObject } from "../kube/object";
import { secretWrittenBy } from "../kube/written-secret";
import { getOrInsert, groupBy } from "../yaml/maps";
import { get, getList, getString } from "../yaml/value";
import { relevantSpecFields } from "./relevant-fields";

const listedKinds: ReadonlyMap<string, ListedKind> = new Map([
  ["AuthorizationPolicy security.istio.io", "AuthorizationPolicy"],
  ["LimitRange ", "LimitRange"],
  ["NetworkPolicy networking.k8s.io", "NetworkPolicy"],
  ["PeerAuthentication security.istio.io", "PeerAuthentication"],
  ["ResourceQuota ", "ResourceQuota"],
  ["Server policy.linkerd.io", "Server"],
]);

/**
 * Indexes the objects of the input that aren't workloads.
 *
 * @param defaultNamespace the namespace that a later step sets on objects without one; undefined if unknown.
 */
export function indexObjects(objects: readonly KrmObject[], defaultNamespace: string | undefined): ObjectIndex {
  const namespaceOf = (namespace: string | undefined) => namespace ?? defaultNamespace ?? "";
  const byIdentity = new Map<string, Map<string, KrmObject>>();
  for (const object of objects) {
    const key = `${object.group}|${namespaceOf(object.namespace)}|${object.name}`;
    getOrInsert(byIdentity, object.kind, () => new Map()).set(key, object);
  }
  /** Returns a function that lists the objects of a namespace to which `namesOf` gives a name. */
  const listBy = (namesOf: (object: KrmObject) => readonly string[]) => {
    const lists = new Map<string, KrmObject[]>();
    for (const object of objects) {
      for (const name of namesOf(object))
        getOrInsert(lists, `${namespaceOf(object.namespace)}|${name}`, () => []).push(object);
    }
    // Usually there are no such objects, and then computing the key would be wasted.
    return (namespace: string | undefined, name: string): readonly KrmObject[] =>
      (lists.size === 0 ? undefined : lists.get(`${namespaceOf(namespace)}|${name}`)) ?? [];
  };
  const listed = listBy((object) => [listedKinds.get(kindAndGroup(object)) ?? []].flat());
  const autoscalers = listBy((object) => [scaleTarget(object) ?? []].flat());
  const issuers = groupBy(objects.filter(isIssuer), ({ name }) => name);
  return {
    find: (group, kind, namespace, name) => byIdentity.get(kind)?.get(`${group}|${namespaceOf(namespace)}|${name}`),
    writersOfSecret: listBy((object) => [secretWrittenBy(object) ?? []].flat()),
    ingressesUsingSecret: listBy(ingressSecrets),
    autoscalersOf: ({ namespace, kind, name }) => autoscalers(namespace, `${kind}|${name}`),
    issuersByName: (name) => (issuers.get(name) ?? []).map(({ namespace }) => namespace ?? defaultNamespace),
    listByKind: (kind, namespace) => listed(namespace, kind),
    hasOtherNetworkPolicies: objects.some(isOtherNetworkPolicy),
  };
}

function kindAndGroup({ kind, group }: KrmObject): string {
  return `${kind} ${group}`;
}

/** Returns true for a network policy that isn't Kubernetes' own, such as a CiliumNetworkPolicy. */
function isOtherNetworkPolicy(object: KrmObject): boolean {
  return object.kind.endsWith("NetworkPolicy") && !listedKinds.has(kindAndGroup(object));
}

function isIssuer({ kind, group }: KrmObject): boolean {
  return kind === "Issuer" && group === "cert-manager.io";
}

/** Returns the workload that a HorizontalPodAutoscaler scales, as `kind|name`, or undefined for other objects. */
function scaleTarget({ kind, group, value }: KrmObject): string | undefined {
  if (kind !== "HorizontalPodAutoscaler" || group !== "autoscaling") return undefined;
  const target = get(value, "spec", "scaleTargetRef");
  return `${getString(target, "kind")}|${getString(target, "name")}`;
}

/** Returns the names of the TLS Secrets of an Ingress, without duplicates; none for other objects. */
function ingressSecrets(object: KrmObject): readonly string[] {
  if (object.kind !== "Ingress" || !relevantSpecFields.has(kindAndGroup(object))) return [];
  return [...new Set(getList(object.value, "spec", "tls").flatMap((tls) => getString(tls, "secretName") ?? []))];
}

/**
 * Lookups of the objects around the workloads. An omitted namespace means the default namespace. The index is built
 * once per run, so the cost of a run grows linearly with its input.
 */
export interface ObjectIndex {
  /** Returns the object with this identity, or undefined if it is not in the input. */
  find(group: string, kind: string, namespace: string | undefined, name: string): KrmObject | undefined;
  /** Returns the objects that write a Secret: the Secret itself, and Certificates. */
  writersOfSecret(namespace: string | undefined, secretName: string): readonly KrmObject[];
  /** Returns the Ingresses that serve a Secret's certificate. */
  ingressesUsingSecret(namespace: string | undefined, secretName: string): readonly KrmObject[];
  /** Returns the HorizontalPodAutoscalers of a workload. */
  autoscalersOf(workload: Identity): readonly KrmObject[];
  /** Returns the namespace of each cert-manager Issuer with a name. The namespace is undefined if it is unknown. */
  issuersByName(name: string): readonly (string | undefined)[];
  /** Returns the objects of a kind in a namespace: the same array on each call. */
  listByKind(kind: ListedKind, namespace: string | undefined): readonly KrmObject[];
  /** True if there are network policies other than Kubernetes' own. They may allow traffic that those don't. */
  readonly hasOtherNetworkPolicies: boolean;
}

/** The kinds of objects that `ObjectIndex.listByKind` returns. */
export type ListedKind =
  | "AuthorizationPolicy"
  | "LimitRange"
  | "NetworkPolicy"
  | "PeerAuthentication"
  | "ResourceQuota"
  | "Server";
