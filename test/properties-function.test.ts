import assert from "node:assert/strict";
import * as fc from "fast-check";
import { run } from "../src/function";
import { absent, anyConfiguration } from "./support/configuration-arbitrary";
import { loadYaml } from "./support/load";
import { property } from "./support/property";
import { asWritten, atItsWorst, type ListText, resourceList } from "./support/resource-list-arbitrary";
import { itemsOf, withConfiguration } from "./support/sections";

/*
 * What the function promises of the items' bytes, whatever is in them and however they are written.
 */

const anyList = fc.oneof(
  { weight: 4, arbitrary: resourceList(asWritten) },
  { weight: 2, arbitrary: resourceList(atItsWorst) },
  { weight: 1, arbitrary: resourceList({ ...asWritten, clashes: true }) },
);

property("the lists of these properties are YAML", anyList, ({ text, trees }) => {
  const { items } = loadYaml(text) as { items: unknown[] | null };
  assert.equal(items?.length ?? 0, trees.length);
});

property("a second run changes no byte of the items, and a third none at all", anyList, ({ text }) => {
  const first = run(text);
  const second = run(first.stdout);
  assert.equal(second.status, first.status, second.stderr);
  assert.equal(itemsOf(second.stdout), itemsOf(first.stdout));
  // A message of an error names a line and column of the input, which the results of the run before moved.
  if (first.status === 0) assert.equal(run(second.stdout).stdout, second.stdout);
});

property(
  "a changed configuration gives what a first run with it would have given",
  fc.tuple(anyList, anyConfiguration),
  ([list, later]) => {
    const first = run(list.text);
    fc.pre(first.status === 0);
    const again = run(withConfiguration(first.stdout, later));
    const directly = run(list.with(later));
    assert.equal(again.status, directly.status, again.stderr + directly.stderr);
    if (directly.status === 0) assert.equal(itemsOf(again.stdout), itemsOf(directly.stdout));
    else assert.equal(itemsOf(again.stdout), itemsOf(first.stdout));
  },
);

property("state absent gives the bytes of the original items back", anyList, (list) => {
  const first = run(list.text);
  fc.pre(first.status === 0);
  const { stdout, status, stderr } = run(withConfiguration(first.stdout, absent(list.configuration)));
  assert.equal(status, 0, stderr);
  assert.equal(itemsOf(stdout), list.itemsText);
});

property("an error leaves every byte of the items as it came, and says why", anyList, (list) => {
  const { stdout, stderr, status } = run(list.text);
  if (status === 0) return;
  assert.equal(itemsOf(stdout), list.itemsText);
  assert.match(stderr, /^(?:(?:error|warning): .*\n)+$/);
  const { results } = loadYaml(stdout) as { results: { severity: string }[] };
  assert.ok(results.some(({ severity }) => severity === "error"));
});

property("an item that is no selected workload comes out byte for byte, in its place", anyList, (list) => {
  const { stdout } = run(list.text);
  const untouched = list.items.filter((_, i) => !isWorkload(list, i));
  let from = 0;
  for (const item of untouched) {
    const at = stdout.indexOf(item, from);
    assert.ok(at >= 0);
    from = at + item.length;
  }
});

property("a workload only grows: no character of it goes, but for what says that nothing is there", anyList, (list) => {
  const { stdout } = run(list.text);
  const items = itemsOf(stdout);
  const original = list.itemsText.replace(/\bnull\b|\bNull\b|\bNULL\b|~|\[\s*\]|\{\s*\}|\s/g, "");
  let at = -1;
  for (const char of original) {
    at = items.indexOf(char, at + 1);
    assert.ok(at >= 0);
  }
});

function isWorkload(list: ListText, index: number): boolean {
  return (list.trees[index] as { kind?: string }).kind === "Deployment";
}
