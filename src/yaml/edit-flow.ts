import type { Edit } from "./edit";
import type { MappingNode, SequenceNode } from "./node";
import { flowChildren } from "./parse";

/*
 * Inserts children into flow collections and removes them. Offsets are in UTF-16 code units.
 */

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the edit that inserts children, and the comma they need, before the child at `index` or after the last one.
 *
 * @param print returns the text of the children, joined with a separator.
 */
export function insertInFlow(
  text: string,
  collection: MappingNode | SequenceNode,
  index: number,
  print: (separator: string) => string,
): Edit {
  const children = flowChildren(text, collection);
  const previous = children[index - 1];
  if (previous !== undefined) {
    const separator = flowSeparator(text, previous);
    return { offset: previous.end, length: 0, text: separator + print(separator) };
  }
  const first = children[0];
  if (first === undefined) return { offset: collection.start + 1, length: 0, text: print(", ") };
  const separator = flowSeparator(text, first);
  return { offset: first.start, length: 0, text: print(separator) + separator };
}

/** Returns `, `, or a comma, a line break and the indentation if each child is on its own line. */
function flowSeparator(text: string, child: Range): string {
  const lead = /\r?\n[ \t]*$/.exec(text.slice(0, child.start).slice(-200))?.[0];
  return lead === undefined ? ", " : `,${lead}`;
}

/**
 * Returns the edits that remove children of a flow collection. Each is removed with the comma before it or, if no child
 * remains before it, with the comma after it.
 */
export function removeRanges(children: readonly Range[], indexes: ReadonlySet<number>): Edit[] {
  const edits: Edit[] = [];
  let kept: Range | undefined;
  children.forEach((child, index) => {
    if (!indexes.has(index)) {
      kept = child;
      return;
    }
    const previous = children[index - 1];
    if (kept !== undefined && previous !== undefined) {
      edits.push({ offset: previous.end, length: child.end - previous.end, text: "" });
    } else {
      const next = children[index + 1];
      const end = next?.start ?? child.end;
      edits.push({ offset: child.start, length: end - child.start, text: "" });
    }
  });
  return edits;
}
