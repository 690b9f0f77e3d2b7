import { readPath } from "../kube/field-path";
import type { Edit } from "../yaml/edit";
import { removeElements, removeEntries, requireEditable, restoreEmpty } from "../yaml/edit-nodes";
import { type Entry, keyOf, type MappingNode, type Node, type SequenceNode } from "../yaml/node";
import type { RecordedAdditions } from "./injection-record";
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

/** How to remove recorded additions. */
export interface Removal {
  readonly edits: readonly Edit[];
  /** Where the removed entries and elements were, so that new ones can take their place. */
  readonly positions: Positions;
  /** Recorded paths that the object doesn't have. */
  readonly missing: readonly string[];
}

/** A node of the object, and what was added below it. */
interface Place {
  readonly node: Node;
  readonly tree: PathTree;
  readonly path: string;
}

/** The results so far. */
interface Found {
  readonly edits: Edit[];
  readonly positions: Map<string, number>;
  readonly missing: string[];
}

/** The text, and what is recorded about its collections. */
interface Source {
  readonly text: string;
  readonly created: ReadonlySet<string>;
  readonly formerlyEmpty: RecordedAdditions["formerlyEmpty"];
}

/**
 * Computes the edits that remove recorded additions: the exact inverse of `addEdits`.
 *
 * @throws YamlError if an edit would also change something else.
 */
export function removeEdits({ text, node }: ParsedText, recorded: RecordedAdditions): Removal {
  const tree = newTree();
  for (const [path, names] of Object.entries(recorded.added)) {
    const collection = readPath(path).reduce(child, tree);
    for (const name of names) collection.entries[name] = null;
  }
  const source = { text, created: new Set(recorded.created), formerlyEmpty: recorded.formerlyEmpty };
  const found: Found = { edits: [], positions: new Map(), missing: [] };
  removeBelow({ node, tree, path: "" }, source, found);
  return found;
}

/**
 * Removes what was added below a node. Returns true if nothing would be left: the caller must then remove the
 * node.
 */
function removeBelow(place: Place, source: Source, found: Found): boolean {
  const { node, path } = place;
  requireEditable(node);
  if (node.kind === "mapping") return removeFromMapping({ ...place, node }, source, found);
  if (node.kind === "sequence") return removeFromList({ ...place, node }, source, found);
  found.missing.push(path);
  return false;
}

function removeFromMapping(place: Place & { readonly node: MappingNode }, source: Source, found: Found): boolean {
  const { node, tree, path } = place;
  const keys = new Set<string>();
  const indexes = new Set<number>();
  node.entries.forEach((entry, index) => {
    const key = keyOf(entry) ?? "";
    const isAdded = Object.hasOwn(tree.entries, key);
    const below = tree.keys.get(key);
    if (!isAdded && below === undefined) return;
    const entryPath = keyPath(path, key);
    requireUnique(keys, key, entry.key);
    const isRemoved = isAdded || (below && removeFromEntry(entry, { tree: below, path: entryPath }, source, found));
    if (isRemoved) indexes.add(index);
  });
  for (const key of [...Object.keys(tree.entries), ...tree.keys.keys()])
    if (!keys.has(key)) found.missing.push(keyPath(path, key));
  return removeChildren(place, indexes, source, found);
}

/** Removes what was added below an entry. Returns true if the entry itself must be removed. */
function removeFromEntry(entry: Entry, { tree, path }: Omit<Place, "node">, source: Source, found: Found): boolean {
  const before = source.formerlyEmpty[path];
  const isCreated = source.created.has(path);
  if (isCreated && before === undefined && isEmpty(entry)) {
    // The function created the collection, and someone else removed its content.
    found.missing.push(path);
    return true;
  }
  if (!removeBelow({ node: entry.value, tree, path }, source, found)) return false;
  if (before === undefined && isCreated) return true;
  const empty = entry.value.kind === "sequence" ? "[]" : "{}";
  found.edits.push(...restoreEmpty(source.text, entry, before ?? empty));
  return false;
}

function removeFromList(place: Place & { readonly node: SequenceNode }, source: Source, found: Found): boolean {
  const { node, tree, path } = place;
  const names = new Set<string>();
  const indexes = new Set<number>();
  node.elements.forEach((element, index) => {
    const name = nameOf(element);
    if (name === undefined) return;
    const isAdded = Object.hasOwn(tree.entries, name);
    const below = tree.named.get(name);
    if (!isAdded && below === undefined) return;
    const elementPath = `${path}[${name}]`;
    requireUnique(names, name, element);
    if (isAdded) indexes.add(index);
    else if (below) removeBelow({ node: element, tree: below, path: elementPath }, source, found);
  });
  for (const name of [...Object.keys(tree.entries), ...tree.named.keys()])
    if (!names.has(name)) found.missing.push(`${path}[${name}]`);
  return removeChildren(place, indexes, source, found);
}

/** Removes some children of a collection. Returns true, and changes nothing, if these are all of them. */
function removeChildren(
  { node, path }: Place & { readonly node: MappingNode | SequenceNode },
  indexes: ReadonlySet<number>,
  { text }: Source,
  { edits, positions }: Found,
): boolean {
  const count = node.kind === "mapping" ? node.entries.length : node.elements.length;
  if (indexes.size === 0) return false;
  if (indexes.size === count) return true;
  const first = Math.min(...indexes);
  if (count - indexes.size > first) positions.set(path, first);
  edits.push(...(node.kind === "mapping" ? removeEntries(text, node, indexes) : removeElements(text, node, indexes)));
  return false;
}
