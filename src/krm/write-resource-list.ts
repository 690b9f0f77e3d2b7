import { locationAnnotations } from "../kube/host-annotations";
import type { Identity } from "../kube/object";
import { applyEdits, type Edit, editedPieces, type LazyEdit, shiftEdits } from "../yaml/edit";
import { removeRanges } from "../yaml/edit-flow";
import { insertEntries, replaceValue } from "../yaml/edit-nodes";
import { findEntry, keyOf } from "../yaml/node";
import { printElement, printFlow } from "../yaml/print";
import { lineEnd } from "../yaml/ranges";
import { getMapping, type Mapping, type Value } from "../yaml/value";
import { elementRange } from "./delete-items";
import type { ItemText } from "./item";
import type { ItemList } from "./item-list";
import type { ResourceList } from "./resource-list";

/** The changes to an item, and the objects that are inserted after it. */
export interface ItemChange {
  /** The length of the item's body (see `ownLength`). In a flow list, the body is the whole text. */
  readonly length: number;
  /** Edits of the body. Their offsets are within the item's text. */
  readonly edits?: readonly Edit[];
  /** If true, the body is deleted. */
  readonly isDeleted?: true;
  readonly insertAfter?: readonly NewObject[];
}

/** An object that is added to the list. */
export interface NewObject {
  readonly object: Mapping;
  /** The host writes the new object to the same file as this one. */
  readonly sameFileAs: Identity;
  /** The new object's index in that file. */
  readonly index: number;
}

/** Returns the object with the annotations that tell a host its file and index. */
export function withLocationAnnotations({ object, sameFileAs, index }: NewObject): Mapping {
  const metadata = getMapping(object, "metadata");
  const annotations = { ...getMapping(metadata, "annotations"), ...locationAnnotations(sameFileAs, index) };
  return { ...object, metadata: { ...metadata, annotations } };
}

/** Results that can be computed as they are written. */
export type Results = Iterable<Value> & { readonly length: number };

/**
 * Returns the list's text with its items changed and its results replaced. Everything that isn't changed keeps its
 * bytes. The text is returned in pieces, because the output can be several times as long as the input.
 *
 * @param changes by the item's index.
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

/** Inserts the first items of a list: removes `[]` and adds lines below. A comment after `[]` stays on its line. */
function firstItems({ layout: { chunks, style } }: ResourceList, objects: readonly Mapping[]): Edit[] {
  return chunks.flatMap((chunk) => {
    const entry = findEntry(chunk.mapping, "items");
    if (entry === undefined) return [];
    const { text, mapping, offset } = chunk;
    const { start, end } = entry.value;
    const emptyList = text.slice(entry.key.end, end);
    if (mapping.flow || !/^: *\[ *\]$/.test(emptyList)) {
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

/**
 * Returns the edits that change a list's items. Their offsets are within the whole text that the list is part of.
 *
 * @param changes by the item's index in the list.
 */
export function itemEdits(list: ItemList, changes: ReadonlyMap<number, ItemChange>): LazyEdit[] {
  return list.layout.flow ? flowEdits(list, changes) : blockEdits(list, changes);
}

function blockEdits(list: ItemList, changes: ReadonlyMap<number, ItemChange>): LazyEdit[] {
  const { column, style } = list.layout;
  const lineStart = style.lineBreak + " ".repeat(column);
  const edits: LazyEdit[] = [];
  let remaining = list.items.length;
  const changedText = (
    { text }: ItemText,
    { length, edits: ownEdits = [], isDeleted, insertAfter = [] }: ItemChange,
  ) => [
    isDeleted ? "" : applyEdits(text.slice(0, length), ownEdits),
    ...insertAfter.map((object) => lineStart + printElement(withLocationAnnotations(object), column, style)),
  ];
  for (const [index, item] of list.items.entries()) {
    const change = changes.get(index);
    if (change === undefined) continue;
    const { offset, length } = change.isDeleted
      ? elementRange({ item, length: change.length })
      : { offset: item.offset, length: change.length };
    // A spread would create larger objects: 40 MB more for 200,000 edits.
    edits.push({ offset, length, text: () => changedText(item, change) });
    if (change.isDeleted && change.insertAfter === undefined) remaining--;
  }
  if (remaining === 0 && list.items.length > 0) edits.push(emptyItems(list));
  return edits;
}

/** Adds `[]` after `items:`, which would otherwise be null. The specification doesn't allow null. */
function emptyItems(list: ItemList): Edit {
  const chunk = list.layout.chunks[0];
  const entry = chunk && findEntry(chunk.mapping, "items");
  return { offset: list.offset + (chunk?.offset ?? 0) + (entry?.key.end ?? 0) + 1, length: 0, text: " []" };
}

function flowEdits(list: ItemList, changes: ReadonlyMap<number, ItemChange>): Edit[] {
  const ranges = list.items.map((item) => ({ start: item.offset, end: item.offset + item.text.length }));
  const deleted = new Set([...changes].filter(([, change]) => change.isDeleted).map(([index]) => index));
  const edits = ranges.flatMap(({ start, end }, index) => {
    const { edits: ownEdits = [], insertAfter = [] } = changes.get(index) ?? {};
    const added = insertAfter
      .map((object) => `, ${printFlow(withLocationAnnotations(object), list.layout.style.json)}`)
      .join("");
    return [...shiftEdits(start, ownEdits), ...(added === "" ? [] : [{ offset: end, length: 0, text: added }])];
  });
  return [...removeRanges(ranges, deleted), ...edits];
}

/**
 * Replaces existing results in place, with `[]` if there are no new ones, so that the text after them stays there. If
 * the list has no results yet, adds new ones at its end, or before `items` if its text doesn't end with a line break.
 */
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
    // Results at the end would need a line break before them, which could become part of a block scalar's value.
    const index = first.mapping.entries.findIndex((entry) => keyOf(entry) === "items");
    const edit = insertEntries({ text: first.text, style }, first.mapping, index, { results: [...results] });
    return shiftEdits(first.offset, [edit]);
  }
  if (splitByIndentation) {
    // Doesn't use insertEntries, which protects the comments that kpt copies back: hosts copy none in results.
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
