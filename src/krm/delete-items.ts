import { documentsOf } from "../yaml/documents";
import type { Edit } from "../yaml/edit";
import { lineEnd, lineStart } from "../yaml/ranges";
import { type ItemText, parseItem } from "./item";

/*
 * The text that is deleted with an item: its body, and the line break or document marker that belongs to it.
 */

/** An item that is deleted. */
export interface Deleted {
  readonly item: ItemText;
  /** The length of the item's body, which its text starts with. */
  readonly length: number;
}

/**
 * Returns the edits that delete elements of block lists and documents.
 *
 * @param whole the text of the items' source. The edits' offsets are within it.
 */
export function deletionEdits(whole: string, deleted: readonly Deleted[]): Edit[] {
  const isDocument = ({ item }: Deleted) => item.source.form === "document";
  return [
    ...deleted.filter((deletion) => !isDocument(deletion)).map((deletion) => ({ ...elementRange(deletion), text: "" })),
    ...documentEdits(whole, deleted.filter(isDocument).flatMap(documentRanges)),
  ];
}

/** Returns the range that is deleted with an element of a block list: its body, and the line break before it. */
export function elementRange({ item, length }: Deleted): Pick<Edit, "offset" | "length"> {
  const lineBreak = item.source.text[item.offset - 2] === "\r" ? 2 : 1;
  return { offset: item.offset - lineBreak, length: length + lineBreak };
}

type Range = readonly [from: number, to: number];

/**
 * Returns the ranges that are deleted with a document: its body with the line break after it, and its marker unless
 * more text follows on the marker's line or directives come before it. Comments and directives are kept.
 */
function documentRanges({ item, length }: Deleted): Range[] {
  const { text: whole } = item.source;
  const from = item.offset;
  const marker = documentsOf(item.text)[0]?.marker;
  const start = from + parseItem(item).node.start;
  const bodyEnd = from + length;
  const to = bodyEnd + lineBreakAt(whole, bodyEnd);
  const bodyStart = Math.max(lineStart(whole, start), from);
  if (marker === undefined) return [[bodyStart, to]];
  const markerStart = from + marker;
  const markerEnd = lineEnd(whole, markerStart);
  if (markerEnd > start) return [[start, to]];
  const keepsMarker =
    /^\ufeff?%/m.test(item.text.slice(0, marker)) || !/^---[ \t]*$/.test(whole.slice(markerStart, markerEnd));
  if (keepsMarker) return [[bodyStart, to]];
  return [
    [markerStart, markerEnd + lineBreakAt(whole, markerEnd)],
    [bodyStart, to],
  ];
}

/**
 * Merges ranges that touch into edits. If the text doesn't end with a line break and its end is deleted, the line break
 * before the deleted end is deleted too, so that the text still ends without one.
 */
function documentEdits(whole: string, ranges: readonly Range[]): Edit[] {
  const merged: [from: number, to: number][] = [];
  for (const [from, to] of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && last[1] >= from) last[1] = to;
    else merged.push([from, to]);
  }
  const last = merged.at(-1);
  if (last !== undefined && last[1] === whole.length && !whole.endsWith("\n")) {
    const before = whole.slice(0, last[0]);
    last[0] -= /\r?\n$/.exec(before)?.[0].length ?? 0;
  }
  return merged.map(([from, to]) => ({ offset: from, length: to - from, text: "" }));
}

/** Returns the length of the line break at an offset: 0, 1 or 2. */
function lineBreakAt(text: string, offset: number): number {
  return text[offset] === "\n" ? 1 : text.startsWith("\r\n", offset) ? 2 : 0;
}
