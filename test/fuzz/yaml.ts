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
import { requireBoundedSize } from "../../src/yaml/guards";
import { keyOf, type MappingNode, type Node, type SequenceNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { reconcile } from "../../src/yaml/reconcile";
import { detectStyle } from "../../src/yaml/style";
import { toValue } from "../../src/yaml/to-value";
import type { Mapping, Value } from "../../src/yaml/value";
import { positionAt, YamlError } from "../../src/yaml/yaml-error";
import { loadYaml, withoutPrototypes } from "../support/load";
import { childrenOf, childrenStandWithin, rangesHoldTheirText } from "../support/node-checks";
import { changed, effectiveEntries, isReferred, type Place, places } from "../support/places";

/*
 * The YAML core: what it reads, with and without the parser, is what js-yaml's own reader reads, every node has its
 * range, and every primitive edit, at every place, does what it says or is refused.
 */

/** What must hold of every input. */
export function fuzz(data: Buffer): void {
  if (!isUtf8(data)) return;
  const text = data.toString("utf8");
  const root = refusedOr(text, () => parse(text));
  const plain = readPlain(text);
  if (plain !== undefined) assert.equal(JSON.stringify(plain), JSON.stringify(root && toValue(root)));
  if (root === undefined || refusedOr(text, () => small(root, text)) === undefined) return;
  childrenStandWithin(root);
  const value = readable(text);
  if (value === undefined || !isPlainData(root)) return;
  assert.deepEqual(withoutPrototypes(toValue(root)), value);
  // A carriage return alone is a line break to YAML, and to no editor: the function refuses to edit beside one.
  if (/\r(?!\n)/.test(text)) return;
  // A word between brackets that starts a line as a document's marker does, `---,`, would become one without its comma.
  if (/^(?:---|\.\.\.),/m.test(text)) return;
  if (!isContextual(text, root)) rangesHoldTheirText(text);
  for (const place of places(root, []).slice(0, 12)) editsHold({ text, value }, place);
}

/** Keys are strings and tags those of every reader: what others come to in JavaScript is no matter of YAML. */
function isPlainData(node: Node): boolean {
  if (node.tag !== undefined && !["!", "!!str"].includes(node.tag)) return false;
  if (node.kind === "mapping") {
    return node.entries.every(({ key, value }) => typeof toValue(key) === "string" && [key, value].every(isPlainData));
  }
  return node.kind !== "sequence" || node.elements.every(isPlainData);
}

/** What a part of the text means hangs on what is before it: a tag's handle, or an anchor that stands twice. */
function isContextual(text: string, root: Node): boolean {
  const anchors = new Anchors();
  parse(text, anchors);
  return /^%/m.test(text) || anchors.nodes.size < countAnchored(root);
}

function countAnchored(node: Node): number {
  return childrenOf(node).reduce((count, child) => count + countAnchored(child), node.anchor === undefined ? 0 : 1);
}

interface Source {
  readonly text: string;
  readonly value: Value;
}

const added: Value = { "new: key": ["a #b", { c: null }], plain: "text" };

function editsHold(source: Source, place: Place): void {
  if (place.node.kind === "sequence") listEditsHold(source, place as Place<SequenceNode>);
  else mappingEditsHold(source, place as Place<MappingNode>);
}

function listEditsHold({ text, value }: Source, { node, path }: Place<SequenceNode>): void {
  const style = detectStyle(text, parse(text) as Node);
  for (const index of ends(node.elements.length + 1)) {
    const edited = edit(text, () => [insertElements({ text, style }, node, index, [added])]);
    if (edited === undefined) continue;
    assert.deepEqual(
      loadYaml(edited),
      withoutPrototypes(changed(value, path, (list: Value[]) => list.toSpliced(index, 0, added))),
    );
    if (index === 0) continue;
    const back = at(edited, path) as SequenceNode;
    assert.equal(applyEdits(edited, removeElements(edited, back, new Set([index]))), text);
  }
  for (const index of node.elements.length > 1 ? ends(node.elements.length) : []) {
    if (isReferred(node.elements[index] as Node)) continue;
    const edited = edit(text, () => removeElements(text, node, new Set([index])));
    if (edited === undefined) continue;
    assert.deepEqual(
      loadYaml(edited),
      withoutPrototypes(changed(value, path, (list: Value[]) => list.toSpliced(index, 1))),
    );
  }
}

function mappingEditsHold({ text, value }: Source, { node, path }: Place<MappingNode>): void {
  const style = detectStyle(text, parse(text) as Node);
  const { entries } = node;
  const keys = entries.map(keyOf);
  if (effectiveEntries(node).length < entries.length || keys.includes(undefined)) return;
  const one = { "new.key": added };
  for (const index of ends(entries.length + 1)) {
    const edited = edit(text, () => [insertEntries({ text, style }, node, index, one)]);
    if (edited === undefined) continue;
    assert.deepEqual(
      loadYaml(edited),
      withoutPrototypes(changed(value, path, (mapping: Mapping) => ({ ...mapping, ...one }))),
    );
    if (index === 0) continue;
    const back = at(edited, path) as MappingNode;
    assert.equal(applyEdits(edited, removeEntries(edited, back, new Set([index]))), text);
  }
  for (const index of ends(entries.length)) {
    const entry = entries[index] as MappingNode["entries"][number];
    if (isReferred(entry.value) || isReferred(entry.key)) continue;
    const key = keys[index] as string;
    const replaced = edit(text, () => [replaceValue({ text, style }, node, entry, added)]);
    if (replaced !== undefined) {
      assert.deepEqual(loadYaml(replaced), withoutPrototypes(changed(value, [...path, key], () => added)));
    }
    if (toValue(entry.value) === null && entry.value.tag === undefined && entry.value.kind !== "alias") {
      const filled = edit(text, () => [fillEmpty({ text, style }, node, entry, added)]);
      if (filled !== undefined) {
        assert.deepEqual(loadYaml(filled), withoutPrototypes(changed(value, [...path, key], () => added)));
      }
    }
    if (entries.length === 1) continue;
    const without = (mapping: Mapping) => Object.fromEntries(Object.entries(mapping).filter(([name]) => name !== key));
    const removed = edit(text, () => removeEntries(text, node, new Set([index])));
    if (removed !== undefined) assert.deepEqual(loadYaml(removed), withoutPrototypes(changed(value, path, without)));
    if (isReferred(node)) continue;
    let wanted: Mapping = {};
    const expected = changed(value, path, (mapping: Mapping) => {
      wanted = { ...one, ...without(mapping) };
      return wanted;
    });
    const reconciled = edit(text, () => reconcile({ text, style }, node, wanted));
    if (reconciled !== undefined) assert.deepEqual(loadYaml(reconciled), withoutPrototypes(expected));
  }
}

/** The first, the last and one between of so many. */
function ends(count: number): readonly number[] {
  return [...new Set([0, count >> 1, count - 1])].filter((index) => index >= 0 && index < count);
}

function at(text: string, path: Place["path"]): Node {
  const wanted = JSON.stringify(path);
  const found = places(parse(text) as Node, []).find((place) => JSON.stringify(place.path) === wanted);
  return found?.node ?? assert.fail(`there must still be a place ${wanted}`);
}

/** The edited text; undefined where the edit was refused. */
function edit(text: string, make: () => readonly Edit[]): string | undefined {
  const edits = refusedOr(text, make);
  if (edits === undefined) return undefined;
  const edited = applyEdits(text, edits);
  const after = { text: edited, node: parse(edited) as Node };
  return refusedOr(text, () => {
    requireBlockScalarsUnchanged({ text, node: parse(text) as Node }, edits, after);
    return edited;
  });
}

/** What a function gives; undefined where it refuses the text, by name and place. */
function refusedOr<T>(text: string, work: () => T): T | undefined {
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

function small(root: Node, text: string): true {
  requireBoundedSize(root, text);
  return true;
}

/** A text's value by js-yaml alone; undefined where it does not take it. */
function readable(text: string): Value | undefined {
  try {
    return loadYaml(text);
  } catch {
    return undefined;
  }
}
