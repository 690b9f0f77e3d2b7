import { type Edit, type LateEdit, movedBy } from "../yaml/edit";
import { YamlError } from "../yaml/error";
import { isBlockScalar, lastScalar, lineEnd } from "../yaml/extent";
import { printBlock } from "../yaml/print";
import { defaultStyle, detectStyle, lineBreakOf, type Style } from "../yaml/style";
import type { Mapping } from "../yaml/value";
import { type ItemText, parseItem } from "./item";
import type { Manifest, ManifestDocument } from "./manifest";
import { type ItemChange, itemEdits, placed } from "./write";

/**
 * The edits by which a file's objects change: new ones are documents behind that of their workload, or elements of its
 * list. Whatever is not named stays byte for byte.
 *
 * @param changes by the object's place among the file's items.
 * @throws YamlError where nothing can be put behind the last document without bending it; the offset is within its text.
 */
export function manifestEdits(manifest: Manifest, changes: ReadonlyMap<number, ItemChange>): Edit[] {
  const edits: Edit[] = [];
  const deleted: Range[] = [];
  for (const document of manifest.documents) {
    const { first, list } = document;
    if (list !== undefined) {
      const own = list.items.flatMap((_, i) => {
        const change = changes.get(first + i);
        return change === undefined ? [] : [[i, change] as const];
      });
      if (own.length > 0) edits.push(...itemEdits(list, new Map(own)).map(made));
      continue;
    }
    const change = changes.get(first);
    if (change === undefined) continue;
    const item = manifest.items[first] as ItemText;
    const { length, edits: own = [], isDeleted, behind = [] } = change;
    if (isDeleted) deleted.push(...deletion(manifest.text, document, item, length));
    else edits.push(...movedBy(item.offset, own));
    if (behind.length > 0) edits.push(insertion(manifest, document, item, behind.map(placed)));
  }
  return [...edits, ...deletions(manifest.text, deleted)];
}

function made({ text, ...edit }: LateEdit): Edit {
  return { ...edit, text: typeof text === "string" ? text : [...text()].join("") };
}

/** New documents, in front of the line `...` where the document has one. */
function insertion(manifest: Manifest, document: ManifestDocument, item: ItemText, objects: readonly Mapping[]): Edit {
  const { node } = parseItem(item);
  const lineBreak = lineBreakOf(manifest.text);
  const style = { ...detectStyle(item.text, node), lineBreak, json: false };
  const texts = printed(objects, style);
  const isEnded = manifest.text[document.end - 1] === "\n";
  const last = lastScalar(node);
  if (!isEnded && last !== undefined && isBlockScalar(last))
    throw new YamlError("nothing can be put behind it: its last line must end with a line break", item.text.length);
  const text = texts.map((one) => (isEnded ? one + lineBreak : lineBreak + one)).join("");
  return { offset: document.end, length: 0, text };
}

function printed(objects: readonly Mapping[], style: Style): string[] {
  return objects.map((object) => `---${style.lineBreak}${printBlock(object, 0, style)}`);
}

/** The edit that puts objects at the end of a text that holds none. */
export function firstObjects(text: string, objects: readonly Mapping[]): Edit {
  const lineBreak = lineBreakOf(text);
  const documents = printed(objects, { ...defaultStyle, lineBreak }).join(lineBreak);
  const isEnded = text === "" || text.endsWith("\n");
  return { offset: text.length, length: 0, text: isEnded ? documents + lineBreak : lineBreak + documents };
}

type Range = readonly [from: number, to: number];

/** What goes with a document: its marker, its body and the line break behind it. Comments and directives stay. */
function deletion(whole: string, { marker, from }: ManifestDocument, item: ItemText, length: number): Range[] {
  const start = item.offset + parseItem(item).node.start;
  const bodyEnd = item.offset + length;
  const to = bodyEnd + lineBreakAt(whole, bodyEnd);
  const lineStart = Math.max(whole.lastIndexOf("\n", start - 1) + 1, from);
  if (marker === undefined) return [[lineStart, to]];
  const markerEnd = lineEnd(whole, marker);
  if (markerEnd > start) return [[start, to]];
  const hasMore = /^%/m.test(whole.slice(from, marker)) || !/^---[ \t]*$/.test(whole.slice(marker, markerEnd));
  if (hasMore) return [[lineStart, to]];
  return [
    [marker, markerEnd + lineBreakAt(whole, markerEnd)],
    [lineStart, to],
  ];
}

/** Of a text without a final line break, the one in front of what is deleted at its end goes too. */
function deletions(whole: string, ranges: readonly Range[]): Edit[] {
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
