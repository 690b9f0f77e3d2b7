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

/** A collection that may be edited, and where its value is in the document's. */
export interface Place<T extends Node = MappingNode | SequenceNode> {
  readonly node: T;
  readonly path: readonly (string | number)[];
}

/** One of the places of a text whose collection is as wanted; the case is skipped where there is none. */
export function pickPlace<T extends MappingNode | SequenceNode>(
  text: string,
  at: number,
  wanted: (node: MappingNode | SequenceNode) => node is T,
): Place<T> {
  const found = placesOf(text).filter((place): place is Place<T> => wanted(place.node));
  fc.pre(found.length > 0);
  return found[at % found.length] as Place<T>;
}

/** The collection at the same place of another text. */
export function nodeAt<T extends Node>(text: string, { node, path }: Place<T>): T {
  const wanted = JSON.stringify(path);
  const found = placesOf(text).find((place) => JSON.stringify(place.path) === wanted)?.node;
  if (found?.kind !== node.kind) throw new Error(`there is no ${node.kind} at ${wanted}`);
  return found as Node as T;
}

export function isList(node: Node): node is SequenceNode {
  return node.kind === "sequence";
}

export function isMapping(node: Node): node is MappingNode {
  return node.kind === "mapping";
}

function placesOf(text: string): Place[] {
  return places(parse(text) as Node, []);
}

/** Every collection that may be edited: reached through no alias, tag, merge key or key that another one shadows. */
export function places(node: Node, path: readonly (string | number)[]): Place[] {
  if (!isEditable(node) || node.kind === "scalar" || node.kind === "alias") return [];
  const below =
    node.kind === "sequence"
      ? node.elements.flatMap((element, index) => places(element, [...path, index]))
      : effectiveEntries(node).flatMap((entry) => places(entry.value, [...path, keyOf(entry) as string]));
  return [{ node, path }, ...below];
}

/** The entries of a mapping that a reader gets to see. */
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

/** Whether an alias elsewhere may refer to a node or to what is in it, so that it cannot be taken out. */
export function isReferred(node: Node): boolean {
  if (node.kind === "alias") return false;
  if (node.aliased) return true;
  if (node.kind === "mapping") return node.entries.some(({ key, value }) => isReferred(key) || isReferred(value));
  return node.kind === "sequence" && node.elements.some(isReferred);
}

/** A copy of `value` in which `change` was called with what is at `path`. */
export function changed(value: Value, path: readonly (string | number)[], change: (at: never) => unknown): Value {
  const [step, ...rest] = path;
  if (step === undefined) return change(value as never) as Value;
  if (Array.isArray(value)) return value.map((element, i) => (i === step ? changed(element, rest, change) : element));
  const copy: { [key: string]: Value } = Object.assign(Object.create(null), value);
  copy[step] = changed(copy[step] as Value, rest, change);
  return copy;
}
