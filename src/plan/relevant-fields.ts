import type { KrmObject } from "../kube/object";
import { workloadKinds } from "../kube/workload";
import { type Projection, type ProjectionTree, projectionOf } from "../yaml/projection";
import { get, getMapping, type Value } from "../yaml/value";
import { podUsageFields } from "./pod-usage";

/**
 * The fields of `spec` that affect the plan of a workload, by `Kind group` (with a trailing space for the core group).
 * Nothing else of an object's content is kept.
 */
export const relevantSpecFields: ReadonlyMap<string, readonly string[]> = new Map([
  ["AuthorizationPolicy security.istio.io", ["action", "rules", "selector", "targetRef", "targetRefs"]],
  ["Certificate cert-manager.io", ["secretName"]],
  ["HorizontalPodAutoscaler autoscaling", ["metrics", "scaleTargetRef"]],
  ["Ingress extensions", ["tls"]],
  ["Ingress networking.k8s.io", ["tls"]],
  ["LimitRange ", ["limits"]],
  ["NetworkPolicy networking.k8s.io", ["egress", "ingress", "podSelector", "policyTypes"]],
  ["PeerAuthentication security.istio.io", ["mtls", "portLevelMtls", "selector"]],
  ["ResourceQuota ", ["hard", "scopeSelector", "scopes"]],
  // Only whether there is one.
  ["Server policy.linkerd.io", []],
  ["Service ", ["clusterIP", "ports", "type"]],
]);

const entire = (fields: readonly string[]): ProjectionTree =>
  Object.fromEntries(fields.map((field) => [field, "entire"]));

const pod: ProjectionTree = { metadata: "entire", spec: podUsageFields };

/** The fields of a pod template, at each path that a pod template can have in an object. */
const templates = workloadKinds
  .map(({ template }) => template)
  .map((path) => path.reduceRight<ProjectionTree>((within, key) => ({ [key]: within }), pod));

/**
 * The fields of any object that can affect the result while the object itself doesn't change. The rest of an item that
 * is only read isn't kept. `test/pipeline/relevant-fields.test.ts` compares runs with this projection to runs that read
 * everything.
 */
export const relevantFields: Projection = projectionOf(
  [
    entire(["apiVersion", "kind", "metadata"]),
    // The pull secrets of ServiceAccounts, and the data of ConfigMaps and Secrets.
    entire(["imagePullSecrets", "data", "stringData"]),
    { spec: entire([...relevantSpecFields.values()].flat()) },
    ...templates,
  ].reduce(merge),
);

function merge(one: ProjectionTree, other: ProjectionTree): ProjectionTree {
  const merged: { [key: string]: "entire" | ProjectionTree } = { ...one };
  for (const [key, added] of Object.entries(other)) {
    const existing = merged[key];
    if (existing === undefined) merged[key] = added;
    else merged[key] = existing === "entire" || added === "entire" ? "entire" : merge(existing, added);
  }
  return merged;
}

/**
 * Returns the part of an object's content that a run keeps; null if none. Objects stay in memory for the whole run, and
 * most of their content affects nothing.
 */
export function contentOf({ group, kind, value }: KrmObject): Value {
  if (kind === "ServiceAccount" && group === "") return pick(value, ["imagePullSecrets"]);
  if (kind === "ConfigMap" && group === "") return variables(value, maxVariableLength);
  // Only the names of its variables. Their values are secret and affect nothing.
  if (kind === "Secret" && group === "") return variables(value, 0);
  const fields = relevantSpecFields.get(`${kind} ${group}`);
  if (fields === undefined) return null;
  const spec = pick(get(value, "spec"), fields);
  return hasAtMost(spec, maxValues) ? { spec } : null;
}

/** Far more values than an object of these kinds has. An object that aliases expand beyond this is ignored. */
const maxValues = 100_000;

function hasAtMost(value: Value, most: number): boolean {
  let remaining = most;
  const walk = (nested: Value): boolean => {
    remaining--;
    return remaining >= 0 && (typeof nested !== "object" || nested === null || Object.values(nested).every(walk));
  };
  return walk(value);
}

function pick(value: Value | undefined, fields: readonly string[]): Value {
  const present = fields.map((field) => [field, get(value, field)] as const);
  return Object.fromEntries(present.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

/** In UTF-16 code units. Longer values, such as files, aren't kept: they are no endpoints. */
const maxVariableLength = 2000;

/** Returns the data of a ConfigMap or Secret. A value that isn't a text, or longer than `maxLength`, becomes null. */
function variables(value: Value, maxLength: number): Value {
  const parts = ["data", "stringData"].map((field) => {
    const kept = Object.entries(getMapping(value, field)).map(([name, text]) => [
      name,
      typeof text === "string" && text.length <= maxLength ? text : null,
    ]);
    return [field, Object.fromEntries(kept)] as const;
  });
  return Object.fromEntries(parts);
}
