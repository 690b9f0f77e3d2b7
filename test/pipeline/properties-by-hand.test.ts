import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { YAMLException } from "js-yaml";
import { run } from "../../src/pipeline/run";
import { get, isMapping, type Value } from "../../src/yaml/value";
import {
  addedByHand,
  changedByHand,
  deletedByHand,
  isByHand,
  commentedByHand,
  addedLines,
  spots,
  withoutAdditions,
} from "../support/by-hand";
import { absent, anyConfiguration } from "../support/configuration-arbitrary";
import { loadYaml, withoutPrototypes } from "../support/load";
import { withoutRecords } from "../support/model";
import { property } from "../support/property";
import { type ListOptions, type ListText, resourceList } from "../support/resource-list-arbitrary";
import { itemsOf, withConfiguration } from "../support/sections";

/*
 * Files that the function wrote are files that people edit. In block style, so that the edits can be of lines.
 */

const inBlocks: ListOptions = { blockOnly: true, quirks: ["empty-value"] };

property(
  "what a user adds behind the function's own stays, and nothing of the function's does",
  fc.tuple(resourceList(inBlocks), anyConfiguration, spots),
  ([original, later, at]) => {
    const first = run(original.text);
    fc.pre(first.status === 0);
    const byHand = addedByHand(first.stdout, at);
    fc.pre(byHand.count > 0);
    const second = run(withConfiguration(byHand.text, later));
    if (second.status === 1) {
      assert.equal(itemsOf(second.stdout), itemsOf(byHand.text));
      return;
    }
    assert.equal(itemsOf(run(second.stdout).stdout), itemsOf(second.stdout));

    const last = run(withConfiguration(second.stdout, absent(later)));
    if (last.status === 1) {
      assert.match(last.stderr, /cannot be taken out: the comment behind it would become text of the block scalar/);
      return;
    }
    assert.doesNotMatch(
      itemsOf(last.stdout),
      /tracing-sidecar\.dev\/(?:injected|owner)|jaegertracing|opentelemetry-collector|--reporter/,
    );
    assert.equal(itemsOf(last.stdout).split("mine-").length - 1, byHand.count);
    assert.deepEqual(valueOfItems(last.stdout), valueOfItems(original.text));
    if (!hasIds(original)) mustHaveKeptLines(itemsOf(last.stdout), original.itemsText);
  },
);

property(
  "what a user changes in the function's own is set back",
  fc.tuple(resourceList(inBlocks), fc.array(fc.nat(), { minLength: 1, maxLength: 3 })),
  ([original, where]) => {
    const first = run(original.text);
    fc.pre(first.status === 0);
    const byHand = changedByHand(first.stdout, where);
    fc.pre(byHand !== undefined);
    const second = run(byHand as string);
    assert.equal(second.status, 0, second.stderr);
    assert.equal(itemsOf(second.stdout), itemsOf(first.stdout));
  },
);

property(
  "what of the function's own a user deletes comes back",
  fc.tuple(resourceList(inBlocks), fc.array(fc.nat(), { minLength: 1, maxLength: 2 })),
  ([original, where]) => {
    const first = run(original.text);
    fc.pre(first.status === 0);
    const byHand = deletedByHand(first.stdout, where);
    fc.pre(byHand !== undefined);
    const second = run(byHand as string);
    assert.equal(second.status, 0, second.stderr);
    assert.deepEqual(valueOfItems(second.stdout), valueOfItems(first.stdout));
    assert.equal(itemsOf(run(second.stdout).stdout), itemsOf(second.stdout));
  },
);

property(
  "comments and empty lines that a user puts anywhere change nothing",
  fc.tuple(resourceList(inBlocks), anyConfiguration, addedLines),
  ([original, later, all]) => {
    const first = run(original.text);
    fc.pre(first.status === 0);
    const byHand = commentedByHand(first.stdout, all);
    fc.pre(readsAs(byHand, valueOfItems(first.stdout)));
    assert.equal(itemsOf(run(byHand).stdout), itemsOf(byHand));
    for (const configuration of [later, absent(original.configuration)]) {
      const second = run(withConfiguration(byHand, configuration));
      const directly = run(original.with(configuration));
      if (second.status === 1 && /would become text of the block scalar/.test(second.stderr)) continue;
      assert.equal(second.status, directly.status, second.stderr);
      if (second.status === 0) assert.deepEqual(valueOfItems(second.stdout), valueOfItems(directly.stdout));
    }
  },
);

/** Not so where a comment came to stand within a scalar of several lines. */
function readsAs(text: string, items: Value): boolean {
  try {
    return isDeepStrictEqual(valueOfItems(text), items);
  } catch (error) {
    if (error instanceof YAMLException) return false;
    throw error;
  }
}

/**
 * Without the records, which tell of a collection that the user left empty; and without the ids, which the function
 * leaves out of an item in which kpt would move comments.
 */
function valueOfItems(text: string): Value {
  const { items } = loadYaml(text) as { items: Value[] };
  return withoutPrototypes(withoutAdditions(withoutIds(withoutRecords(items, "tracing"))));
}

function withoutIds(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !idAnnotation.test(key));
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutIds(entry)]));
}

const idAnnotation = /^(?:internal\.config\.kubernetes\.io|config\.k8s\.io)\/id$/;

/** By their value: a key can be written with escapes. */
function hasIds({ text }: ListText): boolean {
  return (loadYaml(text) as { items: Value[] }).items.some((item) =>
    Object.keys(get(item, "metadata", "annotations") ?? {}).some((key) => idAnnotation.test(key)),
  );
}

/** Lines that are left over were there before, are the user's, or were made to hold the user's. */
function mustHaveKeptLines(text: string, original: string): void {
  const before = original.split(/\r?\n/);
  let next = 0;
  for (const line of text.split(/\r?\n/).filter((one) => !isByHand(one))) {
    if (line === before[next]) next++;
    else assert.match(line, /^(?: *(?:env|volumes|imagePullSecrets|initContainers):)?$/);
  }
  assert.equal(next, before.length);
}
