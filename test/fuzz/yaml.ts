import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { Anchors } from "../../src/yaml/anchors";
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
import { readPlain } from "../../src/yaml/fast/read";
import { type Entry, keyOf, type MappingNode, type Node, type SequenceNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { requireBoundedSize } from "../../src/yaml/preconditions";
import { reconcile } from "../../src/yaml/reconcile";
import { detectStyle, type Style } from "../../src/yaml/style";
import { toValue } from "../../src/yaml/to-value";
import type { Mapping, Value } from "../../src/yaml/value";
import { positionAt, YamlError } from "../../src/yaml/yaml-error";
import { loadYaml, withoutPrototypes } from "../support/load";
import { checkNesting, checkRanges, childrenOf } from "../support/node-checks";
import { changed, effectiveEntries, isReferenced, type Place, places } from "../support/places";

/*
 * The fuzz target for the YAML core. It reads the same value as js-yaml, with both of its readers; every node's range is
 * exactly its text; and each primitive edit, at each place, either has its documented effect or is refused.
 */

/**
 * Checks the YAML core on an input and throws an error if a check fails. Ignores an input that isn't UTF-8.
 *
 * @returns true if the input could be edited, so that every check was made.
 */
export function fuzz(data: Buffer): boolean {
  if (!isUtf8(data)) return false;
  const text = data.toString("utf8");
  const root = tryOrRefuse(text, () => parse(text));
  const plain = readPlain(text);
  if (plain !== undefined) assert.equal(JSON.stringify(plain), JSON.stringify(root && toValue(root)));
  if (root === undefined || tryOrRefuse(text, () => isSmall(root, text)) === undefined) return false;
  checkNesting(root);
  const value = tryLoadYaml(text);
  if (value === undefined || !isPlainData(root)) return false;
  assert.deepEqual(withoutPrototypes(toValue(root)), value);
  // YAML reads a bare carriage return as a line break, but editors don't: the function refuses to edit next to one.
  if (/\r(?!\n)/.test(text)) return false;
  // js-yaml reads a control character in a comment. The function refuses an edit that would make the comment text.
  if (/[^\P{Cc}\t\n\r]/u.test(text)) return false;
  // In a flow collection, a word like `---,` at the start of a line would become a document marker without its comma.
  if (/^(?:---|\.\.\.),/m.test(text)) return false;
  if (!isContextual(text, root)) checkRanges(text);
  const style = detectStyle(text, root);
  const checked = sampleOf(places(root, []), 6);
  for (const place of checked) checkEdits({ text, root, value, style }, place);
  return checked.length > 0;
}

/** Returns up to `count` elements of a list, evenly distributed. */
function sampleOf<T>(list: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, list.length / count);
  return list.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

/** Reports whether all keys are strings and all tags are known. Other data has no standard form in JavaScript. */
function isPlainData(node: Node): boolean {
  if (node.tag !== undefined && !["!", "!!str"].includes(node.tag)) return false;
  if (node.kind === "mapping") {
    return node.entries.every(({ key, value }) => typeof toValue(key) === "string" && [key, value].every(isPlainData));
  }
  return node.kind !== "sequence" || node.elements.every(isPlainData);
}

/** Reports whether the meaning of a part may depend on the text before it: tag handles, or an anchor defined twice. */
function isContextual(text: string, root: Node): boolean {
  const anchors = new Anchors();
  parse(text, anchors);
  return /^%/m.test(text) || anchors.nodes.size < countAnchored(root);
}

function countAnchored(node: Node): number {
  return childrenOf(node).reduce((count, child) => count + countAnchored(child), node.anchor === undefined ? 0 : 1);
}

/** A text with its root, its value, and its detected style. */
interface Source {
  readonly text: string;
  readonly root: Node;
  readonly value: Value;
  readonly style: Style;
}

/** The value that the edits add. */
const added: Value = { "new: key": ["a #b", { c: null }], plain: "text" };
const addedEntry: Mapping = { "new.key": added };

function checkEdits(source: Source, place: Place): void {
  if (place.node.kind === "sequence") checkListEdits(source, place as Place<SequenceNode>);
  else checkMappingEdits(source, place as Place<MappingNode>);
}

function checkListEdits(source: Source, place: Place<SequenceNode>): void {
  const { length } = place.node.elements;
  for (const index of sampleIndexes(length + 1)) checkElementInsertion(source, place, index);
  for (const index of length > 1 ? sampleIndexes(length) : []) checkElementRemoval(source, place, index);
}

function checkElementInsertion(source: Source, { node, path }: Place<SequenceNode>, index: number): void {
  const { text, value, style } = source;
  const edited = edit(source, () => [insertElements({ text, style }, node, index, [added])]);
  if (edited === undefined) return;
  requireValue(
    edited,
    changed(value, path, (list: Value[]) => list.toSpliced(index, 0, added)),
  );
  if (index === 0) return;
  const list = at(edited, path) as SequenceNode;
  assert.equal(applyEdits(edited.text, removeElements(edited.text, list, new Set([index]))), text);
}

function checkElementRemoval(source: Source, { node, path }: Place<SequenceNode>, index: number): void {
  const { text, value } = source;
  if (isReferenced(node.elements[index] as Node)) return;
  const edited = edit(source, () => removeElements(text, node, new Set([index])));
  if (edited === undefined) return;
  requireValue(
    edited,
    changed(value, path, (list: Value[]) => list.toSpliced(index, 1)),
  );
}

function checkMappingEdits(source: Source, place: Place<MappingNode>): void {
  const { node } = place;
  const { entries } = node;
  if (effectiveEntries(node).length < entries.length || entries.map(keyOf).includes(undefined)) return;
  for (const index of sampleIndexes(entries.length + 1)) checkEntryInsertion(source, place, index);
  for (const index of sampleIndexes(entries.length)) {
    const entry = entries[index] as Entry;
    if (isReferenced(entry.value) || isReferenced(entry.key)) continue;
    checkReplacement(source, place, entry);
    checkFilling(source, place, entry);
    if (entries.length === 1) continue;
    checkEntryRemoval(source, place, index);
    if (!isReferenced(node)) checkReconciliation(source, place, entry);
  }
}

function checkEntryInsertion(source: Source, { node, path }: Place<MappingNode>, index: number): void {
  const { text, value, style } = source;
  const edited = edit(source, () => [insertEntries({ text, style }, node, index, addedEntry)]);
  if (edited === undefined) return;
  requireValue(
    edited,
    changed(value, path, (mapping: Mapping) => ({ ...mapping, ...addedEntry })),
  );
  if (index === 0) return;
  const mapping = at(edited, path) as MappingNode;
  assert.equal(applyEdits(edited.text, removeEntries(edited.text, mapping, new Set([index]))), text);
}

function checkReplacement(source: Source, { node, path }: Place<MappingNode>, entry: Entry): void {
  const { text, value, style } = source;
  const edited = edit(source, () => [replaceValue({ text, style }, node, entry, added)]);
  if (edited !== undefined)
    requireValue(
      edited,
      changed(value, [...path, keyOf(entry) as string], () => added),
    );
}

function checkFilling(source: Source, { node, path }: Place<MappingNode>, entry: Entry): void {
  const { text, value, style } = source;
  if (toValue(entry.value) !== null || entry.value.tag !== undefined || entry.value.kind === "alias") return;
  const edited = edit(source, () => [fillEmpty({ text, style }, node, entry, added)]);
  if (edited !== undefined)
    requireValue(
      edited,
      changed(value, [...path, keyOf(entry) as string], () => added),
    );
}

function checkEntryRemoval(source: Source, { node, path }: Place<MappingNode>, index: number): void {
  const { text, value } = source;
  const key = keyOf(node.entries[index] as Entry) as string;
  const edited = edit(source, () => removeEntries(text, node, new Set([index])));
  if (edited !== undefined)
    requireValue(
      edited,
      changed(value, path, (mapping: Mapping) => without(mapping, key)),
    );
}

/** Reconciles a mapping with one that lacks `entry` and has another entry. */
function checkReconciliation(source: Source, { node, path }: Place<MappingNode>, entry: Entry): void {
  const { text, value, style } = source;
  let desired: Mapping = {};
  const expected = changed(value, path, (mapping: Mapping) => {
    desired = { ...addedEntry, ...without(mapping, keyOf(entry) as string) };
    return desired;
  });
  const edited = edit(source, () => reconcile({ text, style }, node, desired));
  if (edited !== undefined) requireValue(edited, expected);
}

function without(mapping: Mapping, key: string): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([name]) => name !== key));
}

/** Fails if js-yaml reads another value from the edited text. */
function requireValue({ text }: Edited, expected: Value): void {
  assert.deepEqual(loadYaml(text), withoutPrototypes(expected));
}

/** Returns the first, middle and last index of `count` elements. */
function sampleIndexes(count: number): readonly number[] {
  return [...new Set([0, count >> 1, count - 1])].filter((index) => index >= 0 && index < count);
}

function at({ root }: Edited, path: Place["path"]): Node {
  const key = JSON.stringify(path);
  const match = places(root, []).find((place) => JSON.stringify(place.path) === key);
  return match?.node ?? assert.fail(`there must still be a collection at ${key}`);
}

/** A text and its tree after an edit. */
type Edited = Pick<Source, "text" | "root">;

/** Returns the edited text with its tree, or undefined if the edit is refused. */
function edit({ text, root }: Source, make: () => readonly Edit[]): Edited | undefined {
  const edits = tryOrRefuse(text, make);
  if (edits === undefined) return undefined;
  const edited = applyEdits(text, edits);
  const after = parse(edited) as Node;
  return tryOrRefuse(text, () => {
    requireBlockScalarsUnchanged({ text, node: root }, edits, { text: edited, node: after });
    return { text: edited, root: after };
  });
}

/** Returns the result of `work`, or undefined if it refuses the text. The error must have a position in the text. */
function tryOrRefuse<T>(text: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    assert.ok(error.offset >= 0 && error.offset <= text.length, `${error.message} at ${error.offset}`);
    const { line, column } = positionAt(text, error.offset);
    assert.ok(line >= 1 && column >= 1);
    return undefined;
  }
}

function isSmall(root: Node, text: string): true {
  requireBoundedSize(root, text);
  return true;
}

/** Returns a text's value as js-yaml reads it, or undefined if it doesn't. */
function tryLoadYaml(text: string): Value | undefined {
  try {
    return loadYaml(text);
  } catch {
    return undefined;
  }
}
