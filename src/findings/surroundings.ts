import type { Identity, KrmObject } from "../kube/object";

/** The objects around the workloads, found by what they are; built once, so that a run stays in line with its input. */
export interface Surroundings {
  find(group: string, kind: string, namespace: string | undefined, name: string): KrmObject | undefined;
  /** What writes a Secret: the Secret itself, or a Certificate. */
  producersOf(namespace: string | undefined, secretName: string): readonly KrmObject[];
  /** The Ingresses that show a Secret's certificate. */
  ingressesReading(namespace: string | undefined, secretName: string): readonly KrmObject[];
  /** The HorizontalPodAutoscalers of a workload. */
  autoscalersOf(workload: Identity): readonly KrmObject[];
  /** The Issuers of a name, with the namespaces that they will be in; undefined: unknown. */
  issuersNamed(name: string): readonly (string | undefined)[];
  /** The objects of a kind in a namespace: the same list each time. */
  of(kind: ListedKind, namespace: string | undefined): readonly KrmObject[];
  /** There are network policies of a kind other than Kubernetes' own: what they allow adds to that. */
  readonly hasOtherNetworkPolicies: boolean;
}

/** Kinds that are looked at by the namespace. */
export type ListedKind = "LimitRange" | "NetworkPolicy" | "PeerAuthentication" | "ResourceQuota";
