import { applyItemEdits, type Parse } from "../krm/edit-item";
import type { Item } from "../krm/item";
import { idAnnotations } from "../kube/host-annotations";
import { removeEntries } from "../yaml/edit-nodes";
import { findEntry, keyOf, type MappingNode, type Node } from "../yaml/node";
import type { RecordedAdditions } from "./injection-record";
import type { OriginalWorkload } from "./uninject";

/**
 * Keeps kpt from moving comments. kpt copies comments back by their position in a list (kyaml `comments/comments.go`).
 * If an added element was before one of the user's and is removed, the comments after it would move to the wrong
 * element. If the function's agent replaces another one, it would get that agent's comments. kpt doesn't copy comments
 * to an item without id annotations.
 *
 * @param text the item's text with all edits.
 * @param added what the new record names.
 * @returns the text, without the id annotations if comments would move.
 */
export function withoutMovedComments(
  original: OriginalWorkload,
  text: string,
  added: RecordedAdditions["added"],
  parse: Parse,
): string {
  if (original.adopted === undefined && !movesElements(original, added)) return text;
  const item = parse({ ...original.item, text });
  const annotations = annotationsOf(item);
  if (annotations === undefined) return text;
  const ids = annotations.entries.flatMap((entry, index) =>
    idAnnotations.includes(keyOf(entry) ?? "") ? [index] : [],
  );
  if (ids.length === 0 || ids.length === annotations.entries.length) return text;
  return applyItemEdits(item, removeEntries(text, annotations, new Set(ids)), parse).text;
}

/** Returns true if the number of added elements changes in a list where they weren't the last ones. */
function movesElements({ record, positions }: OriginalWorkload, added: RecordedAdditions["added"]): boolean {
  return [...positions.keys()].some((path) => {
    const before = record?.added[path];
    const isMapping = /\.(?:labels|annotations)$/.test(path);
    return !isMapping && before !== undefined && before.length !== (added[path]?.length ?? 0);
  });
}

function annotationsOf({ node }: Item): MappingNode | undefined {
  const annotations = valueAt(valueAt(node, "metadata"), "annotations");
  return annotations?.kind === "mapping" ? annotations : undefined;
}

function valueAt(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "mapping" ? findEntry(node, key)?.value : undefined;
}
