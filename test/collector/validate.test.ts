import assert from "node:assert/strict";
import { test } from "node:test";
import { get, type Mapping } from "../../src/yaml/value";
import { lacks, run as runProgram } from "../hosts/support";
import { fixtureNames, inputOf, readFixture } from "../support/fixture";
import { argsOf, environmentOf, type PodFields } from "../support/kubelet";
import { containersOf, isCollector, otelcol, rendered } from "./support";

/*
 * The real Collector accepts every configuration that the fixtures render, with the arguments and environment that the
 * kubelet derives from the pod template.
 */

const fields: PodFields = {
  "metadata.name": "web-5d4f6c7b8-x2x2x",
  "metadata.namespace": "shop",
  "metadata.labels['app.kubernetes.io/version']": "1.10",
  "metadata.annotations['example.com/note']": "as it is",
};

/** Fixtures for older versions, whose configuration the current Collector no longer reads in the same way. */
const outdated: readonly string[] = ["otelcol-before-readers"];

const names = fixtureNames.filter(
  (name) => name.startsWith("otelcol") && !outdated.includes(name) && readFixture(name, "expected.yaml") !== undefined,
);

test("there are fixtures with the Collector", () => assert.ok(names.length >= 8, String(names.length)));

for (const name of names) {
  test(name, (t) => {
    if (lacks(t, otelcol)) return;
    const collectors = rendered(inputOf(name)).flatMap((item) => containersOf(podSpecOf(item)).filter(isCollector));
    assert.ok(collectors.length > 0);
    for (const container of collectors) {
      const variables = environmentOf(container, fields);
      const env = Object.fromEntries(variables);
      const { status, stderr } = runProgram(otelcol, ["validate", ...argsOf(container, variables)], { env });
      assert.equal(status, 0, stderr);
    }
  });
}

test("an invalid configuration is rejected", (t) => {
  if (lacks(t, otelcol)) return;
  const env = { OTELCOL_CONFIG: '{"receivers": {"otlp": {"protocls": {}}}}' };
  assert.notEqual(runProgram(otelcol, ["validate", "--config=env:OTELCOL_CONFIG"], { env }).status, 0);
});

function podSpecOf(workload: Mapping) {
  return get(workload, "spec", "template", "spec");
}
