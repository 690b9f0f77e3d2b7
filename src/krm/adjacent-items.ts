import { type Finding, objectAndFile } from "../kube/finding";
import type { Identity } from "../kube/object";
import { requireBlockScalarsUnchanged } from "../yaml/check-block-scalars";
import { documentsOf } from "../yaml/documents";
import { applyEdits, type Edit, shiftEdits } from "../yaml/edit";
import type { Node } from "../yaml/node";
import { parse as parseText } from "../yaml/parse";
import { absorbsTrailingNewline, lastScalar, skipCommentsAndBlanks } from "../yaml/ranges";
import { YamlError } from "../yaml/yaml-error";
import { type Deleted, deletionEdits } from "./delete-items";
import { type Parse, parseEdited } from "./edit-item";
import { type Item, type ItemText, parseObject } from "./item";
import { tryEdit } from "./try-edit";
import type { ItemChange } from "./write-resource-list";

/*
 * Inserting or deleting an item must not change the items around it. A block scalar is at risk: where it ends depends
 * on the lines after it.
 */

/**
 * Checks that an object can be inserted after an item: the item isn't the only one that a JSON file can contain, and the
 * object wouldn't become part of the item's last block scalar.
 *
 * @param change the other changes to the item: the check applies to the text that results from them.
 * @returns an `invalid-object` finding if nothing can be inserted.
 */
export function checkInsertAfter(item: ItemText, change: ItemChange | undefined, parse: Parse): Finding | undefined {
  const { text, source } = item;
  if (source.form === "document" && isJsonPath(source.path)) {
    const message =
      "New objects can't be added to this file: a JSON file can contain only one object. Convert the file to YAML, or wrap the object in a List.";
    return { ...objectAndFile(parseObject(parse(item))), code: "invalid-object", severity: "error", message };
  }
  const endsWithLineBreak = text.endsWith("\n") || text[(documentsOf(text)[0]?.end ?? 0) - 1] === "\n";
  if (source.form === "flow" || endsWithLineBreak) return undefined;
  const edited = parse({ ...item, text: applyEdits(text, change?.edits ?? []) });
  const check = () => {
    const last = lastScalar(edited.node);
    // The line break that comes before the new object would become part of the scalar's value.
    if (last === undefined || !absorbsTrailingNewline(last)) return;
    const message = "can't add an object after this one: add a line break at the end of the file";
    throw new YamlError(message, text.length);
  };
  const result = tryEdit(item, parseObject(edited), check);
  return "finding" in result ? result.finding : undefined;
}

/** Reports whether a path is that of a JSON file, which can contain only one document. */
export function isJsonPath(path: string | undefined): boolean {
  return path?.endsWith(".json") ?? false;
}

/** The items of a run, with the changes decided so far. */
interface ItemEdits {
  readonly items: readonly ItemText[];
  /** All items that are deleted, by their index in `items`. */
  readonly deleted: ReadonlyMap<number, Deleted>;
  /** By the item's index in `items`. */
  readonly changes: ReadonlyMap<number, ItemChange>;
  readonly parse: Parse;
}

/**
 * Checks that an item can be deleted without changing the value of a block scalar above it.
 *
 * @param object identifies the item in the finding.
 * @returns an `invalid-object` finding if the item can't be deleted.
 */
export function checkDelete(index: number, object: Identity, itemEdits: ItemEdits): Finding | undefined {
  const affected = newlyAdjacent(index, itemEdits);
  if (affected === undefined) return undefined;
  const { before, edits, after, read } = affected;
  const check = () => {
    const node = parseEdited(edits, () => read(after));
    if (node === undefined) throw new Error("the text before a deleted item must stay");
    requireBlockScalarsUnchanged(before, edits, { text: after, node });
  };
  const result = tryEdit(before, object, check);
  return "finding" in result ? result.finding : undefined;
}

/** The part of a source that a deletion affects: from the text before the deleted items to the lines after them. */
interface AffectedText {
  /** The text as it was before the deletion. It starts with the preceding text, whose node is `node`. */
  readonly before: Item;
  readonly edits: readonly Edit[];
  /** The text after the deletion, up to the end of its first document. */
  readonly after: string;
  readonly read: PrecedingText["read"];
}

/**
 * Returns the text in which deleting item `index` makes lines adjacent that weren't before: those after the item, and
 * those before it and the deleted items directly above it. Returns undefined if no lines become adjacent.
 */
function newlyAdjacent(index: number, { items, deleted, changes, parse }: ItemEdits): AffectedText | undefined {
  const last = deleted.get(index);
  if (last === undefined || last.item.source.form === "flow") return undefined;
  const { first, deletions } = deletionsUpTo(index, last, deleted);
  const aboveIndex = index - deletions.length;
  const itemBefore = items[aboveIndex];
  const above = follows(itemBefore, first.item) ? itemBefore : undefined;
  // A new object is inserted in between, so no lines become adjacent.
  for (let i = above === undefined ? aboveIndex + 1 : aboveIndex; i <= index; i++)
    if (changes.get(i)?.insertAfter !== undefined) return undefined;
  const preceding =
    above === undefined ? documentAbove(first.item) : itemAbove(above, changes.get(aboveIndex)?.edits ?? [], parse);
  if (preceding === undefined) return undefined;

  const { item, length } = last;
  const sourceText = item.source.text;
  const text =
    preceding.text + sourceText.slice(preceding.end, skipCommentsAndBlanks(sourceText, item.offset + length));
  const offset = preceding.end - preceding.text.length;
  const edits = shiftEdits(-offset, deletionEdits(sourceText, deletions));
  const edited = applyEdits(text, edits);
  // No comments or blank lines follow. This is the usual case, and it needs no parse.
  if (edited === preceding.text) return undefined;
  const node = preceding.read(preceding.text);
  if (node === undefined) return undefined;
  const after = edited.slice(0, documentsOf(edited)[0]?.to);
  return { before: { ...item, offset, text, node }, edits, after, read: preceding.read };
}

/** Returns the deletion of item `index` and those of the items directly above it, in their order, and the first of them. */
function deletionsUpTo(index: number, last: Deleted, deleted: ReadonlyMap<number, Deleted>) {
  const deletions = [last];
  let first = last;
  for (;;) {
    const above = deleted.get(index - deletions.length);
    if (above === undefined || !follows(above.item, first.item)) return { first, deletions: deletions.reverse() };
    deletions.push(above);
    first = above;
  }
}

/** Reports whether two items are in the same file with only blank lines and comments between them. */
function follows(above: ItemText | undefined, below: ItemText): boolean {
  if (above === undefined) return false;
  const { path, text } = above.source;
  if (path !== below.source.path || text !== below.source.text || above.source.form === "flow") return false;
  return skipCommentsAndBlanks(text, above.offset + above.text.length - 1) >= below.offset;
}

/** The text directly above deleted items. */
interface PrecedingText {
  /** With its own edits applied. */
  readonly text: string;
  /** Where the text ends in the source, before its edits are applied. */
  readonly end: number;
  /** Parses the text, or a longer one that starts with it. */
  readonly read: (text: string) => Node | undefined;
}

function itemAbove(item: ItemText, edits: readonly Edit[], parse: Parse): PrecedingText {
  const read = (text: string) => parse({ ...item, text }).node;
  return { text: applyEdits(item.text, edits), end: item.offset + item.text.length, read };
}

/**
 * Returns the document above an item's document. It might not be an object. Returns undefined for the first document
 * and for an element of a list.
 */
function documentAbove({ source, offset }: ItemText): PrecedingText | undefined {
  if (source.form !== "document" || offset === 0) return undefined;
  const from = documentsOf(source.text.slice(0, offset)).at(-1)?.from;
  return { text: source.text.slice(from, offset), end: offset, read: (text) => parseText(text) };
}
