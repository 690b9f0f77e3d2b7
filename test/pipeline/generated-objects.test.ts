import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type KrmObject, toObject } from "../../src/kube/object";
import type { LocatedObject } from "../../src/pipeline/classify-items";
import {
  type GenerationSource,
  generatedForPrivateCa,
  generatedForWorkloads,
  matchGenerated,
  withoutPruning,
} from "../../src/pipeline/generated-objects";
import type { Mapping } from "../../src/yaml/value";

/*
 * Which objects a configuration generated before, and what happens to each.
 */

/** An object, with its place in a file if it has one. */
interface Described {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly owner?: string;
  readonly source?: string;
  /** `PATH:INDEX`. */
  readonly place?: string;
}

const certManager = "cert-manager.io/v1";

function described({
  apiVersion = certManager,
  kind = "Certificate",
  name = "web",
  namespace = "shop",
  owner = "tracing",
  source = "Deployment/web",
  place,
}: Described): Mapping {
  const [path, index] = place?.split(":") ?? [];
  const file =
    path === undefined ? {} : { "config.kubernetes.io/path": path, "config.kubernetes.io/index": index as string };
  const ownership = { "tracing-sidecar.dev/owner": owner, "tracing-sidecar.dev/for": source };
  return { apiVersion, kind, metadata: { name, namespace, annotations: { ...ownership, ...file } } };
}

const objectOf = (parts: Described): KrmObject => toObject(described(parts));

describe("an object is recognized as generated for a workload", () => {
  const cases: [string, Described, boolean][] = [
    ["if it names the configuration and the workload", {}, true],
    ["but not for another configuration", { owner: "other" }, false],
    ["but not if it is of a kind that is never generated", { apiVersion: "v1", kind: "ConfigMap" }, false],
    ["but not if the kind is of another group", { apiVersion: "example.com/v1" }, false],
    ["but not if another kind is of the same group", { kind: "Issuer" }, false],
    ["but not if a PrivateCA with the same name generated it", { source: "PrivateCA/tracing" }, false],
  ];
  for (const [name, parts, expected] of cases)
    test(name, () => assert.equal(generatedForWorkloads("tracing")(objectOf(parts)), expected));

  test("but not if it doesn't say for what", () => {
    const object = { ...described({}), metadata: { annotations: { "tracing-sidecar.dev/owner": "tracing" } } };
    assert.equal(generatedForWorkloads("tracing")(toObject(object)), false);
  });
});

describe("an object is recognized as generated for a PrivateCA", () => {
  const cases: [string, Described, boolean][] = [
    ["if it names the PrivateCA", { source: "PrivateCA/tracing" }, true],
    ["but not if it is for a workload", {}, false],
    ["but not for another PrivateCA", { source: "PrivateCA/tracing", owner: "other" }, false],
    ["but not if it is of another kind", { source: "PrivateCA/tracing", kind: "Issuer" }, false],
    ["but not if the kind is of another group", { source: "PrivateCA/tracing", apiVersion: "example.com/v1" }, false],
  ];
  for (const [name, parts, expected] of cases)
    test(name, () => assert.equal(generatedForPrivateCa("tracing")(objectOf(parts)), expected));
});

const item = { text: "", offset: 0, source: { text: "", path: "a.yaml", form: "document", column: 0 } } as const;
const located = (parts: Described, index: number): LocatedObject => ({ item, index, object: objectOf(parts) });

/** A workload's objects. The workload is the first item of the list, and the first object of `a.yaml`. */
function sourceOf(...objects: readonly Described[]): GenerationSource {
  const object = objectOf({ apiVersion: "apps/v1", kind: "Deployment", place: "a.yaml:0" });
  return { object, after: { item, index: 0 }, objects: objects.map(described) };
}

describe("a generated object", () => {
  test("is updated if it exists, and deleted if it is no longer needed", () => {
    const [kept, surplus] = [located({}, 1), located({ kind: "PodMonitor" }, 2)];
    const { create, update, prune } = matchGenerated([sourceOf({})], [kept, surplus], []);
    assert.deepEqual([create, update.map(({ existing }) => existing), prune], [[], [kept], [surplus]]);
  });

  test("that is new goes after its workload, or after the object before it in the same file", () => {
    const source = sourceOf({}, { kind: "PodMonitor" });
    const afterOf = (existing: LocatedObject) =>
      matchGenerated([source], [existing], []).create.map(({ after }) => after?.index);
    assert.deepEqual(afterOf(located({ place: "a.yaml:1" }, 7)), [7]);
    assert.deepEqual(afterOf(located({ place: "b.yaml:1" }, 7)), [0]);
  });

  test("that is new gets the lowest index of its file that is free", () => {
    const others: Described[] = [{ place: "a.yaml:1" }, { place: "a.yaml:3" }, { place: "b.yaml:2" }, {}];
    const desired = ["one", "two", "three"].map((name) => ({ name }));
    const { create } = matchGenerated([sourceOf(...desired)], [], others.map(objectOf));
    assert.deepEqual(
      create.map(({ index }) => index),
      [2, 4, 5],
    );
  });
});

test("without pruning, only an object whose name another one takes is deleted", () => {
  const existing = [
    located({ source: "Deployment/old" }, 1),
    located({ source: "Deployment/old", kind: "PodMonitor" }, 2),
    located({ source: "Deployment/old", name: "old" }, 3),
    located({ source: "Deployment/old", namespace: "other" }, 4),
  ];
  const actions = matchGenerated([sourceOf({})], existing, []);
  assert.deepEqual(actions.prune, existing);
  assert.deepEqual(withoutPruning(actions), { ...actions, prune: existing.slice(0, 1) });
});
