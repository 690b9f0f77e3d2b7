import type { Edit } from "./edit";
import { type Node, type ScalarNode, visitAll } from "./node";
import { isBlockScalar } from "./ranges";
import { YamlError } from "./yaml-error";

/*
 * A block scalar is the only node that ends by what comes behind it: once lines are taken out, a comment or a blank line
 * that comes to stand there can be read as its text.
 */

/** A text, and its tree. */
interface Parsed {
  readonly text: string;
  readonly node: Node;
}

/**
 * Refuses edits by which a block scalar that stays would say something else.
 *
 * @param edits that make `after` of `before`.
 * @throws YamlError with an offset in the text of `before`: behind what was taken out.
 */
export function requireBlockScalarsUnchanged(before: Parsed, edits: readonly Edit[], after: Parsed): void {
  const scalars = blockScalarsOf(before.node);
  if (scalars.length === 0) return;
  const found = new Map(blockScalarsOf(after.node).map((scalar) => [headerEnd(after.text, scalar), scalar]));
  const sorted = [...edits].sort((one, other) => one.offset - other.offset);
  let next = 0;
  let moved = 0;
  for (const scalar of scalars) {
    const place = headerEnd(before.text, scalar);
    let edit = sorted[next];
    while (edit !== undefined && edit.offset + edit.length < place) {
      moved += edit.text.length - edit.length;
      edit = sorted[++next];
    }
    const isGone = edit !== undefined && edit.offset < place;
    if (isGone) continue;
    const later = found.get(place + moved) as ScalarNode;
    const problem = problemOf(before.text, scalar, after.text, later);
    if (problem === undefined) continue;
    throw new YamlError(`cannot be taken out: ${problem}`, endOfRun(scalar.end, sorted.slice(next)));
  }
}

/** Why a block scalar does not say any more what it said; undefined where it does. */
function problemOf(text: string, scalar: ScalarNode, laterText: string, later: ScalarNode): string | undefined {
  if (later.text !== scalar.text) {
    const gained = laterText.slice(later.start + scalar.end - scalar.start, later.end);
    const what = gained.trim() === "" ? "blank line" : "comment";
    return `the ${what} behind it would become text of the block scalar before it`;
  }
  // js-yaml reads a line break where the text ends without one; go-yaml does not.
  const isCut = scalar.text.endsWith("\n") && text[scalar.end - 1] === "\n" && laterText[later.end - 1] !== "\n";
  return isCut ? "the last line of the text must end with a line break" : undefined;
}

/** The end of the edits that follow each other from a place on. */
function endOfRun(place: number, edits: readonly Edit[]): number {
  let end = place;
  for (const { offset, length } of edits) {
    if (offset > end) break;
    end = offset + length;
  }
  return end;
}

/** A block scalar's place: its first line may be anywhere behind, or nowhere. */
function headerEnd(text: string, { start }: ScalarNode): number {
  let at = start;
  while (/\s/.test(text.charAt(at - 1))) at--;
  return at;
}

/** All block scalars, in their order. */
function blockScalarsOf(root: Node): ScalarNode[] {
  const found: ScalarNode[] = [];
  visitAll(root, (node) => {
    if (node.kind === "scalar" && isBlockScalar(node)) found.push(node);
  });
  return found;
}
