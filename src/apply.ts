import { readPath, type Step } from "./kube/field-path";
import type { Addition } from "./plan/addition";
import type { Record } from "./record";
import type { Edit } from "./yaml/edit";
import {
  emptyValue,
  fillValue,
  insertElements,
  insertEntries,
  mustBeEditable,
  removeElements,
  removeEntries,
} from "./yaml/edit-nodes";
import { type Entry, findEntry, keyOf, type MappingNode, type Node, resolve, type SequenceNode } from "./yaml/node";
import { detectStyle } from "./yaml/style";
import { merged, toValue } from "./yaml/to-value";
import { type Mapping, newMapping, type Value } from "./yaml/value";
import { YamlError } from "./yaml/yaml-error";

/*
 * Where meaning meets offsets: additions and records, which are data, become edits of an item's text.
 */

/** The collections that had to be made, and those that stood there empty, with the text behind their colon. */
export interface Collections {
  readonly made: readonly string[];
  readonly empty: { readonly [path: string]: string };
}

/** A value that is known only once the collections are: the record. */
type Late = (collections: Collections) => Value;

/** Where in a collection, by its path, what was taken out stood, when it was not at the end. */
export type Positions = ReadonlyMap<string, number>;

/** All additions to an object as a tree along its collections. */
interface Tree {
  readonly keys: Map<string, Tree>;
  readonly named: Map<string, Tree>;
  readonly entries: { [key: string]: Value | Late };
  readonly elements: Mapping[];
}

const newTree = (): Tree => ({ keys: new Map(), named: new Map(), entries: newMapping(), elements: [] });

function child(tree: Tree, step: Step): Tree {
  const [children, name] = typeof step === "string" ? [tree.keys, step] : [tree.named, step.name];
  const found = children.get(name) ?? newTree();
  children.set(name, found);
  return found;
}

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
function treeValue(tree: Tree, collections: Collections): Value {
  if (tree.elements.length > 0) return tree.elements;
  const value = newMapping();
  for (const [key, below] of tree.keys) value[key] = treeValue(below, collections);
  return Object.assign(value, settle(tree.entries, collections));
}

function settle(entries: Tree["entries"], collections: Collections): Mapping {
  const settled = newMapping();
  for (const [key, value] of Object.entries(entries))
    settled[key] = typeof value === "function" ? value(collections) : value;
  return settled;
}

/** An item's text, and the node of the object in it. */
export interface ItemText {
  readonly text: string;
  readonly node: Node;
}

/**
 * The edits that add to an object.
 *
 * @param annotation an annotation whose value tells of the collections: the record.
 * @param positions where to insert, for collections in which it is not the end.
 * @throws YamlError where an edit would reach further than its own place.
 */
export function add(
  item: ItemText,
  additions: readonly Addition[],
  annotation: { readonly name: string; readonly value: (collections: Collections) => string },
  positions: Positions,
): readonly Edit[] {
  const { text } = item;
  const style = detectStyle(text, item.node);
  const edits: Edit[] = [];
  const made: string[] = [];
  const empty: { [path: string]: string } = {};
  const collections = { made, empty };

  const addToMapping = (node: MappingNode, tree: Tree, path: string) => {
    const missing = newMapping();
    for (const [key, below] of tree.keys) {
      const keyPath = path === "" ? key : `${path}.${key}`;
      const entry = entryToEdit(node, key);
      if (entry === undefined) {
        made.push(keyPath);
        missing[key] = treeValue(below, collections);
      } else if (isEmpty(entry)) {
        mustBeEditable(entry.value);
        empty[keyPath] = text.slice(entry.value.start, entry.value.end);
        edits.push(fillValue(text, node, entry, treeValue(below, collections), style));
      } else {
        addTo(entry.value, below, keyPath);
      }
    }
    const values = Object.assign(missing, settle(tree.entries, collections));
    if (Object.keys(values).length > 0) {
      edits.push(insertEntries(text, node, positions.get(path) ?? node.entries.length, values, style));
    }
  };

  const addTo = (node: Node, tree: Tree, path: string) => {
    mustBeEditable(node);
    const isList = tree.elements.length > 0 || tree.named.size > 0;
    if (node.kind === "mapping" && !isList) {
      addToMapping(node, tree, path);
    } else if (node.kind === "sequence" && isList) {
      const seen = new Set<string>();
      for (const element of node.elements) {
        const name = nameOf(element);
        const below = name === undefined ? undefined : tree.named.get(name);
        if (name === undefined || below === undefined) continue;
        mustBeNew(seen, name, `${path}[${name}]`, element);
        addTo(element, below, `${path}[${name}]`);
      }
      if (tree.elements.length > 0) {
        edits.push(insertElements(text, node, positions.get(path) ?? node.elements.length, tree.elements, style));
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

/**
 * Remembers a name of a collection. Of two that are alike the record cannot tell which one is ours: taking back would
 * take what a user wrote.
 */
function mustBeNew(seen: Set<string>, name: string, path: string, at: Node): void {
  if (seen.has(name)) throw new YamlError(`${path} must stand once: two of one name cannot be told apart`, at.start);
  seen.add(name);
}

function isEmpty({ value }: Entry): boolean {
  if (value.kind === "mapping") return value.entries.length === 0;
  if (value.kind === "sequence") return value.elements.length === 0;
  return value.kind === "scalar" && toValue(value) === null;
}

function nameOf(element: Node): string | undefined {
  const target = resolve(element);
  if (target.kind !== "mapping") return undefined;
  const name = findEntry(target, "name");
  const value = name === undefined ? merged(target).name : toValue(name.value);
  return typeof value === "string" ? value : undefined;
}

/** What taking back gives: the edits, and what the record named but is not there. */
export interface Removal {
  readonly edits: readonly Edit[];
  readonly positions: Positions;
  readonly missing: readonly string[];
}

/**
 * The edits that take back what a record says was added: the exact inverse of `add`.
 *
 * @throws YamlError where an edit would reach further than its own place.
 */
export function takeBack(item: ItemText, record: Record): Removal {
  const { text } = item;
  const edits: Edit[] = [];
  const positions = new Map<string, number>();
  const missing: string[] = [];
  const made = new Set(record.made);
  const root = newTree();
  for (const [path, names] of Object.entries(record.added)) {
    const tree = readPath(path).reduce(child, root);
    for (const name of names) tree.entries[name] = null;
  }

  const remove = (node: MappingNode | SequenceNode, path: string, indexes: ReadonlySet<number>): boolean => {
    const count = node.kind === "mapping" ? node.entries.length : node.elements.length;
    if (indexes.size === 0) return false;
    if (indexes.size === count) return true;
    const first = Math.min(...indexes);
    if (count - indexes.size > first) positions.set(path, first);
    edits.push(...(node.kind === "mapping" ? removeEntries(text, node, indexes) : removeElements(text, node, indexes)));
    return false;
  };

  /** Takes back what is below a node; true where nothing would be left of it, which the caller then sees to. */
  const takeFrom = (node: Node, tree: Tree, path: string, madeAbove: boolean): boolean => {
    mustBeEditable(node);
    const indexes = new Set<number>();
    const wanted = new Set(Object.keys(tree.entries));
    const seen = new Set<string>();
    if (node.kind === "mapping") {
      node.entries.forEach((entry, index) => {
        const key = keyOf(entry) ?? "";
        const below = tree.keys.get(key);
        const keyPath = path === "" ? key : `${path}.${key}`;
        if (wanted.has(key)) {
          mustBeNew(seen, key, keyPath, entry.key);
          indexes.add(index);
        } else if (below !== undefined) {
          mustBeNew(seen, key, keyPath, entry.key);
          const before = record.empty[keyPath];
          const isMade = madeAbove || made.has(keyPath);
          if (isMade && before === undefined && isEmpty(entry)) {
            // What was in it is gone already; it was made for that.
            missing.push(keyPath);
            indexes.add(index);
            return;
          }
          if (!takeFrom(entry.value, below, keyPath, isMade || before !== undefined)) return;
          if (before === undefined && isMade) indexes.add(index);
          else edits.push(...emptyValue(text, entry, before ?? (entry.value.kind === "sequence" ? "[]" : "{}")));
        }
      });
      for (const key of [...wanted, ...tree.keys.keys()])
        if (!seen.has(key)) missing.push(path === "" ? key : `${path}.${key}`);
      return remove(node, path, indexes);
    }
    if (node.kind === "sequence") {
      node.elements.forEach((element, index) => {
        const name = nameOf(element);
        if (name === undefined) return;
        const below = tree.named.get(name);
        const namePath = `${path}[${name}]`;
        if (wanted.has(name)) {
          mustBeNew(seen, name, namePath, element);
          indexes.add(index);
        } else if (below !== undefined) {
          mustBeNew(seen, name, namePath, element);
          takeFrom(element, below, namePath, false);
        }
      });
      for (const name of [...wanted, ...tree.named.keys()]) if (!seen.has(name)) missing.push(`${path}[${name}]`);
      return remove(node, path, indexes);
    }
    missing.push(path);
    return false;
  };

  takeFrom(item.node, root, "", false);
  return { edits, positions, missing };
}
