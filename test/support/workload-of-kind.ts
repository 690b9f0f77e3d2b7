import assert from "node:assert/strict";
import { toObject } from "../../src/kube/object";
import { toWorkload, type Workload, workloadKinds } from "../../src/kube/workload";
import type { Mapping } from "../../src/yaml/value";

export const labels = { app: "web" };
export const podSpec = { containers: [{ name: "web", image: "shop/web:1.0" }] };

/** Returns an object of a kind, with the pod template where that kind has it. */
export function objectOf({ group, kind, template }: (typeof workloadKinds)[number], parts: Mapping = {}): Mapping {
  const pod = { metadata: { labels }, spec: podSpec };
  const version = group === "" ? "v1" : `${group}/v1`;
  const metadata = { name: "web", namespace: "shop" };
  if (template.length === 0) return { apiVersion: version, kind, ...pod, metadata: { ...metadata, labels }, ...parts };
  const spec = template.slice(1).reduceRight<Mapping>((inner, key) => ({ [key]: inner }), pod);
  return { apiVersion: version, kind, metadata, spec: { ...spec, ...required[kind] }, ...parts };
}

const selector = { matchLabels: labels };

/** The fields that the API requires in a kind's spec in addition to the pod template. */
const required: { readonly [kind: string]: Mapping } = {
  Deployment: { selector },
  StatefulSet: { selector, serviceName: "web" },
  DaemonSet: { selector },
  ReplicaSet: { selector },
  CronJob: { schedule: "0 3 * * *" },
  Rollout: { selector },
};

/** Returns the workload of a kind, with these top-level fields instead of the usual ones. */
export function workload(kind: string, parts: Mapping = {}): Workload {
  const workloadKind = workloadKinds.find((candidate) => candidate.kind === kind);
  assert.ok(workloadKind !== undefined);
  const converted = toWorkload(toObject(objectOf(workloadKind, parts)));
  assert.ok(converted !== undefined);
  return converted;
}
