import type { Node, ScalarNode } from "./node";

/*
 * How far a node reaches in its lines.
 */

/** Behind the last character that belongs to a node's value: a block scalar's trailing blank lines count only with `+`. */
export function contentEnd(text: string, node: Node): number {
  const last = lastScalar(node);
  if (last === undefined || !isBlockScalar(last)) return node.end;
  const lines = text.slice(last.start, last.end);
  if (last.style === "block-keep" && lines !== "") return last.end - (/\r?\n$/.exec(lines)?.[0].length ?? 0);
  const end = blankEnd(lines, !endsInSpaces(last.text));
  return end === 0 ? text.slice(0, last.start).trimEnd().length : last.start + end;
}

/** Whether the last line of a block scalar's value is spaces alone: they are text where they are deeper than the rest. */
function endsInSpaces(value: string): boolean {
  let end = value.length;
  while (value[end - 1] === "\n") end--;
  return end > 0 && !/[^ ]/.test(value.slice(value.lastIndexOf("\n", end - 1) + 1, end));
}

/** Where the blank lines start that end a text, with the line break before them; 0 where nothing else is there. */
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

/** Whether a line break at the end of the text would be one more of the scalar's, if it ends there without one. */
export function absorbsTrailingNewline(node: ScalarNode): boolean {
  return node.style === "block-keep" || (node.style === "block" && node.text.endsWith("\n"));
}

export function isBlockScalar(node: ScalarNode): boolean {
  return node.style === "block" || node.style === "block-keep";
}

/** The scalar that a block collection ends with; undefined where it ends with a bracket or an alias. */
export function lastScalar(node: Node | undefined): ScalarNode | undefined {
  if (node === undefined || node.kind === "alias") return undefined;
  if (node.kind === "scalar") return node;
  if (node.flow) return undefined;
  return lastScalar(node.kind === "mapping" ? node.entries.at(-1)?.value : node.elements.at(-1));
}

/** The end of the line that holds an offset, or of the last comment behind it that is indented deeper than `column`. */
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

/** The end of the line that holds an offset, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  if (at === -1) return text.length;
  return text[at - 1] === "\r" && at - 1 >= offset ? at - 1 : at;
}

/** Where the first line behind that of an offset starts that is neither blank nor a comment. */
export function skipCommentsAndBlanks(text: string, offset: number): number {
  let line = nextLine(text, offset);
  while (line < text.length && isBlankOrComment(text, line)) line = nextLine(text, line);
  return line;
}

export function isBlankOrComment(text: string, from: number): boolean {
  let at = from;
  while (text[at] === " " || text[at] === "\t") at++;
  return at === text.length || text[at] === "\n" || text[at] === "\r" || text[at] === "#";
}

/** Where the line behind that of an offset starts; the text's end where there is none. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}
