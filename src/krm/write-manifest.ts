import { type Edit, type LazyEdit, shiftEdits } from "../yaml/edit";
import { printBlock } from "../yaml/print";
import { defaultStyle, detectStyle, lineBreakOf, type Style } from "../yaml/style";
import type { Mapping } from "../yaml/value";
import { type Deleted, deletionEdits } from "./delete-items";
import { type ItemText, parseItem } from "./item";
import type { Manifest } from "./manifest";
import { type ItemChange, itemEdits, withLocationAnnotations } from "./write-resource-list";

/**
 * Returns the edits that change a file's objects. A new object becomes a document after the one of its workload, or an
 * element of the workload's list. Everything that isn't changed keeps its bytes.
 *
 * @param changes by the object's index among the file's items.
 */
export function manifestEdits(manifest: Manifest, changes: ReadonlyMap<number, ItemChange>): Edit[] {
  const edits: Edit[] = [];
  const deletions = deletionEdits(manifest.text, deletedDocuments(manifest, changes));
  // If the text has no final line break, a deletion at its end starts with the line break before it.
  const last = deletions.at(-1);
  const { length } = manifest.text;
  const keptEnd = last !== undefined && last.offset + last.length === length ? last.offset : length;
  for (const document of manifest.documents) {
    const { first } = document;
    if ("list" in document) {
      const { list } = document;
      const listChanges = list.items.flatMap((_, i) => {
        const change = changes.get(first + i);
        return change === undefined ? [] : [[i, change] as const];
      });
      if (listChanges.length > 0) edits.push(...itemEdits(list, new Map(listChanges)).map(resolveText));
      continue;
    }
    const change = changes.get(first);
    if (change === undefined) continue;
    const { object, end } = document;
    const { edits: ownEdits = [], isDeleted, insertAfter = [] } = change;
    if (isDeleted !== true) edits.push(...shiftEdits(object.offset, ownEdits));
    if (insertAfter.length === 0) continue;
    edits.push(insertion(manifest.text, Math.min(end, keptEnd), object, insertAfter.map(withLocationAnnotations)));
  }
  return [...edits, ...deletions];
}

function deletedDocuments(manifest: Manifest, changes: ReadonlyMap<number, ItemChange>): Deleted[] {
  return manifest.documents.flatMap((document) => {
    const change = changes.get(document.first);
    return "object" in document && change?.isDeleted ? [{ item: document.object, length: change.length }] : [];
  });
}

function resolveText({ text, ...edit }: LazyEdit): Edit {
  return { ...edit, text: typeof text === "string" ? text : [...text()].join("") };
}

/**
 * Returns the edit that inserts new documents in the style of the item above.
 *
 * @param offset the end of the item's document: before its `...` line if it has one.
 */
function insertion(whole: string, offset: number, item: ItemText, objects: readonly Mapping[]): Edit {
  const { node } = parseItem(item);
  const lineBreak = lineBreakOf(whole);
  const style = { ...detectStyle(item.text, node), lineBreak, json: false };
  const startsLine = offset === 0 || whole[offset - 1] === "\n";
  const text = printDocuments(objects, style)
    .map((document) => (startsLine ? document + lineBreak : lineBreak + document))
    .join("");
  return { offset, length: 0, text };
}

/** Prints each object as a document with its marker, without a final line break. */
function printDocuments(objects: readonly Mapping[], style: Style): string[] {
  return objects.map((object) => `---${style.lineBreak}${printBlock(object, 0, style)}`);
}

/** Returns the edit that appends objects as documents to a text that contains none. */
export function firstObjects(text: string, objects: readonly Mapping[]): Edit {
  const lineBreak = lineBreakOf(text);
  const documents = printDocuments(objects, { ...defaultStyle, lineBreak }).join(lineBreak);
  const startsLine = text === "" || text.endsWith("\n");
  return { offset: text.length, length: 0, text: startsLine ? documents + lineBreak : lineBreak + documents };
}
