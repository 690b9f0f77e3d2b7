import assert from "node:assert/strict";
import * as fc from "fast-check";
import { requireBlockScalarsUnchanged } from "../../src/yaml/check-block-scalars";
import { applyEdits, type Edit } from "../../src/yaml/edit";
import {
  fillEmpty,
  insertElements,
  insertEntries,
  removeElements,
  removeEntries,
  replaceValue,
} from "../../src/yaml/edit-nodes";
import { type Entry, keyOf, type MappingNode, type Node } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { reconcile } from "../../src/yaml/reconcile";
import { detectStyle } from "../../src/yaml/style";
import type { Mapping, Value } from "../../src/yaml/value";
import { YamlError } from "../../src/yaml/yaml-error";
import { coreValue, loadYaml, withoutPrototypes } from "../support/load";
import { changed, effectiveEntries, isList, isMapping, isReferenced, nodeAt, pickPlace } from "../support/places";
import { property } from "../support/property";
import { anyValue } from "../support/value-arbitrary";
import { anyCollection, everyStyle, yamlText } from "../support/yaml-arbitrary";

/*
 * Every primitive edit, at any position in a text of any style. The edited text must have the value that js-yaml reads
 * after the same change in plain JavaScript, and the removal of what was inserted must restore the bytes.
 */

/** Without duplicate keys: the removal of one would reveal the other. */
const text = yamlText(anyCollection, { ...everyStyle, shadows: false });
const pick = fc.nat(255);
const picks = fc.array(pick, { minLength: 1, maxLength: 4 });
const someValues = fc.array(anyValue, { minLength: 1, maxLength: 3 });
/** Entries whose keys aren't in any generated text. */
const someEntries: fc.Arbitrary<Mapping> = someValues.map((list) =>
  Object.fromEntries(list.map((value, i) => [`new.${i}: `, value])),
);

property(
  "insertElements inserts into a list, and removeElements undoes it",
  fc.tuple(text, pick, pick, someValues),
  ([source, at, before, values]) => {
    const place = pickPlace(source.text, at, isList);
    const count = place.node.elements.length;
    const index = before % (count + 1);
    const edited = edit(source.text, (style) => [
      insertElements({ text: source.text, style }, place.node, index, values),
    ]);
    if (edited === undefined) return false;
    const expected = changed(source.value, place.path, (list: Value[]) => list.toSpliced(index, 0, ...values));
    assert.deepEqual(loadYaml(edited), withoutPrototypes(expected));
    if (count === 0 || (index === 0 && hasMixedLineBreaks(source.text))) return false;
    const removal = removeElements(edited, nodeAt(edited, place), range(index, values.length));
    assert.equal(applyEdits(edited, removal), source.text);
    return true;
  },
  0.6,
);

property(
  "insertEntries inserts into a mapping, and removeEntries undoes it",
  fc.tuple(text, pick, pick, someEntries),
  ([source, at, before, values]) => {
    const place = pickPlace(source.text, at, isMapping);
    const count = place.node.entries.length;
    const index = before % (count + 1);
    const edited = edit(source.text, (style) => [
      insertEntries({ text: source.text, style }, place.node, index, values),
    ]);
    if (edited === undefined) return false;
    const expected = changed(source.value, place.path, (mapping: Mapping) => joined(mapping, values));
    assert.deepEqual(loadYaml(edited), withoutPrototypes(expected));
    // At the start, lines of the author that are next to the inserted ones could be removed with them.
    if (index === 0) return false;
    const removal = removeEntries(edited, nodeAt(edited, place), range(index, Object.keys(values).length));
    assert.equal(applyEdits(edited, removal), source.text);
    return true;
  },
  0.4,
);

property(
  "removeElements removes any elements but not all",
  fc.tuple(text, pick, picks),
  ([source, at, which]) => {
    const place = pickPlace(source.text, at, isList);
    const indexes = anyButAll(which, place.node.elements);
    const edited = edit(source.text, () => removeElements(source.text, place.node, indexes));
    if (edited === undefined) return false;
    const expected = changed(source.value, place.path, (list: Value[]) => list.filter((_, i) => !indexes.has(i)));
    assert.deepEqual(loadYaml(edited), withoutPrototypes(expected));
    return indexes.size > 0;
  },
  0.8,
);

property(
  "removeEntries removes any entries but not all",
  fc.tuple(text, pick, picks),
  ([source, at, which]) => {
    const place = pickPlace(source.text, at, isMapping);
    const { entries } = place.node;
    // The entries that a merge key adds aren't in the mapping itself.
    fc.pre(effectiveEntries(place.node).length === entries.length);
    const indexes = anyButAll(
      which,
      entries.map(({ value }) => value),
    );
    const edited = edit(source.text, () => removeEntries(source.text, place.node, indexes));
    if (edited === undefined) return false;
    const removed = entries.map(keyOf).filter((_, i) => indexes.has(i));
    const expected = changed(source.value, place.path, (mapping: Mapping) => without(mapping, removed));
    assert.deepEqual(loadYaml(edited), withoutPrototypes(expected));
    return indexes.size > 0;
  },
  0.8,
);

property(
  "replaceValue replaces the value of an entry",
  fc.tuple(text, pick, pick, anyValue),
  ([source, at, which, value]) => {
    const { node, path } = pickPlace(source.text, at, isMapping);
    const entry = pickEntry(node, which, ({ value }) => !isReferenced(value));
    const edited = edit(source.text, (style) => [replaceValue({ text: source.text, style }, node, entry, value)]);
    if (edited === undefined) return false;
    const expected = changed(source.value, [...path, keyOf(entry) as string], () => value);
    assert.deepEqual(loadYaml(edited), withoutPrototypes(expected));
    return true;
  },
  0.8,
);

property(
  "fillEmpty sets an empty value",
  fc.tuple(text, pick, pick, someValues),
  ([source, at, which, values]) => {
    const { node, path } = pickPlace(source.text, at, isMapping);
    const entry = pickEntry(
      node,
      which,
      ({ value }) => value.tag === undefined && !isReferenced(value) && isEmpty(source.text, value),
    );
    const edited = edit(source.text, (style) => [fillEmpty({ text: source.text, style }, node, entry, values)]);
    if (edited === undefined) return false;
    const expected = changed(source.value, [...path, keyOf(entry) as string], () => values);
    assert.deepEqual(loadYaml(edited), withoutPrototypes(expected));
    return true;
  },
  0.8,
);

property(
  "reconcile gives a mapping the desired value, and keeps equal values byte for byte",
  fc.tuple(text, pick, picks, someEntries),
  ([source, at, which, values]) => {
    const { node, path } = pickPlace(source.text, at, isMapping);
    fc.pre(effectiveEntries(node).length === node.entries.length && !isReferenced(node));
    const removed = anyButAll(
      which,
      node.entries.map(({ value }) => value),
    );
    const removedKeys = node.entries.map(keyOf).filter((_, i) => removed.has(i));
    let desired: Mapping = {};
    const expected = changed(source.value, path, (mapping: Mapping) => {
      const kept = Object.entries(without(mapping, removedKeys));
      const at = which.length % (kept.length + 1);
      desired = Object.fromEntries([...kept.slice(0, at), ...Object.entries(values), ...kept.slice(at)]);
      return desired;
    });
    const edited = edit(source.text, (style) => reconcile({ text: source.text, style }, node, desired));
    if (edited === undefined) return false;
    assert.deepEqual(loadYaml(edited), withoutPrototypes(expected));
    for (const { key, value } of node.entries) {
      if (removedKeys.includes(keyOf({ key, value })) || value.start < 0) continue;
      assert.ok(edited.includes(source.text.slice(value.start, value.end).trimEnd()));
    }
    assert.deepEqual(reconcile({ text: edited, style: styleOf(edited) }, nodeAt(edited, { node, path }), desired), []);
    return true;
  },
  0.8,
);

function pickEntry(mapping: MappingNode, which: number, matches: (entry: Entry) => boolean): Entry {
  const candidates = effectiveEntries(mapping).filter(matches);
  fc.pre(candidates.length > 0);
  return candidates[which % candidates.length] as Entry;
}

function isEmpty(source: string, node: Node): boolean {
  if (node.kind === "mapping") return node.entries.length === 0;
  if (node.kind === "sequence") return node.elements.length === 0;
  if (node.kind !== "scalar" || node.style !== "plain") return false;
  return node.absent || coreValue(source.slice(node.start, node.end)) === null;
}

function styleOf(source: string) {
  return detectStyle(source, parse(source) as Node);
}

/**
 * The edited text, or undefined if the edit was refused for a reason that applies to the text. Like every caller of the
 * edits, it checks the block scalars afterwards.
 */
function edit(source: string, make: (style: ReturnType<typeof styleOf>) => readonly Edit[]): string | undefined {
  try {
    const edits = make(styleOf(source));
    const edited = applyEdits(source, edits);
    const before = { text: source, node: parse(source) as Node };
    requireBlockScalarsUnchanged(before, edits, { text: edited, node: parse(edited) as Node });
    return edited;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const reason = refusals.find(({ message }) => message.test(error.message));
    assert.ok(reason?.applies.test(source), error.message);
    return undefined;
  }
}

const refusals: readonly { readonly message: RegExp; readonly applies: RegExp }[] = [
  { message: /must end with a line break/, applies: /[^\n]$/ },
  { message: /the key has no colon/, applies: /[{,]\s*[^:]*[,}]/ },
  { message: /keys must be written as `key: value`/, applies: /\?\s|\[[^{]*:|,[^{]*:/ },
  {
    message: /blank line after them would become part of the block scalar/,
    applies: /[|>][1-9]?\+[1-9]?[ \t]*(?:#.*)?\r?\n/,
  },
  {
    message: /comment after them would become part of the block scalar/,
    applies: /[|>][-+0-9]*[ \t]*(?:#.*)?\r?\n[\s\S]*\n +#/,
  },
];

/** In such a text, the line break before the first line differs from the one that an insertion adds. */
function hasMixedLineBreaks(source: string): boolean {
  return source.includes("\r\n") && /(?:^|[^\r])\n/.test(source);
}

function range(start: number, count: number): Set<number> {
  return new Set(Array.from({ length: count }, (_, i) => start + i));
}

/** The indexes of some nodes: not all, and none that an alias refers to. */
function anyButAll(which: readonly number[], nodes: readonly Node[]): Set<number> {
  fc.pre(nodes.length > 1);
  const indexes = which.slice(0, nodes.length - 1).map((at) => at % nodes.length);
  return new Set(indexes.filter((index) => !isReferenced(nodes[index] as Node)));
}

function joined(first: Mapping, second: Mapping): Mapping {
  return Object.assign(Object.create(null), first, second);
}

function without(mapping: Mapping, keys: readonly unknown[]): Mapping {
  const kept: { [key: string]: Value } = Object.create(null);
  for (const [key, value] of Object.entries(mapping)) if (!keys.includes(key)) kept[key] = value;
  return kept;
}
