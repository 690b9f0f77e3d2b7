import type { Step } from "../kube/field-path";
import { getOrInsert } from "../yaml/maps";
import { type Entry, findEntry, type Node, resolve } from "../yaml/node";
import { merged, toValue } from "../yaml/to-value";
import { type Mapping, newMapping, type Value } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";

/*
 * Additions and records name fields by their paths. To find all of them in one walk over an object, the paths become a
 * tree along the object's mappings and lists.
 */

/**
 * What additions or a record name below one node of an object. For additions, a mapping uses `keys` and `entries`, and
 * a list uses `named` and `elements`. For a record, `entries` has the names in a list too.
 */
export interface PathTree {
  /** Values of a mapping that have something below them, by their key. */
  readonly keys: Map<string, PathTree>;
  /** Elements of a list that have something below them, by their `name`. */
  readonly named: Map<string, PathTree>;
  /** Entries of a mapping. */
  readonly entries: { [key: string]: Value };
  /** Elements of a list. */
  readonly elements: Mapping[];
  /** See `Addition`. */
  position?: "first";
}

export function newTree(): PathTree {
  return { keys: new Map(), named: new Map(), entries: newMapping(), elements: [] };
}

/** Returns the subtree for a step, and creates it if it doesn't exist. Use it as the callback of `path.reduce`. */
export function child(tree: PathTree, step: Step): PathTree {
  const [children, name] = typeof step === "string" ? [tree.keys, step] : [tree.named, step.name];
  return getOrInsert(children, name, newTree);
}

/** Returns the path of a key of the mapping at `path`; the root's path is empty. */
export function keyPath(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** The text of an item, and the node of the object in it. Offsets of the node are within the text. */
export interface ParsedText {
  readonly text: string;
  readonly node: Node;
}

/**
 * The index of the first removed entry or element, by the path of the collection. If the removed ones were the last,
 * the collection isn't listed.
 */
export type Positions = ReadonlyMap<string, number>;

/**
 * Adds a name to those already found in a collection. The record identifies what was added only by name. If a name were
 * duplicated, removal could delete what a user wrote.
 *
 * @throws YamlError if the name was found before.
 */
export function requireUnique(found: Set<string>, name: string, node: Node): void {
  if (found.has(name)) throw new YamlError(`"${name}" is duplicated; it must be unique`, node.start);
  found.add(name);
}

/** Returns true if an entry's value is `null`, not written at all, or an empty collection. */
export function isEmpty({ value }: Entry): boolean {
  if (value.kind === "mapping") return value.entries.length === 0;
  if (value.kind === "sequence") return value.elements.length === 0;
  return value.kind === "scalar" && toValue(value) === null;
}

/** Returns the `name` of a list's element, even if it comes from a merge key; undefined if it has none. */
export function nameOf(element: Node): string | undefined {
  const target = resolve(element);
  if (target.kind !== "mapping") return undefined;
  const name = findEntry(target, "name");
  const value = name === undefined ? merged(target).name : toValue(name.value);
  return typeof value === "string" ? value : undefined;
}
