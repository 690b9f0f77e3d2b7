import type { Addition } from "../plan/addition";
import type { Edit } from "../yaml/edit";
import { fillEmpty, insertElements, insertEntries, requireEditable } from "../yaml/edit-nodes";
import { type Entry, findEntry, keyOf, type MappingNode, type Node, type SequenceNode } from "../yaml/node";
import { detectStyle, type StyledText } from "../yaml/style";
import { merged } from "../yaml/to-value";
import { type Mapping, newMapping, type Value } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";
import {
  child,
  isEmpty,
  keyPath,
  nameOf,
  newTree,
  type ParsedText,
  type PathTree,
  type Positions,
  requireUnique,
} from "./path-tree";

/*
 * Turns additions, which are plain data, into edits of an item's text.
 */

/** The collections that additions need and the object doesn't have. */
export interface CreatedCollections {
  /** Paths of the lists and mappings that didn't exist. */
  readonly created: readonly string[];
  /** The text of those that were empty, by path: `[]`, `null`, or nothing. */
  readonly formerlyEmpty: { readonly [path: string]: string };
}

/** An annotation whose value depends on the collections that are created: the record. */
export interface LateAnnotation {
  readonly name: string;
  readonly value: (collections: CreatedCollections) => string;
}

/** A place in an object, and what to insert there. */
type Insertion =
  | { readonly kind: "entries"; readonly mapping: MappingNode; readonly path: string; readonly tree: PathTree }
  | { readonly kind: "elements"; readonly list: SequenceNode; readonly path: string; readonly tree: PathTree }
  | { readonly kind: "fill"; readonly mapping: MappingNode; readonly entry: Entry; readonly tree: PathTree };

/** The results of walking an object. */
interface Found {
  readonly insertions: Insertion[];
  readonly created: string[];
  readonly formerlyEmpty: { [path: string]: string };
}

/**
 * Computes the edits that add to an object.
 *
 * @param positions where to insert into a collection. If a collection has no position, the end.
 * @throws YamlError if an edit would also change something else.
 */
export function addEdits(
  { text, node }: ParsedText,
  additions: readonly Addition[],
  annotation: LateAnnotation,
  positions: Positions,
): readonly Edit[] {
  const root = treeOf(additions);
  const annotations = child(child(root, "metadata"), "annotations");
  // The value is set after the walk, which finds the collections to create.
  annotations.entries[annotation.name] = null;
  const found: Found = { insertions: [], created: [], formerlyEmpty: {} };
  findInsertions(text, { node, tree: root, path: "" }, found);
  const { created, formerlyEmpty } = found;
  annotations.entries[annotation.name] = annotation.value({ created, formerlyEmpty });

  const target = { text, style: detectStyle(text, node) };
  return found.insertions.flatMap((insertion) => toEdits(target, insertion, positions));
}

function treeOf(additions: readonly Addition[]): PathTree {
  const root = newTree();
  for (const addition of additions) {
    const tree = addition.path.reduce(child, root);
    if ("entries" in addition) Object.assign(tree.entries, addition.entries);
    else {
      tree.elements.push(...addition.elements);
      if (addition.position !== undefined) tree.position = addition.position;
    }
  }
  return root;
}

/** A node of the object, and what to add below it. */
interface Place {
  readonly node: Node;
  readonly tree: PathTree;
  readonly path: string;
}

function findInsertions(text: string, { node, tree, path }: Place, found: Found): void {
  requireEditable(node);
  const isList = tree.elements.length > 0 || tree.named.size > 0;
  if (node.kind === "mapping" && !isList) findInMapping(text, { node, tree, path }, found);
  else if (node.kind === "sequence" && isList) findInList(text, { node, tree, path }, found);
  else throw new YamlError(`must be a ${isList ? "list" : "mapping"}`, node.start);
}

function findInMapping(text: string, { node, tree, path }: Place & { readonly node: MappingNode }, found: Found): void {
  for (const [key, below] of tree.keys) {
    const belowPath = keyPath(path, key);
    const entry = entryToEdit(node, key);
    if (entry === undefined) {
      found.created.push(belowPath, ...pathsBelow(below, belowPath));
    } else if (isEmpty(entry)) {
      requireEditable(entry.value);
      found.formerlyEmpty[belowPath] = text.slice(entry.value.start, entry.value.end);
      found.created.push(...pathsBelow(below, belowPath));
      found.insertions.push({ kind: "fill", mapping: node, entry, tree: below });
    } else {
      findInsertions(text, { node: entry.value, tree: below, path: belowPath }, found);
    }
  }
  found.insertions.push({ kind: "entries", mapping: node, path, tree });
}

/** Returns the paths of all mappings and lists below the one at `path`. */
function pathsBelow({ keys }: PathTree, path: string): string[] {
  return [...keys].flatMap(([key, below]) => {
    const belowPath = keyPath(path, key);
    return [belowPath, ...pathsBelow(below, belowPath)];
  });
}

function findInList(text: string, { node, tree, path }: Place & { readonly node: SequenceNode }, found: Found): void {
  const names = new Set<string>();
  for (const element of tree.named.size === 0 ? [] : node.elements) {
    const name = nameOf(element);
    const below = name === undefined ? undefined : tree.named.get(name);
    if (name === undefined || below === undefined) continue;
    const elementPath = `${path}[${name}]`;
    requireUnique(names, name, element);
    findInsertions(text, { node: element, tree: below, path: elementPath }, found);
  }
  if (tree.elements.length > 0) found.insertions.push({ kind: "elements", list: node, path, tree });
}

/**
 * Returns the entry to change, or undefined if the mapping has none.
 *
 * @throws YamlError if the key isn't in exactly one place: it is duplicated, or comes from a merge key.
 */
function entryToEdit(mapping: MappingNode, key: string): Entry | undefined {
  const entry = findEntry(mapping, key);
  if (entry === undefined) {
    if (Object.hasOwn(merged(mapping), key)) {
      throw new YamlError(
        `${key} can't be extended: it comes from a merge key (<<)`,
        mapping.start,
        "Write it out in the mapping",
      );
    }
  } else if (mapping.entries.some((other) => other !== entry && keyOf(other) === key)) {
    throw new YamlError(`the key "${key}" is duplicated; it must be unique`, entry.key.start);
  }
  return entry;
}

function toEdits(target: StyledText, insertion: Insertion, positions: Positions): Edit[] {
  switch (insertion.kind) {
    case "fill":
      return [fillEmpty(target, insertion.mapping, insertion.entry, treeValue(insertion.tree))];
    case "elements": {
      const { list, path, tree } = insertion;
      const index = tree.position === "first" ? "start" : (positions.get(path) ?? list.elements.length);
      return [insertElements(target, list, index, tree.elements)];
    }
    case "entries": {
      const { mapping, path, tree } = insertion;
      const values = missingEntries(mapping, tree);
      if (Object.keys(values).length === 0) return [];
      return [insertEntries(target, mapping, positions.get(path) ?? mapping.entries.length, values)];
    }
  }
}

/** Returns the entries of a tree that a mapping lacks: collections to create, then single entries. */
function missingEntries(mapping: MappingNode, tree: PathTree): Mapping {
  const values = newMapping();
  for (const [key, below] of tree.keys) if (findEntry(mapping, key) === undefined) values[key] = treeValue(below);
  return Object.assign(values, tree.entries);
}

/** Returns the value of a subtree that the object doesn't have yet. */
function treeValue(tree: PathTree): Value {
  if (tree.elements.length > 0) return tree.elements;
  const value = newMapping();
  for (const [key, below] of tree.keys) value[key] = treeValue(below);
  return Object.assign(value, tree.entries);
}
