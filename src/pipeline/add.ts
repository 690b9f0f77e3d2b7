import type { Addition } from "../plan/addition";
import type { Edit } from "../yaml/edit";
import { fillEmpty, insertElements, insertEntries, requireEditable } from "../yaml/edit-nodes";
import { type Entry, findEntry, keyOf, type MappingNode, type Node } from "../yaml/node";
import { detectStyle } from "../yaml/style";
import { merged } from "../yaml/to-value";
import { type Mapping, newMapping, type Value } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";
import {
  type CreatedCollections,
  child,
  isEmpty,
  nameOf,
  newTree,
  type ParsedText,
  type Positions,
  requireUnique,
  type Tree,
} from "./path-tree";

/*
 * Where meaning meets offsets: additions and records, which are data, become edits of an item's text.
 */

function treeOf(additions: readonly Addition[]): Tree {
  const root = newTree();
  for (const addition of additions) {
    const tree = addition.path.reduce(child, root);
    if ("entries" in addition) Object.assign(tree.entries, addition.entries);
    else tree.elements.push(...addition.elements);
  }
  return root;
}

/** What a tree is where nothing of it is there yet. */
function treeValue(tree: Tree, collections: CreatedCollections): Value {
  if (tree.elements.length > 0) return tree.elements;
  const value = newMapping();
  for (const [key, below] of tree.keys) value[key] = treeValue(below, collections);
  return Object.assign(value, resolveLate(tree.entries, collections));
}

function resolveLate(entries: Tree["entries"], collections: CreatedCollections): Mapping {
  const settled = newMapping();
  for (const [key, value] of Object.entries(entries))
    settled[key] = typeof value === "function" ? value(collections) : value;
  return settled;
}

/**
 * The edits that add to an object.
 *
 * @param annotation an annotation whose value tells of the collections: the record.
 * @param positions where to insert, for collections in which it is not the end.
 * @throws YamlError where an edit would reach further than its own place.
 */
export function addEdits(
  item: ParsedText,
  additions: readonly Addition[],
  annotation: { readonly name: string; readonly value: (collections: CreatedCollections) => string },
  positions: Positions,
): readonly Edit[] {
  const { text } = item;
  const style = detectStyle(text, item.node);
  const edits: Edit[] = [];
  const created: string[] = [];
  const formerlyEmpty: { [path: string]: string } = {};
  const collections = { created, formerlyEmpty };

  const addToMapping = (node: MappingNode, tree: Tree, path: string) => {
    const missing = newMapping();
    for (const [key, below] of tree.keys) {
      const keyPath = path === "" ? key : `${path}.${key}`;
      const entry = entryToEdit(node, key);
      if (entry === undefined) {
        created.push(keyPath);
        missing[key] = treeValue(below, collections);
      } else if (isEmpty(entry)) {
        requireEditable(entry.value);
        formerlyEmpty[keyPath] = text.slice(entry.value.start, entry.value.end);
        edits.push(fillEmpty({ text, style }, node, entry, treeValue(below, collections)));
      } else {
        addTo(entry.value, below, keyPath);
      }
    }
    const values = Object.assign(missing, resolveLate(tree.entries, collections));
    if (Object.keys(values).length > 0) {
      edits.push(insertEntries({ text, style }, node, positions.get(path) ?? node.entries.length, values));
    }
  };

  const addTo = (node: Node, tree: Tree, path: string) => {
    requireEditable(node);
    const isList = tree.elements.length > 0 || tree.named.size > 0;
    if (node.kind === "mapping" && !isList) {
      addToMapping(node, tree, path);
    } else if (node.kind === "sequence" && isList) {
      const seen = new Set<string>();
      for (const element of node.elements) {
        const name = nameOf(element);
        const below = name === undefined ? undefined : tree.named.get(name);
        if (name === undefined || below === undefined) continue;
        requireUnique(seen, name, `${path}[${name}]`, element);
        addTo(element, below, `${path}[${name}]`);
      }
      if (tree.elements.length > 0) {
        edits.push(insertElements({ text, style }, node, positions.get(path) ?? node.elements.length, tree.elements));
      }
    } else {
      throw new YamlError(`${path} must be a ${isList ? "list" : "mapping"}`, node.start);
    }
  };

  const root = treeOf(additions);
  lastChild(lastChild(root, "metadata"), "annotations").entries[annotation.name] = annotation.value;
  addTo(item.node, root, "");
  return edits;
}

/** The child of a key, as the last one: by then the others have told which collections they make. */
function lastChild(tree: Tree, key: string): Tree {
  const found = child(tree, key);
  tree.keys.delete(key);
  tree.keys.set(key, found);
  return found;
}

/** The entry to change; a key that stands twice, or that a merge key brings, has no single place. */
function entryToEdit(mapping: MappingNode, key: string): Entry | undefined {
  const entry = findEntry(mapping, key);
  if (entry === undefined) {
    if (Object.hasOwn(merged(mapping), key)) {
      throw new YamlError(`${key} cannot be extended: it comes from a merge key (<<)`, mapping.start);
    }
  } else if (mapping.entries.some((other) => other !== entry && keyOf(other) === key)) {
    throw new YamlError(`${key} cannot be edited: it stands twice`, entry.key.start);
  }
  return entry;
}
