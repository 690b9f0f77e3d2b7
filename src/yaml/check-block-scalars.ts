import { type Edit, sortEdits } from "./edit";
import { type Node, type ScalarNode, visitAll } from "./node";
import { isBlockScalar } from "./ranges";
import { YamlError } from "./yaml-error";

/*
 * Only a block scalar's end depends on the lines after it. When lines are removed, a comment or a blank line that
 * ends up directly after it can become part of its text.
 */

/** A text and its tree. */
interface Parsed {
  readonly text: string;
  readonly node: Node;
}

/**
 * Checks that edits don't change the value of any block scalar that remains.
 *
 * @param edits the edits that turn `before` into `after`.
 * @throws YamlError if they do. Its offset is in the text of `before`, after the removed text.
 */
export function requireBlockScalarsUnchanged(before: Parsed, edits: readonly Edit[], after: Parsed): void {
  const scalars = blockScalarsOf(before.node);
  if (scalars.length === 0) return;
  const scalarsAfter = new Map(blockScalarsOf(after.node).map((scalar) => [headerEnd(after.text, scalar), scalar]));
  const sorted = sortEdits(edits);
  let next = 0;
  let shift = 0;
  for (const scalar of scalars) {
    const position = headerEnd(before.text, scalar);
    let edit = sorted[next];
    while (edit !== undefined && edit.offset + edit.length < position) {
      shift += edit.text.length - edit.length;
      edit = sorted[++next];
    }
    const isRemoved = edit !== undefined && edit.offset < position;
    if (isRemoved) continue;
    const scalarAfter = scalarsAfter.get(position + shift);
    if (scalarAfter === undefined) throw new Error("a block scalar outside the edits must stay where it was");
    const problem = problemOf(before.text, scalar, after.text, scalarAfter);
    if (problem === undefined) continue;
    const { message, advice } = problem;
    throw new YamlError(
      `generated lines can't be removed: ${message}`,
      endOfRun(scalar.end, sorted.slice(next)),
      advice,
    );
  }
}

/** Returns how the edits change the value of a block scalar, or undefined if they don't. */
function problemOf(
  text: string,
  scalar: ScalarNode,
  textAfter: string,
  scalarAfter: ScalarNode,
): { readonly message: string; readonly advice?: string } | undefined {
  if (scalarAfter.text !== scalar.text) {
    const added = textAfter.slice(scalarAfter.start + scalar.end - scalar.start, scalarAfter.end);
    const isBlank = added.trim() === "";
    return {
      message: `the ${isBlank ? "blank line" : "comment"} after them would become part of the block scalar before them`,
      advice: isBlank ? "Delete the blank line" : "Move or delete the comment",
    };
  }
  // If a text ends without a line break, js-yaml reads a block scalar as if there were one; go-yaml doesn't.
  const isCut = scalar.text.endsWith("\n") && text[scalar.end - 1] === "\n" && textAfter[scalarAfter.end - 1] !== "\n";
  return isCut ? { message: "the last line of the text must end with a line break" } : undefined;
}

/** Returns the end of the edits that follow `start` without a gap. `edits` must be sorted. */
function endOfRun(start: number, edits: readonly Edit[]): number {
  let end = start;
  for (const { offset, length } of edits) {
    if (offset > end) break;
    end = offset + length;
  }
  return end;
}

/** Returns the end of a block scalar's header, which identifies it. Blank lines may follow, or no text at all. */
function headerEnd(text: string, { start }: ScalarNode): number {
  let at = start;
  while (/\s/.test(text.charAt(at - 1))) at--;
  return at;
}

/** All block scalars, in the order of the text. */
function blockScalarsOf(root: Node): ScalarNode[] {
  const scalars: ScalarNode[] = [];
  visitAll(root, (node) => {
    if (node.kind === "scalar" && isBlockScalar(node)) scalars.push(node);
  });
  return scalars;
}
