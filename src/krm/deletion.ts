import { documentsOf } from "../yaml/documents";
import type { Edit } from "../yaml/edit";
import { lineEnd } from "../yaml/ranges";
import { type ItemText, parseItem } from "./item";

/*
 * What goes with an item that is deleted.
 */

/** An item that is deleted: of its text the body, which is `length` long. */
export interface Deleted {
  readonly item: ItemText;
  readonly length: number;
}

/** The edits of their source's text that delete elements of block lists, and documents. */
export function deletionEdits(whole: string, deleted: readonly Deleted[]): Edit[] {
  const isDocument = ({ item }: Deleted) => item.source.form === "document";
  return [
    ...deleted.filter((one) => !isDocument(one)).map((one) => ({ ...elementRange(one), text: "" })),
    ...documentEdits(whole, deleted.filter(isDocument).flatMap(documentRanges)),
  ];
}

/** Of an element of a block list, the line break in front of it goes. */
export function elementRange({ item, length }: Deleted): Pick<Edit, "offset" | "length"> {
  const lineBreak = item.source.text[item.offset - 2] === "\r" ? 2 : 1;
  return { offset: item.offset - lineBreak, length: length + lineBreak };
}

type Range = readonly [from: number, to: number];

/** Of a document, its marker and the line break behind it go. Comments and directives stay. */
function documentRanges({ item, length }: Deleted): Range[] {
  const { text: whole } = item.source;
  const from = item.offset;
  const marker = documentsOf(item.text)[0]?.marker;
  const start = from + parseItem(item).node.start;
  const bodyEnd = from + length;
  const to = bodyEnd + lineBreakAt(whole, bodyEnd);
  const lineStart = Math.max(whole.lastIndexOf("\n", start - 1) + 1, from);
  if (marker === undefined) return [[lineStart, to]];
  const markerStart = from + marker;
  const markerEnd = lineEnd(whole, markerStart);
  if (markerEnd > start) return [[start, to]];
  const hasMore =
    /^\ufeff?%/m.test(item.text.slice(0, marker)) || !/^---[ \t]*$/.test(whole.slice(markerStart, markerEnd));
  if (hasMore) return [[lineStart, to]];
  return [
    [markerStart, markerEnd + lineBreakAt(whole, markerEnd)],
    [lineStart, to],
  ];
}

/** Of a text without a final line break, the one in front of what is deleted at its end goes too. */
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

function lineBreakAt(text: string, at: number): number {
  return text[at] === "\n" ? 1 : text.startsWith("\r\n", at) ? 2 : 0;
}
