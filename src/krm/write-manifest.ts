import { type Edit, type LazyEdit, shiftEdits } from "../yaml/edit";
import { printBlock } from "../yaml/print";
import { defaultStyle, detectStyle, lineBreakOf, type Style } from "../yaml/style";
import type { Mapping } from "../yaml/value";
import { type Deleted, deletionEdits } from "./deletion";
import { type ItemText, parseItem } from "./item";
import type { Manifest } from "./manifest";
import { type ItemChange, itemEdits, withLocationAnnotations } from "./write-resource-list";

/**
 * The edits by which a file's objects change: new ones are documents behind that of their workload, or elements of its
 * list. Whatever is not named stays byte for byte.
 *
 * @param changes by the object's place among the file's items.
 */
export function manifestEdits(manifest: Manifest, changes: ReadonlyMap<number, ItemChange>): Edit[] {
  const edits: Edit[] = [];
  const deletions = deletionEdits(manifest.text, deletedDocuments(manifest, changes));
  // At the end of a text without a final line break, a deletion takes the line break in front with it.
  const last = deletions.at(-1);
  const { length } = manifest.text;
  const keptEnd = last !== undefined && last.offset + last.length === length ? last.offset : length;
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
    const { edits: own = [], isDeleted, insertAfter = [] } = change;
    if (isDeleted !== true) edits.push(...shiftEdits(item.offset, own));
    if (insertAfter.length === 0) continue;
    edits.push(
      insertion(manifest.text, Math.min(document.end, keptEnd), item, insertAfter.map(withLocationAnnotations)),
    );
  }
  return [...edits, ...deletions];
}

function deletedDocuments(manifest: Manifest, changes: ReadonlyMap<number, ItemChange>): Deleted[] {
  return manifest.documents.flatMap(({ first, list }) => {
    const change = list === undefined ? changes.get(first) : undefined;
    return change?.isDeleted ? [{ item: manifest.items[first] as ItemText, length: change.length }] : [];
  });
}

function made({ text, ...edit }: LazyEdit): Edit {
  return { ...edit, text: typeof text === "string" ? text : [...text()].join("") };
}

/** New documents, in front of the line `...` where the document has one; in the style of the item above. */
function insertion(whole: string, offset: number, item: ItemText, objects: readonly Mapping[]): Edit {
  const { node } = parseItem(item);
  const lineBreak = lineBreakOf(whole);
  const style = { ...detectStyle(item.text, node), lineBreak, json: false };
  const texts = printed(objects, style);
  const isEnded = offset === 0 || whole[offset - 1] === "\n";
  const text = texts.map((one) => (isEnded ? one + lineBreak : lineBreak + one)).join("");
  return { offset, length: 0, text };
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
