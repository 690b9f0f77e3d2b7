import type { Step } from "../kube/field-path";
import { type Entry, findEntry, type Node, resolve } from "../yaml/node";
import { merged, toValue } from "../yaml/to-value";
import { type Mapping, newMapping, type Value } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";

/** The collections that had to be made, and those that stood there empty, with the text behind their colon. */
export interface CreatedCollections {
  readonly created: readonly string[];
  readonly formerlyEmpty: { readonly [path: string]: string };
}

/** A value that is known only once the collections are: the record. */
type LateValue = (collections: CreatedCollections) => Value;

/** Where in a collection, by its path, what was taken out stood, when it was not at the end. */
export type Positions = ReadonlyMap<string, number>;

/** All additions to an object as a tree along its collections. */
export interface Tree {
  readonly keys: Map<string, Tree>;
  readonly named: Map<string, Tree>;
  readonly entries: { [key: string]: Value | LateValue };
  readonly elements: Mapping[];
}

export const newTree = (): Tree => ({ keys: new Map(), named: new Map(), entries: newMapping(), elements: [] });

export function child(tree: Tree, step: Step): Tree {
  const [children, name] = typeof step === "string" ? [tree.keys, step] : [tree.named, step.name];
  const found = children.get(name) ?? newTree();
  children.set(name, found);
  return found;
}

/** An item's text, and the node of the object in it. */
export interface ParsedText {
  readonly text: string;
  readonly node: Node;
}

/**
 * Remembers a name of a collection. Of two that are alike the record cannot tell which one is ours: taking back would
 * take what a user wrote.
 */
export function requireUnique(seen: Set<string>, name: string, path: string, at: Node): void {
  if (seen.has(name)) throw new YamlError(`${path} must stand once: two of one name cannot be told apart`, at.start);
  seen.add(name);
}

export function isEmpty({ value }: Entry): boolean {
  if (value.kind === "mapping") return value.entries.length === 0;
  if (value.kind === "sequence") return value.elements.length === 0;
  return value.kind === "scalar" && toValue(value) === null;
}

export function nameOf(element: Node): string | undefined {
  const target = resolve(element);
  if (target.kind !== "mapping") return undefined;
  const name = findEntry(target, "name");
  const value = name === undefined ? merged(target).name : toValue(name.value);
  return typeof value === "string" ? value : undefined;
}
