import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type RunResult, run } from "../../src/pipeline/run";
import { absent, anyConfiguration } from "../support/configuration-arbitrary";
import { codesOf } from "../support/fixture";
import { loadYaml } from "../support/load";
import { property } from "../support/property";
import { asWritten, atItsWorst, type ListText, resourceList } from "../support/resource-list-arbitrary";
import { itemsOf, withConfiguration, withoutIndexes } from "../support/sections";

/*
 * The function's promises about the bytes of the items, for any content and any style.
 */

const anyList = fc.oneof(
  { weight: 4, arbitrary: resourceList(asWritten) },
  { weight: 2, arbitrary: resourceList(atItsWorst) },
  { weight: 1, arbitrary: resourceList({ ...asWritten, conflicts: true }) },
);

property("the generated lists are valid YAML", anyList, ({ text, trees }) => {
  const { items } = loadYaml(text) as { items: unknown[] | null };
  assert.equal(items?.length ?? 0, trees.length);
});

property(
  "a second run changes no byte of the items, and a third run changes no byte at all",
  anyList,
  ({ text }) => {
    const first = run(text);
    const second = run(first.stdout);
    assert.equal(second.status, first.status, second.stderr);
    assert.equal(itemsOf(second.stdout), itemsOf(first.stdout));
    // An error message has a line and column of the input, which the results of the previous run have shifted.
    if (first.status === 0) assert.equal(run(second.stdout).stdout, second.stdout);
    return isInjected(first);
  },
  0.25,
);

property(
  "successive changes of the configuration give the same items as the last one alone",
  fc.tuple(anyList, fc.array(anyConfiguration, { minLength: 1, maxLength: 3 })),
  ([list, later]) => {
    let current = run(list.text);
    fc.pre(current.status === 0);
    let changes = 0;
    for (const configuration of later) {
      const again = run(withConfiguration(current.stdout, configuration));
      const directly = run(list.with(configuration));
      assert.equal(again.status, directly.status, again.stderr + directly.stderr);
      if (again.status === 0) {
        changes++;
        current = again;
      }
      const expected = again.status === 0 ? directly.stdout : current.stdout;
      assert.equal(withoutIndexes(itemsOf(again.stdout)), withoutIndexes(itemsOf(expected)));
    }
    return changes > 0;
  },
  0.7,
);

property(
  "state: absent restores the bytes of the original items",
  anyList,
  (list) => {
    const first = run(list.text);
    fc.pre(first.status === 0);
    const { stdout, status, stderr } = run(withConfiguration(first.stdout, absent(list.configuration)));
    assert.equal(status, 0, stderr);
    assert.equal(itemsOf(stdout), list.itemsText);
    return isInjected(first);
  },
  0.3,
);

property(
  "two configurations leave each other's additions alone",
  fc.tuple(anyList, anyConfiguration),
  ([list, configuration]) => {
    const first = run(list.text);
    fc.pre(first.status === 0);
    const other = { ...configuration, metadata: { name: "other" } };
    const both = run(withConfiguration(first.stdout, other));
    if (both.status === 1) {
      assert.equal(itemsOf(both.stdout), itemsOf(first.stdout));
      return false;
    }
    const without = run(withConfiguration(both.stdout, absent(other)));
    assert.equal(itemsOf(without.stdout), itemsOf(first.stdout));
    const onlyOther = run(withConfiguration(both.stdout, absent(list.configuration)));
    assert.equal(onlyOther.status, 0, onlyOther.stderr);
    const neither = run(withConfiguration(onlyOther.stdout, absent(other)));
    assert.equal(itemsOf(neither.stdout), list.itemsText);
    return true;
  },
  0.2,
);

property(
  "an error leaves every byte of the items unchanged and has a message",
  fc.oneof(anyList, resourceList({ ...asWritten, conflicts: true })),
  (list) => {
    const { stdout, stderr, status } = run(list.text);
    if (status === 0) return false;
    assert.equal(itemsOf(stdout), list.itemsText);
    assert.match(stderr, /^(?:(?:error|warning): .*\n)+$/);
    const { results } = loadYaml(stdout) as { results: { severity: string }[] };
    assert.ok(results.some(({ severity }) => severity === "error"));
    return true;
  },
  0.25,
);

property(
  "an item that isn't a workload stays unchanged, byte for byte, in its position",
  anyList,
  (list) => {
    const { stdout } = run(list.text);
    const untouched = list.items.filter((_, i) => !isWorkload(list, i));
    let from = 0;
    for (const item of untouched) {
      const at = stdout.indexOf(item, from);
      assert.ok(at >= 0);
      from = at + item.length;
    }
    return untouched.length > 0;
  },
  0.7,
);

property(
  "a workload only grows: it loses no character except nulls and empty collections",
  anyList,
  (list) => {
    const result = run(list.text);
    const items = itemsOf(result.stdout);
    const original = list.itemsText.replace(/\bnull\b|\bNull\b|\bNULL\b|~|\[\s*\]|\{\s*\}|\s/g, "");
    let at = -1;
    for (const char of original) {
      at = items.indexOf(char, at + 1);
      assert.ok(at >= 0);
    }
    return isInjected(result);
  },
  0.25,
);

property(
  "additions have the line endings of the list",
  anyList,
  ({ text }) => {
    fc.pre(text.includes("\r\n") && !loneLineFeed.test(text));
    const result = run(text);
    assert.doesNotMatch(result.stdout, loneLineFeed);
    return isInjected(result);
  },
  0.2,
);

/** Reports whether a workload has the agent after a run. */
function isInjected(result: RunResult): boolean {
  return codesOf(result).includes("managed");
}

const loneLineFeed = /(?:^|[^\r])\n/;

const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod", "Rollout"];

function isWorkload(list: ListText, index: number): boolean {
  return workloadKinds.includes((list.trees[index] as { kind: string }).kind);
}
