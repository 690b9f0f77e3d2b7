import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toObject } from "../../src/kube/object";
import { toWorkload, type Workload, workloadKinds } from "../../src/kube/workload";
import type { Mapping } from "../../src/yaml/value";

const labels = { app: "web" };
const podSpec = { containers: [{ name: "web", image: "shop/web:1.0" }] };

/** Returns an object of a kind, with the pod template where that kind has it. */
function objectOf({ group, kind, template }: (typeof workloadKinds)[number], parts: Mapping = {}): Mapping {
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

function workload(kind: string, parts: Mapping = {}): Workload {
  const workloadKind = workloadKinds.find((candidate) => candidate.kind === kind);
  assert.ok(workloadKind !== undefined);
  const converted = toWorkload(toObject(objectOf(workloadKind, parts)));
  assert.ok(converted !== undefined);
  return converted;
}

describe("reads the pod template", () => {
  for (const kind of workloadKinds) {
    test(`of a ${kind.kind}`, () => {
      const { podLabels, podSpec: actualPodSpec } = workload(kind.kind);
      assert.deepEqual({ ...podLabels }, labels);
      assert.deepEqual(actualPodSpec, podSpec);
    });
  }
});

describe("does not treat as a workload", () => {
  const others: [string, string][] = [
    ["extensions/v1beta1", "Deployment"],
    ["v1", "Deployment"],
    ["batch.volcano.sh/v1alpha1", "Job"],
    ["apps/v1", "Pod"],
    ["v1", "ReplicationController"],
  ];
  for (const [apiVersion, kind] of others) {
    test(`a ${kind} of ${apiVersion}`, () => {
      assert.equal(toWorkload(toObject({ apiVersion, kind, metadata: { name: "web" } })), undefined);
    });
  }
});
