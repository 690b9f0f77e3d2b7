import { readPath } from "../kube/field-path";
import type { Edit } from "../yaml/edit";
import { removeElements, removeEntries, requireEditable, restoreEmpty } from "../yaml/edit-nodes";
import { keyOf, type MappingNode, type Node, type SequenceNode } from "../yaml/node";
import type { InjectionRecord } from "./injection-record";
import {
  child,
  isEmpty,
  nameOf,
  newTree,
  type ParsedText,
  type Positions,
  requireUnique,
  type Tree,
} from "./path-tree";

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
export function removeEdits(item: ParsedText, record: InjectionRecord): Removal {
  const { text } = item;
  const edits: Edit[] = [];
  const positions = new Map<string, number>();
  const missing: string[] = [];
  const made = new Set(record.created);
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
    requireEditable(node);
    const indexes = new Set<number>();
    const wanted = new Set(Object.keys(tree.entries));
    const seen = new Set<string>();
    if (node.kind === "mapping") {
      node.entries.forEach((entry, index) => {
        const key = keyOf(entry) ?? "";
        const below = tree.keys.get(key);
        const keyPath = path === "" ? key : `${path}.${key}`;
        if (wanted.has(key)) {
          requireUnique(seen, key, keyPath, entry.key);
          indexes.add(index);
        } else if (below !== undefined) {
          requireUnique(seen, key, keyPath, entry.key);
          const before = record.formerlyEmpty[keyPath];
          const isMade = madeAbove || made.has(keyPath);
          if (isMade && before === undefined && isEmpty(entry)) {
            // What was in it is gone already; it was made for that.
            missing.push(keyPath);
            indexes.add(index);
            return;
          }
          if (!takeFrom(entry.value, below, keyPath, isMade || before !== undefined)) return;
          if (before === undefined && isMade) indexes.add(index);
          else edits.push(...restoreEmpty(text, entry, before ?? (entry.value.kind === "sequence" ? "[]" : "{}")));
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
          requireUnique(seen, name, namePath, element);
          indexes.add(index);
        } else if (below !== undefined) {
          requireUnique(seen, name, namePath, element);
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
