import * as fc from "fast-check";
import { requireEditable } from "../../src/yaml/edit-nodes";
import {
  type Entry,
  findEntry,
  isMerge,
  keyOf,
  type MappingNode,
  type Node,
  type SequenceNode,
} from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import type { Value } from "../../src/yaml/value";
import { YamlError } from "../../src/yaml/yaml-error";

/** A collection that may be edited, and the path of its value in the document. */
export interface Place<T extends Node = MappingNode | SequenceNode> {
  readonly node: T;
  readonly path: readonly (string | number)[];
}

/** Returns one of a text's places whose collection satisfies `matches`. Skips the case (`fc.pre`) if there is none. */
export function pickPlace<T extends MappingNode | SequenceNode>(
  text: string,
  at: number,
  matches: (node: MappingNode | SequenceNode) => node is T,
): Place<T> {
  const candidates = placesOf(text).filter((place): place is Place<T> => matches(place.node));
  fc.pre(candidates.length > 0);
  return candidates[at % candidates.length] as Place<T>;
}

/** Returns the collection at the same path in another text. Throws an error if there is none of its kind. */
export function nodeAt<T extends Node>(text: string, { node, path }: Place<T>): T {
  const key = JSON.stringify(path);
  const match = placesOf(text).find((place) => JSON.stringify(place.path) === key)?.node;
  if (match?.kind !== node.kind) throw new Error(`there is no ${node.kind} at ${key}`);
  return match as Node as T;
}

/** Reports whether a node is a list. */
export function isList(node: Node): node is SequenceNode {
  return node.kind === "sequence";
}

/** Reports whether a node is a mapping. */
export function isMapping(node: Node): node is MappingNode {
  return node.kind === "mapping";
}

function placesOf(text: string): Place[] {
  return places(parse(text) as Node, []);
}

/** Returns every collection that may be edited: not inside an alias, a tagged node, a merge key or a shadowed key. */
export function places(node: Node, path: readonly (string | number)[]): Place[] {
  if (!isEditable(node) || node.kind === "scalar" || node.kind === "alias") return [];
  const below =
    node.kind === "sequence"
      ? node.elements.flatMap((element, index) => places(element, [...path, index]))
      : effectiveEntries(node).flatMap((entry) => places(entry.value, [...path, keyOf(entry) as string]));
  return [{ node, path }, ...below];
}

/** Returns a mapping's entries that contribute to its value: no merge keys, and of duplicate keys only the last. */
export function effectiveEntries(mapping: MappingNode): Entry[] {
  return mapping.entries.filter((entry) => !isMerge(entry) && findEntry(mapping, keyOf(entry) as string) === entry);
}

function isEditable(node: Node): boolean {
  try {
    requireEditable(node);
    return true;
  } catch (error) {
    if (error instanceof YamlError) return false;
    throw error;
  }
}

/** Reports whether an alias refers to a node or to a node in it, so that it can't be removed. */
export function isReferenced(node: Node): boolean {
  if (node.kind === "alias") return false;
  if (node.aliased) return true;
  if (node.kind === "mapping") return node.entries.some(({ key, value }) => isReferenced(key) || isReferenced(value));
  return node.kind === "sequence" && node.elements.some(isReferenced);
}

/** Returns a copy of `value` in which `change` has replaced the part at `path`. */
export function changed(value: Value, path: readonly (string | number)[], change: (at: never) => unknown): Value {
  const [step, ...rest] = path;
  if (step === undefined) return change(value as never) as Value;
  if (Array.isArray(value)) return value.map((element, i) => (i === step ? changed(element, rest, change) : element));
  const copy: { [key: string]: Value } = Object.assign(Object.create(null), value);
  copy[step] = changed(copy[step] as Value, rest, change);
  return copy;
}
