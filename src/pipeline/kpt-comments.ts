import { applyItemEdits, type Parse } from "../krm/edit-item";
import type { Item } from "../krm/item";
import { readPath } from "../kube/field-path";
import { idAnnotations } from "../kube/host-annotations";
import type { Addition } from "../plan/addition";
import { hasComments } from "../yaml/comments";
import { removeEntries } from "../yaml/edit-nodes";
import { findEntry, keyOf, type MappingNode, type Node, type SequenceNode } from "../yaml/node";
import { YamlError } from "../yaml/yaml-error";
import { listsWithFirst, namesAdded, type RecordedAdditions } from "./injection-record";
import { nameOf } from "./path-tree";
import type { OriginalWorkload } from "./uninject";

/** An item and what the function makes of it. */
interface ChangedItem {
  /** The item as kpt sent it. */
  readonly before: Item;
  readonly original: OriginalWorkload;
  /** The item's text with all edits. */
  readonly text: string;
  /** What the new record names. */
  readonly added: RecordedAdditions["added"];
}

/**
 * Keeps kpt from moving comments. kpt copies comments back by their position in a list (kyaml `comments/comments.go`).
 * If an added element was before one of the user's and is removed, the comments after it would move to the wrong
 * element. If the function's agent replaces another one, it would get that agent's comments. kpt doesn't copy comments
 * to an item without id annotations.
 *
 * @returns the text, without the id annotations if comments would move.
 */
export function withoutMovedComments({ before, original, text, added }: ChangedItem, parse: Parse): string {
  if (original.adopted === undefined && !movesComments(before, original, added)) return text;
  const item = parse({ ...original.item, text });
  const annotations = annotationsOf(item);
  const ids = idsIn(annotations);
  if (annotations === undefined || ids.length === 0 || ids.length === annotations.entries.length) return text;
  return applyItemEdits(item, removeEntries(text, annotations, new Set(ids)), parse).text;
}

/**
 * Checks that kpt doesn't copy comments to other elements because added elements must be the first of their list, or no
 * longer must be. Here, the id annotations can't be left out: only by copying, kpt keeps the comments that are in the
 * file but not in the item, such as a license before the first document.
 *
 * @param item the item as kpt sent it.
 * @throws YamlError if it does.
 */
export function requireCommentsStay(
  item: Item,
  { record, adopted }: OriginalWorkload,
  additions: readonly Addition[],
): void {
  if (adopted !== undefined || idsIn(annotationsOf(item)).length === 0) return;
  const first = listsWithFirst(additions);
  const added = namesAdded(additions);
  for (const path of new Set([...first, ...(record?.first ?? [])])) {
    const list = listAt(item, path);
    const names = added[path];
    if (names === undefined || list === undefined) continue;
    const before = new Set(record?.added[path]);
    const kept = list.elements.flatMap((element, index) => (before.has(nameOf(element) ?? "") ? [] : [index]));
    const offset = first.includes(path) ? names.length : 0;
    if (kept.every((index, position) => index === position + offset) || !hasComments(item.text, list)) continue;
    throw new YamlError(
      `can't be reordered: kpt copies comments by their position, so the comments in this list would move to other elements`,
      list.start,
      "Remove the comments, or run the command line (tracing-sidecar --write) once before kpt",
    );
  }
}

/** Returns the indexes of the id annotations. */
function idsIn(annotations: MappingNode | undefined): number[] {
  const entries = annotations?.entries ?? [];
  return entries.flatMap((entry, index) => (idAnnotations.includes(keyOf(entry) ?? "") ? [index] : []));
}

/** Returns true if the number of added elements changes in a list with comments where they weren't the last ones. */
function movesComments(item: Item, { record, movedUp }: OriginalWorkload, added: RecordedAdditions["added"]): boolean {
  return movedUp.some((path) => {
    if (record?.added[path]?.length === (added[path]?.length ?? 0)) return false;
    const list = listAt(item, path);
    return list !== undefined && hasComments(item.text, list);
  });
}

/** Returns the list at a path; undefined if there is a mapping. */
function listAt({ node }: Item, path: string): SequenceNode | undefined {
  const found = readPath(path).reduce<Node | undefined>(
    (current, step) => (typeof step === "string" ? valueAt(current, step) : elementNamed(current, step.name)),
    node,
  );
  return found?.kind === "sequence" ? found : undefined;
}

function elementNamed(list: Node | undefined, name: string): Node | undefined {
  return list?.kind === "sequence" ? list.elements.find((element) => nameOf(element) === name) : undefined;
}

function annotationsOf({ node }: Item): MappingNode | undefined {
  const annotations = valueAt(valueAt(node, "metadata"), "annotations");
  return annotations?.kind === "mapping" ? annotations : undefined;
}

function valueAt(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "mapping" ? findEntry(node, key)?.value : undefined;
}
