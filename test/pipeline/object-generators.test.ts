import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run } from "../../src/pipeline/run";
import { objectGenerators } from "../../src/plan/objects/index";
import { generatedMetadata } from "../../src/plan/objects/metadata";
import type { ObjectGenerator } from "../../src/plan/objects/object-generator";
import { changeCodesOf } from "../support/changes";
import { codesOf, inputOf, splitResults } from "../support/fixture";

/*
 * A new kind of generated object is a file and a line in the table of generators. The tests add one for their own time.
 */

const serviceMonitor: ObjectGenerator = {
  group: "monitoring.coreos.com",
  kind: "ServiceMonitor",
  nameField: "metadata.name",
  generate: ({ workload, ownership, parts }) => ({
    object: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: generatedMetadata(ownership, workload.object.namespace, {
        name: workload.object.name,
        labels: {},
        annotations: {},
      }),
      spec: { endpoints: [{ port: parts.metricsPort }] },
    },
  }),
};

/** Generates an object for each namespace. */
const prometheusRule: ObjectGenerator = {
  group: "monitoring.coreos.com",
  kind: "PrometheusRule",
  nameField: "metadata.name",
  generateForNamespace: ({ ownNamespace, ownership }) => ({
    object: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: generatedMetadata(ownership, ownNamespace, { name: "tracing", labels: {}, annotations: {} }),
      spec: { groups: [] },
    },
  }),
};

/**
 * Runs a function with one more generator for workloads, and one for namespaces. It must be synchronous, because other tests of
 * this process use the same list of generators.
 */
function withServiceMonitor<T>(work: () => T): T {
  const generators = objectGenerators as ObjectGenerator[];
  generators.push(serviceMonitor, prometheusRule);
  try {
    return work();
  } finally {
    generators.splice(-2);
  }
}

const input = inputOf("article");
const absent = (list: string) => list.replace(/^( +)(?=collector:)/m, (indent) => `${indent}state: absent\n${indent}`);

describe("objects of a new generator", () => {
  const first = withServiceMonitor(() => run(input));

  test("are generated", () => {
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /^ {2}kind: ServiceMonitor$/m);
    assert.match(first.stdout, /^ {2}kind: PrometheusRule$/m);
  });

  test("are recognized by the next run, which changes nothing", () => {
    const second = withServiceMonitor(() => run(first.stdout));
    assert.equal(second.status, 0, second.stderr);
    assert.equal(splitResults(second.stdout).rest, splitResults(first.stdout).rest);
  });

  test("are removed with everything else", () => {
    const removed = withServiceMonitor(() => run(absent(first.stdout)));
    assert.equal(removed.status, 0, removed.stderr);
    assert.equal(splitResults(removed.stdout).rest, splitResults(absent(input)).rest);
    const codes = withServiceMonitor(() => changeCodesOf(absent(first.stdout)));
    assert.equal(codes.filter((code) => code === "pruned").length, 4);
  });

  test("conflict with an object of the same name that isn't managed by the function", () => {
    const existing =
      "items:\n- apiVersion: monitoring.coreos.com/v1\n  kind: ServiceMonitor\n  metadata:\n    name: example-hotrod\n";
    const conflicting = withServiceMonitor(() => run(input.replace(/^items:\n/m, existing)));
    assert.equal(conflicting.status, 1);
    assert.ok(codesOf(conflicting).includes("conflict-object"));
  });
});
