import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toObject } from "../../src/kube/object";
import { containerEnv } from "../../src/plan/app/container-env";
import { indexObjects } from "../../src/plan/object-index";
import { contentOf } from "../../src/plan/relevant-fields";
import type { Mapping, Value } from "../../src/yaml/value";

/** Returns the values of a container's variables, given the objects of the input. */
function valuesOf(container: Value, ...objects: readonly Mapping[]): object {
  const { variables, unknownSources } = envOf(container, ...objects);
  const values = [...variables].map(([name, { value }]) => [name, value]);
  return { ...Object.fromEntries(values), ...(unknownSources.length === 0 ? {} : { unknownSources }) };
}

function envOf(container: Value, ...objects: readonly Mapping[]) {
  const kept = objects.map(toObject).map((object) => ({ ...object, value: contentOf(object) }));
  return containerEnv(container, [], { namespace: "shop", find: indexObjects(kept, undefined).find });
}

const object = (kind: string, name: string, data: Mapping): Mapping => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace: "shop" },
  data,
});
const from = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
const fromKey = (name: string, key: string) => ({ valueFrom: { configMapKeyRef: { name, key } } });

describe("the environment of a container", () => {
  test("has references and escapes expanded, and leaves open what only the cluster knows", () => {
    const env = [
      { name: "A", value: "a" },
      { name: "B", value: "$(A)-$$(A)-$A" },
      { name: "C", value: "$(LATER)" },
      { name: "LATER", value: "l" },
      { name: "D", ...from("status.podIP") },
      { name: "E", ...from("metadata.name") },
      { name: "F" },
      { name: "G", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      "not an entry",
    ];
    assert.deepEqual(valuesOf({ env }), {
      A: "a",
      B: "a-$(A)-$A",
      C: undefined,
      LATER: "l",
      D: "status.podIP",
      E: undefined,
      F: "",
      G: undefined,
    });
  });

  test("has the values of ConfigMaps in the input", () => {
    const container = {
      envFrom: [{ configMapRef: { name: "cfg" } }, { prefix: "P_", configMapRef: { name: "cfg" } }],
      env: [
        { name: "B", value: "own" },
        { name: "C", ...fromKey("cfg", "A") },
        { name: "D", ...fromKey("cfg", "missing") },
        { name: "E", ...fromKey("elsewhere", "A") },
        { name: "F", value: "$(P_A)" },
      ],
    };
    assert.deepEqual(valuesOf(container, object("ConfigMap", "cfg", { A: "a", B: "b", "a-file": "x".repeat(3000) })), {
      A: "a",
      B: "own",
      "a-file": undefined,
      P_A: "a",
      P_B: "b",
      "P_a-file": undefined,
      C: "a",
      D: undefined,
      E: undefined,
      F: "a",
    });
  });

  test("has the names of a Secret's variables, but not their values", () => {
    const container = { envFrom: [{ secretRef: { name: "s" } }, { secretRef: { name: "elsewhere" } }] };
    assert.deepEqual(valuesOf(container, object("Secret", "s", { A: "YQ==" })), {
      A: undefined,
      unknownSources: ['Secret "elsewhere"'],
    });
  });

  test("says which field and which object set a variable", () => {
    const container = { envFrom: [{ configMapRef: { name: "cfg" } }], env: [{ name: "C", ...fromKey("cfg", "A") }] };
    const { variables } = envOf(container, object("ConfigMap", "cfg", { A: "a" }));
    assert.deepEqual(Object.fromEntries(variables), {
      A: { value: "a", source: 'ConfigMap "cfg"', field: "envFrom" },
      C: { value: "a", source: 'ConfigMap "cfg"', field: "env" },
    });
  });
});
