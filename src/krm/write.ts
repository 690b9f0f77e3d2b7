import { insertEntries, removeEntries, replaceValue } from "../yaml/change";
import { type Edit, editedPieces } from "../yaml/edit";
import { lineEnd } from "../yaml/extent";
import { removeRanges } from "../yaml/flow";
import { keyOf } from "../yaml/node";
import { printElement, printEntry, printFlow } from "../yaml/print";
import type { Mapping, Value } from "../yaml/value";
import type { ItemText } from "./item";
import type { ItemList } from "./item-list";
import type { ResourceList } from "./resource-list";

/** What becomes of an item: its new body, or its end, and the objects that are put behind it. */
export interface ItemChange {
  /** What takes the place of the item's first `length` characters; absent: it stays; null: it is deleted. */
  readonly text?: string | null;
  /** The length of the item's body: all of its text in a flow list. */
  readonly length: number;
  readonly behind?: readonly Mapping[];
}

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
  results: readonly Value[],
  appended: readonly Mapping[] = [],
): string[] {
  const first = appended.length > 0 ? firstItems(list, appended) : [];
  return editedPieces(list.text, [...itemEdits(list, changes), ...first, ...resultsEdits(list, results)]);
}

/** The first items of a list that had none: `[]` gives way to lines below, and a comment behind it stays at its place. */
function firstItems({ layout: { parts, style } }: ResourceList, objects: readonly Mapping[]): Edit[] {
  return parts.flatMap((part) => {
    const entry = part.mapping.entries.find((candidate) => keyOf(candidate) === "items");
    if (entry === undefined) return [];
    const { text, mapping, offset } = part;
    const { start, end } = entry.value;
    const written = text.slice(entry.key.end, end);
    if (mapping.flow || !/^: *\[ *\]$/.test(written)) {
      const edit = replaceValue(text, mapping, entry, objects, style);
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
export function itemEdits(list: ItemList, changes: ReadonlyMap<number, ItemChange>): Edit[] {
  return list.layout.flow ? flowEdits(list, changes) : blockEdits(list, changes);
}

function blockEdits(list: ItemList, changes: ReadonlyMap<number, ItemChange>): Edit[] {
  const { column, style } = list.layout;
  const lineStart = style.lineBreak + " ".repeat(column);
  const edits: Edit[] = [];
  let left = list.items.length;
  for (const [index, { text, length, behind }] of changes) {
    const { offset, source } = list.items[index] as ItemText;
    const added = (behind ?? []).map((object) => lineStart + printElement(object, column, style)).join("");
    if (text === null) {
      if (added === "") left--;
      const lineBreak = source.text[offset - 2] === "\r" ? 2 : 1;
      edits.push({ offset: offset - lineBreak, length: length + lineBreak, text: added });
    } else if (text !== undefined) {
      edits.push({ offset, length, text: text + added });
    } else if (added !== "") {
      edits.push({ offset: offset + length, length: 0, text: added });
    }
  }
  if (left === 0 && list.items.length > 0) edits.push(emptyItems(list));
  return edits;
}

/** `items:` with nothing below it would be null, which the specification does not allow. */
function emptyItems(list: ItemList): Edit {
  const part = list.layout.parts[0];
  const entry = part?.mapping.entries.find((candidate) => keyOf(candidate) === "items");
  return { offset: list.offset + (part?.offset ?? 0) + (entry?.key.end ?? 0) + 1, length: 0, text: " []" };
}

function flowEdits(list: ItemList, changes: ReadonlyMap<number, ItemChange>): Edit[] {
  const ranges = list.items.map((item) => ({ start: item.offset, end: item.offset + item.text.length }));
  const deleted = new Set([...changes].filter(([, change]) => change.text === null).map(([index]) => index));
  const edits: Edit[] = removeRanges(ranges, deleted);
  for (const [index, change] of changes) {
    const { start, end } = ranges[index] as { start: number; end: number };
    if (typeof change.text === "string") edits.push({ offset: start, length: end - start, text: change.text });
    const added = (change.behind ?? []).map((object) => `, ${printFlow(object, list.layout.style.json)}`).join("");
    if (added !== "") edits.push({ offset: end, length: 0, text: added });
  }
  return edits;
}

function resultsEdits(list: ResourceList, results: readonly Value[]): Edit[] {
  const { parts, style, outlined } = list.layout;
  for (const { offset, text, mapping } of parts) {
    const index = mapping.entries.findIndex((entry) => keyOf(entry) === "results");
    const entry = mapping.entries[index];
    if (entry === undefined) continue;
    const edits =
      results.length > 0
        ? [replaceValue(text, mapping, entry, results, style)]
        : removeEntries(text, mapping, new Set([index]));
    return edits.map((edit) => ({ ...edit, offset: edit.offset + offset }));
  }
  const part = parts.at(-1);
  if (results.length === 0 || part === undefined) return [];
  if (outlined) {
    // Not by insertEntries, which keeps comments apart for kpt: nothing of a host's copying concerns results.
    const printed = printEntry("results", results, 0, style);
    const text = list.text.endsWith("\n") ? printed + style.lineBreak : style.lineBreak + printed;
    return [{ offset: list.text.length, length: 0, text }];
  }
  const edit = insertEntries(part.text, part.mapping, part.mapping.entries.length, { results }, style);
  return [{ ...edit, offset: edit.offset + part.offset }];
}
