import type { Edit } from "./edit";
import type { MappingNode, Node, SequenceNode } from "./node";
import { dashes } from "./parse";
import {
  absorbsTrailingNewline,
  contentEnd,
  isBlankOrComment,
  lastScalar,
  lineEnd,
  lineEndWithComments,
  lineStart,
} from "./ranges";
import { columnAt, type StyledText } from "./style";
import { YamlError } from "./yaml-error";

/*
 * Inserts children into block collections and removes them, by whole lines. An insertion starts at the end of the
 * previous child's last line, so it needs no final line break, and removing it restores the original text exactly.
 */

/** The children of a block collection. */
export interface Block {
  readonly kind: "mapping" | "sequence";
  /** The column of its dashes or keys, from 0. */
  readonly column: number;
  readonly children: readonly BlockChild[];
}

/** An element or an entry of a block collection. */
interface BlockChild {
  /** The offset of its dash or key, in UTF-16 code units. */
  readonly start: number;
  /** The node that it ends with: the element, or the entry's value. */
  readonly node: Node;
}

/** Where to insert into a collection: see `insertLines`. */
export type InsertionIndex = number | "start";

/** Returns the children of a block collection. */
export function blockOf(text: string, node: MappingNode | SequenceNode): Block {
  const children =
    node.kind === "sequence"
      ? dashes(text, node).map(({ offset, element }) => ({ start: offset, node: element }))
      : node.entries.map(({ key, value }) => ({ start: key.start, node: value }));
  return { kind: node.kind, column: columnAt(text, node.start), children };
}

/**
 * Returns the edit that inserts children before the one at `index`, or after the last one.
 *
 * kpt copies comments back by position (kyaml `comments/comments.go`), so an insertion must not attach a comment to a
 * different node (tested with kpt 1.0.0-beta.56 on 6,576 layouts). Comments after a list's last element stay with it if
 * they are indented deeper than its dash. After a mapping's last entry, comments at the mapping's own column also stay;
 * a blank line keeps the last of them from becoming the head comment of the inserted entry.
 *
 * @param index `start` means before the first child and the comments above it. With 0, those stay above the new children.
 * @param lines the children, each without the indentation of its first line.
 * @throws YamlError if the previous child ends the text with a block scalar that would get one more line break.
 */
export function insertLines(
  { text, style }: StyledText,
  block: Block,
  index: InsertionIndex,
  lines: readonly string[],
): Edit {
  const { kind, column, children } = block;
  const pad = " ".repeat(column);
  const previous = index === "start" ? undefined : children[index - 1]?.node;
  if (previous === undefined) {
    const first = children[0]?.start ?? 0;
    if (!hasOwnLine(text, first)) {
      return { offset: first, length: 0, text: joined(lines.flatMap((line) => [line, style.lineBreak, pad])) };
    }
    const offset = index === "start" ? endOfLineAboveComments(text, first) : lineBreakAbove(text, first);
    return { offset, length: 0, text: joined(lines.flatMap((line) => [style.lineBreak, pad, line])) };
  }
  const end = contentEnd(text, previous);
  const isMappingEnd = kind === "mapping" && index === children.length;
  const offset = lineEndWithComments(text, end, isMappingEnd ? column - 1 : column);
  const blank = isMappingEnd && isCommentAt(text, offset, column) ? style.lineBreak : "";
  const last = lastScalar(previous);
  if (offset === text.length && last !== undefined && absorbsTrailingNewline(last)) {
    throw new YamlError("can't be extended: its last line must end with a line break", end);
  }
  return { offset, length: 0, text: joined([blank, ...lines.flatMap((line) => [style.lineBreak, pad, line])]) };
}

/** Returns the end of the last line before an offset's line that is neither blank nor a comment. */
export function endOfLineAboveComments(text: string, start: number): number {
  let end = lineBreakAbove(text, start);
  for (let line = lineStart(text, end); line > 0 && isBlankOrComment(text, line); line = lineStart(text, end))
    end = lineBreakAbove(text, end);
  return end;
}

/**
 * Joins strings into one flat string. With `+`, the result would be stored as a tree of its parts, which is several
 * times as large, for as long as the edit is kept.
 */
function joined(parts: readonly string[]): string {
  return parts.join("");
}

/**
 * Reports whether a child's line has only spaces before the child and isn't the first line of the text. Otherwise the
 * child may be on the line of its parent's dash.
 *
 * @param start the child's offset.
 */
function hasOwnLine(text: string, start: number): boolean {
  const line = lineStart(text, start);
  return line > 0 && /^ *$/.test(text.slice(line, start));
}

/** Reports whether the line that ends at `end` is a comment that starts at `column`. */
function isCommentAt(text: string, end: number, column: number): boolean {
  const line = text.slice(lineStart(text, end), end);
  return line[column] === "#" && line.slice(0, column).trim() === "";
}

/**
 * Returns the edits that remove children by whole lines: each from the line break before it to the end of its last
 * line, including the blank line that an insertion adds between a comment and a key.
 *
 * @param indexes the indexes of the children to remove. At least one child must remain.
 */
export function removeLines(text: string, block: Block, indexes: ReadonlySet<number>): Edit[] {
  const edits: Edit[] = [];
  let movesUpTo: number | undefined;
  block.children.forEach((child, index) => {
    if (!indexes.has(index)) {
      movesUpTo = undefined;
      return;
    }
    const end = lineEnd(text, contentEnd(text, child.node));
    if (movesUpTo === undefined && hasOwnLine(text, child.start)) {
      const offset = removalStart(text, block, index, child.start);
      edits.push({ offset, length: end - offset, text: "" });
      return;
    }
    // The child is on the line of its parent's dash, so the next remaining child moves up to its offset.
    movesUpTo ??= child.start;
    if (!indexes.has(index + 1))
      edits.push({ offset: movesUpTo, length: firstVisible(text, end) - movesUpTo, text: "" });
  });
  return edits;
}

/** The start of the line break before a child, or of the one before that if it follows a comment and a blank line. */
function removalStart(text: string, { kind, column }: Block, index: number, start: number): number {
  const lineBreak = lineBreakAbove(text, start);
  const above = kind === "mapping" && index > 0 ? lineBreakBefore(text, lineBreak) : lineBreak;
  return isCommentAt(text, above, column) ? above : lineBreak;
}

/** Returns the offset of the line break before the line of an offset. */
export function lineBreakAbove(text: string, offset: number): number {
  return lineBreakBefore(text, lineStart(text, offset));
}

/** The start of the line break that ends at `offset`, or `offset` if there is none. */
function lineBreakBefore(text: string, offset: number): number {
  if (text[offset - 1] !== "\n") return offset;
  return text[offset - 2] === "\r" ? offset - 2 : offset - 1;
}

function firstVisible(text: string, from: number): number {
  const visible = /\S/g;
  visible.lastIndex = from;
  return visible.exec(text)?.index ?? text.length;
}
