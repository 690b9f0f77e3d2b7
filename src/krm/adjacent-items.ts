import type { Finding } from "../kube/finding";
import type { Identity } from "../kube/object";
import { requireBlockScalarsUnchanged } from "../yaml/check-block-scalars";
import { documentsOf } from "../yaml/documents";
import { applyEdits, type Edit, shiftEdits } from "../yaml/edit";
import type { Node } from "../yaml/node";
import { parse as parseText } from "../yaml/parse";
import { absorbsTrailingNewline, lastScalar, skipCommentsAndBlanks } from "../yaml/ranges";
import { YamlError } from "../yaml/yaml-error";
import { type Deleted, deletionEdits } from "./deletion";
import { type Parse, parseEdited } from "./edit-item";
import { type Item, type ItemText, parseObject } from "./item";
import { tryEdit } from "./refuse-unsafe";
import type { ItemChange } from "./write-resource-list";

/*
 * What comes and goes between items leaves those around it as they were: a block scalar ends by what is behind it.
 */

/**
 * Checks that an object can be inserted after an item without becoming part of the item's last block scalar.
 *
 * @param change what else changes in the item; the check applies to its text afterwards.
 * @returns an `invalid-object` finding if nothing can be inserted.
 */
export function checkInsertAfter(item: ItemText, change: ItemChange | undefined, parse: Parse): Finding | undefined {
  const { text, source } = item;
  const isEnded = text.endsWith("\n") || text[(documentsOf(text)[0]?.end ?? 0) - 1] === "\n";
  if (source.form === "flow" || isEnded) return undefined;
  const parsed = parse({ ...item, text: applyEdits(text, change?.edits ?? []) });
  const check = () => {
    const last = lastScalar(parsed.node);
    // A line break would be one more of its text.
    if (last === undefined || !absorbsTrailingNewline(last)) return;
    const message = "nothing can be put behind it: its last line must end with a line break";
    throw new YamlError(message, text.length);
  };
  const result = tryEdit(item, parseObject(parsed), check);
  return "finding" in result ? result.finding : undefined;
}

/** The items of a run, and what becomes of them as far as it is known. */
interface ItemEdits {
  readonly items: readonly ItemText[];
  /** All items that are deleted, by their index. */
  readonly deleted: ReadonlyMap<number, Deleted>;
  readonly changes: ReadonlyMap<number, ItemChange>;
  readonly parse: Parse;
}

/**
 * Checks that an item can be deleted without changing the value of a block scalar above it.
 *
 * @param object identifies the item in the finding.
 * @returns an `invalid-object` finding if the item can't be deleted.
 */
export function checkDelete(index: number, object: Identity, around: ItemEdits): Finding | undefined {
  const stretch = newlyAdjacent(index, around);
  if (stretch === undefined) return undefined;
  const { before, edits, after, read } = stretch;
  const check = () => {
    const node = parseEdited(edits, () => read(after)) as Node;
    requireBlockScalarsUnchanged(before, edits, { text: after, node });
  };
  const result = tryEdit(before, object, check);
  return "finding" in result ? result.finding : undefined;
}

/** Lines of a source: from what stays up to what shows itself behind an item that is deleted. */
interface AffectedText {
  /** The node is that of what stays, with which the text starts. */
  readonly before: Item;
  readonly edits: readonly Edit[];
  readonly after: string;
  readonly read: PrecedingText["read"];
}

/** Where a deletion brings what is behind an item to stand behind something that stays; undefined where it does not. */
function newlyAdjacent(index: number, { items, deleted, changes, parse }: ItemEdits): AffectedText | undefined {
  const item = items[index] as ItemText;
  if (item.source.form === "flow") return undefined;
  let first = index;
  while (deleted.has(first - 1) && follows(items[first - 1], items[first])) first--;
  const above = follows(items[first - 1], items[first]) ? first - 1 : undefined;
  // A new object comes to stand between.
  for (let i = above ?? first; i <= index; i++) if (changes.get(i)?.insertAfter !== undefined) return undefined;
  const stays =
    above === undefined
      ? documentAbove(items[first] as ItemText)
      : itemAbove(items[above] as ItemText, changes.get(above)?.edits ?? [], parse);
  if (stays === undefined) return undefined;

  const between = Array.from({ length: index - first + 1 }, (_, i) => deleted.get(first + i) as Deleted);
  const whole = item.source.text;
  const bodyEnd = item.offset + (deleted.get(index) as Deleted).length;
  const text = stays.text + whole.slice(stays.end, skipCommentsAndBlanks(whole, bodyEnd));
  const offset = stays.end - stays.text.length;
  const edits = shiftEdits(-offset, deletionEdits(whole, between));
  const edited = applyEdits(text, edits);
  // Nothing comes to stand behind it: so it is nearly always, and needs no parse.
  if (edited === stays.text) return undefined;
  const node = stays.read(stays.text);
  if (node === undefined) return undefined;
  const after = edited.slice(0, documentsOf(edited)[0]?.to);
  return { before: { ...item, offset, text, node }, edits, after, read: stays.read };
}

/** Whether nothing but blank lines and comments is between two items of a file. */
function follows(above: ItemText | undefined, below: ItemText | undefined): boolean {
  if (above === undefined || below === undefined) return false;
  const { path, text } = above.source;
  if (path !== below.source.path || text !== below.source.text || above.source.form === "flow") return false;
  return skipCommentsAndBlanks(text, above.offset + above.text.length - 1) >= below.offset;
}

/** What stays above something that is deleted: its text, as it becomes, where it ended, and how such a text is read. */
interface PrecedingText {
  readonly text: string;
  readonly end: number;
  readonly read: (text: string) => Node | undefined;
}

function itemAbove(item: ItemText, edits: readonly Edit[], parse: Parse): PrecedingText {
  const read = (text: string) => parse({ ...item, text }).node;
  return { text: applyEdits(item.text, edits), end: item.offset + item.text.length, read };
}

/** The document above another one, which need not be an object; undefined above an element of a list. */
function documentAbove({ source, offset }: ItemText): PrecedingText | undefined {
  if (source.form !== "document" || offset === 0) return undefined;
  const from = documentsOf(source.text.slice(0, offset)).at(-1)?.from;
  return { text: source.text.slice(from, offset), end: offset, read: (text) => parseText(text) };
}
