import { endOfLineAboveComments } from "./edit-block";
import { type ScalarNode, type SequenceNode, visitAll } from "./node";
import { contentEnd, lineEndWithComments } from "./ranges";
import { columnAt } from "./style";

/** Reports whether a list has comments: in its elements, between them, before the first one, or at the end of the last. */
export function hasComments(text: string, list: SequenceNode): boolean {
  const scalars: ScalarNode[] = [];
  visitAll(list, (node) => {
    if (node.kind === "scalar") scalars.push(node);
  });
  // A comment isn't part of a node.
  let from = list.flow ? list.start : endOfLineAboveComments(text, list.start);
  const end = list.flow ? list.end : lineEndWithComments(text, contentEnd(text, list), columnAt(text, list.start));
  for (const scalar of scalars) {
    if (isCommentIn(text, from, scalar.start)) return true;
    from = Math.max(from, scalar.end);
  }
  return isCommentIn(text, from, end);
}

/** Reports whether there is a comment in a range without scalars. It starts a line, or follows white space. */
function isCommentIn(text: string, from: number, to: number): boolean {
  return /(?:^|\s)#/.test(text.slice(from, to));
}
