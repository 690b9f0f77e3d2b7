import type { Edit } from "./edit";
import type { MappingNode, SequenceNode } from "./node";
import { flowChildren } from "./parse";

/*
 * Insertion into flow collections, and removal from them.
 */

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Inserts what `print` gives, with the comma that it needs: before the child at `index`, or behind the last one. */
export function insertInFlow(
  text: string,
  collection: MappingNode | SequenceNode,
  index: number,
  print: (separator: string) => string,
): Edit {
  const children = flowChildren(text, collection);
  const before = children[index - 1];
  if (before !== undefined) {
    const separator = flowSeparator(text, before);
    return { offset: before.end, length: 0, text: separator + print(separator) };
  }
  const first = children[0];
  if (first === undefined) return { offset: collection.start + 1, length: 0, text: print(", ") };
  const separator = flowSeparator(text, first);
  return { offset: first.start, length: 0, text: print(separator) + separator };
}

/** `, `, or a new line where the children stand on lines of their own. */
function flowSeparator(text: string, child: Range): string {
  const lead = /\r?\n[ \t]*$/.exec(text.slice(0, child.start).slice(-200))?.[0];
  return lead === undefined ? ", " : `,${lead}`;
}

/** Takes children out of a flow collection that keeps others, each with the comma before it, or behind it in front. */
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
