import { Anchors } from "../yaml/anchors";
import { type DocumentRange, documentsOf } from "../yaml/documents";
import { keyOf, type MappingNode, type Node, resolve } from "../yaml/node";
import { parse } from "../yaml/parse";
import { detectStyle } from "../yaml/style";
import { toValue } from "../yaml/to-value";
import { getString, isMapping } from "../yaml/value";
import { UnknownAliasError } from "../yaml/yaml-error";
import { conflictMarkersError } from "./conflict-markers";
import { isHelmTemplate } from "./helm-template";
import { InputError, type ItemText, withLocation } from "./item";
import { type ItemList, readItemList } from "./item-list";

/** A file of manifests: YAML documents, each an object or a list of objects. */
export interface Manifest {
  readonly path: string;
  readonly text: string;
  /** All objects, including those of lists. Each has its `index`. */
  readonly items: readonly ItemText[];
  /** The documents that contain objects. */
  readonly documents: readonly ManifestDocument[];
}

/** A document that is an object or a list of objects. `first` is the index of its first object among the file's items. */
export type ManifestDocument = DocumentRange & { readonly first: number } & (
    | { readonly object: ItemText }
    | { readonly list: ItemList }
  );

/**
 * Reads a file of manifests. Documents that aren't mappings, such as empty ones, are skipped.
 *
 * @param path the file's name in messages and results.
 * @throws ConflictMarkersError if a document isn't an object because of a merge conflict.
 * @throws InputError if a document isn't valid YAML or is a template that must be rendered first, or if an item of a
 *   List refers to an anchor outside of the List's items.
 */
export function readManifest(path: string, text: string): Manifest {
  const items: ItemText[] = [];
  const documents: ManifestDocument[] = [];
  for (const range of documentsOf(text)) {
    const node = readDocument(path, text, range);
    const mapping = node && resolve(node);
    if (mapping?.kind !== "mapping") {
      const conflict = mapping && conflictMarkersError(path, text, range);
      if (conflict !== undefined) throw conflict;
      continue;
    }
    const first = items.length;
    const list = listOf(path, text, range, mapping);
    const object = { ...itemOf(path, text, range), index: first };
    for (const item of list?.items ?? [object]) items.push({ ...item, index: items.length });
    documents.push({ ...range, first, ...(list === undefined ? { object } : { list }) });
  }
  return { path, text, items, documents };
}

function readDocument(path: string, text: string, { from, to }: DocumentRange): Node | undefined {
  const documentText = text.slice(from, to);
  let node: Node | undefined;
  try {
    node = withLocation({ text, path }, from, () => parse(documentText));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw conflictMarkersError(path, text) ?? (documentText.includes("{{") ? templateError(path) : error);
  }
  if (node !== undefined && documentText.includes("{{") && isHelmTemplate(node)) throw templateError(path);
  return node;
}

function templateError(path: string): InputError {
  return new InputError("this is a Helm template, not YAML. Render it first with `helm template` and use its output", {
    text: "",
    path,
  });
}

function itemOf(path: string, text: string, { from, to }: DocumentRange): ItemText {
  return { text: text.slice(from, to), offset: from, source: { text, path, form: "document", column: 0 } };
}

/** Reads a `List` or a typed list such as a DeploymentList. Returns undefined if the document is neither. */
function listOf(path: string, text: string, { from, to }: DocumentRange, mapping: MappingNode): ItemList | undefined {
  const items = mapping.entries.find((entry) => keyOf(entry) === "items");
  const parsedItems = items === undefined ? undefined : resolve(items.value);
  if (parsedItems?.kind !== "sequence") return undefined;
  const head = toValue(mapping, new Set(["apiVersion", "kind"]));
  if (!isMapping(head) || !getString(head, "kind")?.endsWith("List") || getString(head, "apiVersion") === undefined)
    return undefined;
  const document = { whole: text, path, from, to, parsedItems };
  const list = readItemList(document, () => {}, "List", "its items must be a list of objects");
  requireNoForeignAnchors(list);
  const { json } = list.layout.style;
  return { ...list, layout: { ...list.layout, style: { ...detectStyle(text.slice(from, to), mapping), json } } };
}

/** Checks that every alias refers to an anchor in an item, because items are read without the rest of the document. */
function requireNoForeignAnchors({ text, items }: ItemList): void {
  if (!text.includes("*") || !text.includes("&")) return;
  const anchors = new Anchors();
  for (const { text: item, offset, source } of items) {
    try {
      parse(item, anchors);
    } catch (error) {
      if (!(error instanceof UnknownAliasError)) throw error;
      throw new InputError(
        "an alias in an object of the List refers to an anchor outside the objects. Replace the alias with its value",
        source,
        offset + error.offset,
      );
    }
  }
}
