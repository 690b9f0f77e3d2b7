import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { run } from "../../src/pipeline/run";
import { YAMLException } from "../../src/yaml/generated/parse-events";
import { get, isMapping, type Value } from "../../src/yaml/value";
import {
  addedByHand,
  addedLines,
  changedByHand,
  commentedByHand,
  deletedByHand,
  isByHand,
  spots,
  withoutAdditions,
} from "../support/by-hand";
import { absent, anyConfiguration } from "../support/configuration-arbitrary";
import { isRefusedForKpt } from "../support/fixture";
import { loadYaml, withoutPrototypes } from "../support/load";
import { withoutRecords } from "../support/model";
import { property } from "../support/property";
import { type ListOptions, type ListText, resourceList } from "../support/resource-list-arbitrary";
import { itemsOf, withConfiguration, withoutIndexes } from "../support/sections";

/*
 * Users edit the files that the function wrote. The lists are in block style, so that the edits can work on lines.
 */

const inBlocks: ListOptions = { blockOnly: true, quirks: ["empty-value"] };

property(
  "removal keeps what a user added after managed elements, and nothing else",
  fc.tuple(resourceList(inBlocks), anyConfiguration, spots),
  ([original, later, at]) => {
    const first = run(original.text);
    fc.pre(first.status === 0);
    const byHand = addedByHand(first.stdout, at);
    fc.pre(byHand.count > 0);
    const second = run(withConfiguration(byHand.text, later));
    if (second.status === 1) {
      assert.equal(itemsOf(second.stdout), itemsOf(byHand.text));
      return false;
    }
    assert.equal(itemsOf(run(second.stdout).stdout), itemsOf(second.stdout));

    const last = run(withConfiguration(second.stdout, absent(later)));
    if (last.status === 1) {
      assert.match(
        last.stderr,
        /generated lines can't be removed: the comment after them would become part of the block scalar .*\)\. Move or delete the comment\. \[/,
      );
      return false;
    }
    assert.doesNotMatch(
      itemsOf(last.stdout),
      /tracing-sidecar\.dev\/(?:injected|owner)|jaegertracing|opentelemetry-collector|--reporter/,
    );
    assert.equal(itemsOf(last.stdout).split("mine-").length - 1, byHand.count);
    assert.deepEqual(valueOfItems(last.stdout), valueOfItems(original.text));
    if (hasIds(original)) return false;
    requireLinesKept(itemsOf(last.stdout), original.itemsText);
    return true;
  },
  0.4,
);

property(
  "a user's changes of managed values are reset",
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
  "managed elements that a user deletes are added again",
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
  "comments and empty lines that a user adds anywhere make no difference",
  fc.tuple(resourceList(inBlocks), anyConfiguration, addedLines),
  ([original, later, added]) => {
    const first = run(original.text);
    fc.pre(first.status === 0);
    const byHand = commentedByHand(first.stdout, added);
    fc.pre(readsAs(byHand, valueOfItems(first.stdout)));
    assert.equal(itemsOf(run(byHand).stdout), itemsOf(byHand));
    let compared = 0;
    for (const configuration of [later, absent(original.configuration)]) {
      const second = run(withConfiguration(byHand, configuration));
      const directly = run(original.with(configuration));
      if (second.status === 1 && /would become part of the block scalar/.test(second.stderr)) continue;
      if (isRefusedForKpt(second)) continue;
      assert.equal(second.status, directly.status, second.stderr);
      if (second.status === 1) continue;
      assert.deepEqual(valueOfItems(withoutIndexes(second.stdout)), valueOfItems(withoutIndexes(directly.stdout)));
      compared++;
    }
    return compared === 2;
  },
  0.7,
);

/** Reports whether a text's items have this value. They don't if a comment was added inside a multi-line scalar. */
function readsAs(text: string, items: Value): boolean {
  try {
    return isDeepStrictEqual(valueOfItems(text), items);
  } catch (error) {
    if (error instanceof YAMLException) return false;
    throw error;
  }
}

/**
 * Returns the value of a list's items without the records, which mention collections that the user left empty, and without
 * the ids, which the function omits from an item in which kpt would move comments.
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

/** Reports whether an item has an id annotation. Reads the value, because a key can be written with escapes. */
function hasIds({ text }: ListText): boolean {
  return (loadYaml(text) as { items: Value[] }).items.some((item) =>
    Object.keys(get(item, "metadata", "annotations") ?? {}).some((key) => idAnnotation.test(key)),
  );
}

/** Fails unless each line is an original one, a user's, or the key of a collection with only the user's elements. */
function requireLinesKept(text: string, original: string): void {
  const before = original.split(/\r?\n/);
  let next = 0;
  for (const line of text.split(/\r?\n/).filter((candidate) => !isByHand(candidate))) {
    if (line === before[next]) next++;
    else assert.match(line, /^(?: *(?:env|volumes|imagePullSecrets|initContainers):)?$/);
  }
  assert.equal(next, before.length);
}
