import type { KrmObject } from "../kube/object";
import { workloadKinds } from "../kube/workload";
import { type Projection, type ProjectionTree, projectionOf } from "../yaml/projection";
import { get, isMapping, type Value } from "../yaml/value";
import { podUsageFields } from "./pod-usage";

/** The fields of `spec` that decide something about a workload, by kind and group; nothing else of an object is kept. */
export const relevantSpecFields: ReadonlyMap<string, readonly string[]> = new Map([
  ["Certificate cert-manager.io", ["secretName"]],
  ["HorizontalPodAutoscaler autoscaling", ["metrics", "scaleTargetRef"]],
  ["Ingress extensions", ["tls"]],
  ["Ingress networking.k8s.io", ["tls"]],
  ["LimitRange ", ["limits"]],
  ["NetworkPolicy networking.k8s.io", ["egress", "podSelector", "policyTypes"]],
  ["PeerAuthentication security.istio.io", ["mtls", "portLevelMtls", "selector"]],
  ["ResourceQuota ", ["hard", "scopeSelector", "scopes"]],
  ["Service ", ["clusterIP", "ports", "type"]],
]);

const entire = (fields: readonly string[]): ProjectionTree =>
  Object.fromEntries(fields.map((field) => [field, "entire"]));

const pod: ProjectionTree = { metadata: "entire", spec: podUsageFields };

/** A pod template at its path within an object. */
const templates = workloadKinds
  .map(({ template }) => template)
  .map((path) => path.reduceRight<ProjectionTree>((within, key) => ({ [key]: within }), pod));

/**
 * As much of any object as decides something while it is left as it is: what is in no shape here need not be kept of an
 * item that is only looked at. `test/pipeline/relevant-fields.test.ts` holds a run with it against one that reads all.
 */
export const relevantFields: Projection = projectionOf(
  [
    entire(["apiVersion", "kind", "metadata"]),
    // ServiceAccounts; ConfigMaps and Secrets.
    entire(["imagePullSecrets", "data", "stringData"]),
    { spec: entire([...relevantSpecFields.values()].flat()) },
    ...templates,
  ].reduce(merged),
);

function merged(one: ProjectionTree, other: ProjectionTree): ProjectionTree {
  const all: { [key: string]: "entire" | ProjectionTree } = { ...one };
  for (const [key, within] of Object.entries(other)) {
    const there = all[key];
    all[key] =
      there === undefined ? within : there === "entire" || within === "entire" ? "entire" : merged(there, within);
  }
  return all;
}

/** What is kept of an object's content: a list is in memory for the whole run, and most of it decides nothing. */
export function contentOf({ group, kind, value }: KrmObject): Value {
  if (kind === "ServiceAccount" && group === "") return pick(value, ["imagePullSecrets"]);
  // The names of the variables that `envFrom` takes from it; what they hold may be secret, and decides nothing.
  if ((kind === "ConfigMap" || kind === "Secret") && group === "") return variableNames(value);
  const fields = relevantSpecFields.get(`${kind} ${group}`);
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
