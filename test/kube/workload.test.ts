import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toObject } from "../../src/kube/object";
import { toWorkload, workloadKinds } from "../../src/kube/workload";
import { labels, podSpec, workload } from "../support/workload-of-kind";

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
