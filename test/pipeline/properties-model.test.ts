import assert from "node:assert/strict";
import type { Mapping } from "../../src/yaml/value";
import { runWithChanges } from "../support/changes";
import { jaegerConfiguration, type Sidecar } from "../support/configuration-arbitrary";
import { isRefusedForKpt } from "../support/fixture";
import { loadYaml, withoutPrototypes } from "../support/load";
import { firstRun, withoutRecords } from "../support/model";
import { property } from "../support/property";
import { asWritten, resourceList } from "../support/resource-list-arbitrary";

property(
  "a run gives the same objects as an independent model",
  resourceList(asWritten, jaegerConfiguration),
  (list) => {
    const result = runWithChanges(list.text);
    // The model doesn't know comments.
    if (isRefusedForKpt(result)) return false;
    const { stdout, stderr, status, changes } = result;
    const output = loadYaml(stdout) as { items: Mapping[] };
    const input = loadYaml(list.text) as { items: Mapping[]; functionConfig: unknown };
    const expected = firstRun(input.items, input.functionConfig as Sidecar);
    if (expected === "refused") {
      assert.equal(status, 1);
      assert.deepEqual(output.items, input.items);
      return false;
    }
    assert.equal(status, 0, stderr);
    const items = withoutRecords(output.items, list.configuration.metadata.name);
    assert.deepEqual(withoutPrototypes(items), withoutPrototypes(expected.items));
    assert.equal(changes.filter(({ code }) => code === "injected").length, expected.injected);
    return expected.injected > 0;
  },
  0.35,
);
