import type { Node, ScalarNode } from "./node";

/*
 * Where nodes and their lines end. Offsets are in UTF-16 code units.
 */

/**
 * Returns the end of a node's value: the offset after its last character. A block scalar's trailing blank lines are
 * included only with `+`.
 */
export function contentEnd(text: string, node: Node): number {
  const last = lastScalar(node);
  if (last === undefined || !isBlockScalar(last)) return node.end;
  const lines = text.slice(last.start, last.end);
  if (last.style === "block-keep" && lines !== "") return last.end - (/\r?\n$/.exec(lines)?.[0].length ?? 0);
  const end = blankEnd(lines, !endsInSpaces(last.text));
  return end === 0 ? text.slice(0, last.start).trimEnd().length : last.start + end;
}

/** Reports whether a block scalar's value ends with a line of spaces. Spaces after the indentation are text. */
function endsInSpaces(value: string): boolean {
  let end = value.length;
  while (value[end - 1] === "\n") end--;
  return end > 0 && !/[^ ]/.test(value.slice(lineStart(value, end), end));
}

/** The start of the blank lines that end a text, including the line break before them. 0 if all lines are blank. */
function blankEnd(lines: string, withSpaces: boolean): number {
  let end = lines.length;
  for (;;) {
    let at = end;
    while (withSpaces && lines[at - 1] === " ") at--;
    if (at === 0) return 0;
    if (lines[at - 1] !== "\n") return end;
    end = lines[at - 2] === "\r" ? at - 2 : at - 1;
  }
}

/** Reports whether a line break added after a scalar at the end of a text would become part of the scalar. */
export function absorbsTrailingNewline(node: ScalarNode): boolean {
  return node.style === "block-keep" || (node.style === "block" && node.text.endsWith("\n"));
}

/** Reports whether a scalar is literal (`|`) or folded (`>`). */
export function isBlockScalar(node: ScalarNode): boolean {
  return node.style === "block" || node.style === "block-keep";
}

/**
 * Returns the scalar that a node ends with: the node itself, or the last one in a block collection. Undefined if it
 * ends with a bracket or an alias.
 */
export function lastScalar(node: Node | undefined): ScalarNode | undefined {
  if (node === undefined || node.kind === "alias") return undefined;
  if (node.kind === "scalar") return node;
  if (node.flow) return undefined;
  return lastScalar(node.kind === "mapping" ? node.entries.at(-1)?.value : node.elements.at(-1));
}

/**
 * Returns the end of the line at an offset, including the comments after it that are indented deeper than `column`.
 * Blank lines are included only before such a comment.
 */
export function lineEndWithComments(text: string, offset: number, column: number): number {
  let end = lineEnd(text, offset);
  for (let line = text.indexOf("\n", end) + 1; line > 0; line = text.indexOf("\n", line) + 1) {
    let first = line;
    while (text.charCodeAt(first) === 0x20) first++;
    if (text[first] === "#" && first - line > column) end = lineEnd(text, first);
    else if (text[first] !== "\n" && text[first] !== "\r") break;
  }
  return end;
}

/** Returns the start of the line at an offset, after the line break before it. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Returns the end of the line at an offset, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  if (at === -1) return text.length;
  return text[at - 1] === "\r" && at - 1 >= offset ? at - 1 : at;
}

/** Returns the start of the next line after an offset that is neither blank nor a comment, or the text's end. */
export function skipCommentsAndBlanks(text: string, offset: number): number {
  let line = nextLine(text, offset);
  while (line < text.length && isBlankOrComment(text, line)) line = nextLine(text, line);
  return line;
}

/** Reports whether the rest of a line, starting at `from`, is only white space or a comment. */
export function isBlankOrComment(text: string, from: number): boolean {
  let at = from;
  while (text[at] === " " || text[at] === "\t") at++;
  return at === text.length || text[at] === "\n" || text[at] === "\r" || text[at] === "#";
}

/** Returns the start of the next line after an offset, or the text's end if there is none. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}
