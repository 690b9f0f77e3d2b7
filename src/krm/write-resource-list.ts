import { locationAnnotations } from "../kube/host-annotations";
import type { Identity } from "../kube/object";
import { applyEdits, type Edit, editedPieces, type LazyEdit, shiftEdits } from "../yaml/edit";
import { removeRanges } from "../yaml/edit-flow";
import { insertEntries, replaceValue } from "../yaml/edit-nodes";
import { keyOf } from "../yaml/node";
import { printElement, printFlow } from "../yaml/print";
import { lineEnd } from "../yaml/ranges";
import type { Mapping, Value } from "../yaml/value";
import { elementRange } from "./deletion";
import type { ItemText } from "./item";
import type { ItemList } from "./item-list";
import type { ResourceList } from "./resource-list";

/** What becomes of an item, and the objects that are put behind it. */
export interface ItemChange {
  /** The length of the item's body: all of its text in a flow list. */
  readonly length: number;
  /** Of the body; offsets are within it. */
  readonly edits?: readonly Edit[];
  /** The body goes. */
  readonly isDeleted?: true;
  readonly insertAfter?: readonly NewObject[];
}

/** An object that is put into the list: into the file that another one is in, at this index. */
export interface NewObject {
  readonly object: Mapping;
  readonly sameFileAs: Identity;
  readonly index: number;
}

/** The object as it is written, with the annotations by which a host finds its place. */
export function withLocationAnnotations({ object, sameFileAs, index }: NewObject): Mapping {
  const metadata = object.metadata as Mapping;
  const annotations = { ...(metadata.annotations as Mapping), ...locationAnnotations(sameFileAs, index) };
  return { ...object, metadata: { ...metadata, annotations } };
}

/** Results, each of which may be made when it is written. */
export type Results = Iterable<Value> & { readonly length: number };

/**
 * The list's text with its items changed and `results` in place of earlier ones, in pieces: the output can be several
 * times as long as the input. Whatever is not named stays byte for byte.
 *
 * @param changes by the index of the item.
 * @param appended objects for a list that has no items.
 */
export function writeResourceList(
  list: ResourceList,
  changes: ReadonlyMap<number, ItemChange>,
  results: Results,
  appended: readonly Mapping[] = [],
): Iterable<string> {
  const first = appended.length > 0 ? firstItems(list, appended) : [];
  return editedPieces(list.text, [...itemEdits(list, changes), ...first, ...resultsEdits(list, results)]);
}

/** The first items of a list that had none: `[]` gives way to lines below, and a comment behind it stays at its place. */
function firstItems({ layout: { chunks, style } }: ResourceList, objects: readonly Mapping[]): Edit[] {
  return chunks.flatMap((chunk) => {
    const entry = chunk.mapping.entries.find((candidate) => keyOf(candidate) === "items");
    if (entry === undefined) return [];
    const { text, mapping, offset } = chunk;
    const { start, end } = entry.value;
    const written = text.slice(entry.key.end, end);
    if (mapping.flow || !/^: *\[ *\]$/.test(written)) {
      const edit = replaceValue({ text, style }, mapping, entry, objects);
      return [{ ...edit, offset: edit.offset + offset }];
    }
    const lines = objects.map((object) => style.lineBreak + printElement(object, 0, style)).join("");
    const colonEnd = entry.key.end + 1;
    return [
      { offset: offset + colonEnd, length: end - colonEnd, text: "" },
      { offset: offset + lineEnd(text, start), length: 0, text: lines },
    ];
  });
}

/** The edits of the whole text that change a list's items. */
export function itemEdits(list: ItemList, changes: ReadonlyMap<number, ItemChange>): LazyEdit[] {
  return list.layout.flow ? flowEdits(list, changes) : blockEdits(list, changes);
}

function blockEdits(list: ItemList, changes: ReadonlyMap<number, ItemChange>): LazyEdit[] {
  const { column, style } = list.layout;
  const lineStart = style.lineBreak + " ".repeat(column);
  const edits: LazyEdit[] = [];
  let left = list.items.length;
  const written = ({ text }: ItemText, { length, edits: own = [], isDeleted, insertAfter = [] }: ItemChange) => [
    isDeleted ? "" : applyEdits(text.slice(0, length), own),
    ...insertAfter.map((one) => lineStart + printElement(withLocationAnnotations(one), column, style)),
  ];
  for (const [index, change] of changes) {
    const item = list.items[index] as ItemText;
    const { offset, length } = change.isDeleted
      ? elementRange({ item, length: change.length })
      : { offset: item.offset, length: change.length };
    // Not by a spread, whose objects are larger: 40 MB more for 200,000.
    edits.push({ offset, length, text: () => written(item, change) });
    if (change.isDeleted && change.insertAfter === undefined) left--;
  }
  if (left === 0 && list.items.length > 0) edits.push(emptyItems(list));
  return edits;
}

/** `items:` with nothing below it would be null, which the specification does not allow. */
function emptyItems(list: ItemList): Edit {
  const chunk = list.layout.chunks[0];
  const entry = chunk?.mapping.entries.find((candidate) => keyOf(candidate) === "items");
  return { offset: list.offset + (chunk?.offset ?? 0) + (entry?.key.end ?? 0) + 1, length: 0, text: " []" };
}

function flowEdits(list: ItemList, changes: ReadonlyMap<number, ItemChange>): Edit[] {
  const ranges = list.items.map((item) => ({ start: item.offset, end: item.offset + item.text.length }));
  const deleted = new Set([...changes].filter(([, change]) => change.isDeleted).map(([index]) => index));
  const edits: Edit[] = removeRanges(ranges, deleted);
  for (const [index, { edits: own = [], insertAfter = [] }] of changes) {
    const { start, end } = ranges[index] as { start: number; end: number };
    edits.push(...shiftEdits(start, own));
    const added = insertAfter
      .map((one) => `, ${printFlow(withLocationAnnotations(one), list.layout.style.json)}`)
      .join("");
    if (added !== "") edits.push({ offset: end, length: 0, text: added });
  }
  return edits;
}

/** Earlier results give way, to `[]` where there are none: what is behind them stays behind them. */
function resultsEdits(list: ResourceList, results: Results): LazyEdit[] {
  const { chunks, style, splitByIndentation } = list.layout;
  for (const { offset, text, mapping } of chunks) {
    const index = mapping.entries.findIndex((entry) => keyOf(entry) === "results");
    const entry = mapping.entries[index];
    if (entry === undefined) continue;
    return shiftEdits(offset, [replaceValue({ text, style }, mapping, entry, [...results])]);
  }
  const [first] = chunks;
  const chunk = chunks.at(-1);
  if (results.length === 0 || first === undefined || chunk === undefined) return [];
  if (!first.mapping.flow && !list.text.endsWith("\n")) {
    // A line break at the end would be one more of a block scalar's text.
    const index = first.mapping.entries.findIndex((entry) => keyOf(entry) === "items");
    const edit = insertEntries({ text: first.text, style }, first.mapping, index, { results: [...results] });
    return shiftEdits(first.offset, [edit]);
  }
  if (splitByIndentation) {
    // Not by insertEntries, which keeps comments apart for kpt: nothing of a host's copying concerns results.
    const column = style.sequenceIndent;
    const lineStart = style.lineBreak + " ".repeat(column);
    const text = function* () {
      yield "results:";
      for (const result of results) yield lineStart + printElement(result, column, style);
      yield style.lineBreak;
    };
    return [{ offset: list.text.length, length: 0, text }];
  }
  const edit = insertEntries({ text: chunk.text, style }, chunk.mapping, chunk.mapping.entries.length, {
    results: [...results],
  });
  return [{ ...edit, offset: edit.offset + chunk.offset }];
}
