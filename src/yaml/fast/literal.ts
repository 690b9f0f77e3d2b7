import { dash, lineFeed, space } from "./char-codes";

/** A literal block scalar (`|` or `|-`) by its place in a text. */
export interface Literal {
  /** Where its lines start, blank ones included. */
  readonly start: number;
  /** Where its first line that is not blank starts. */
  readonly first: number;
  /** Where its last line that is not blank ends. */
  readonly last: number;
  /** Where the line behind it starts. */
  readonly end: number;
  /** Of its lines, in columns. */
  readonly indentation: number;
  /** Its last line break is no part of it. */
  readonly isStripped: boolean;
}

/**
 * Reads a literal block scalar in lines that end with LF. Undefined where something about it is unusual: indentation
 * that is given, blank lines that are kept or hold white space, lines between its indentation and its parent's.
 *
 * @param bar where its `|` stands.
 * @param column of the collection that it is in.
 */
export function readLiteral(text: string, bar: number, column: number): Literal | undefined {
  const to = text.length;
  const isStripped = text.charCodeAt(bar + 1) === dash;
  const headerEnd = skipSpaces(text, bar + (isStripped ? 2 : 1), to);
  if (text.charCodeAt(headerEnd) !== lineFeed) return undefined;
  const start = headerEnd + 1;
  let first = start;
  while (first < to && text.charCodeAt(first) === lineFeed) first++;
  const indentation = skipSpaces(text, first, to) - first;
  if (indentation <= column) return undefined;
  let last = first;
  let line = first;
  while (line < to) {
    const at = skipSpaces(text, line, line + indentation);
    const lineEnd = text.indexOf("\n", at);
    const isBlank = text.charCodeAt(lineEnd - 1) === space && text.slice(at, lineEnd).trim() === "";
    if (isBlank) return undefined;
    if (at - line === indentation) last = lineEnd;
    else if (at - line > column) return undefined;
    else if (lineEnd > line) break;
    line = lineEnd + 1;
  }
  return { start, first, last, end: line, indentation, isStripped };
}

/** What a literal stands for: its lines without their indentation. */
export function literalValue(text: string, { start, first, last, indentation, isStripped }: Literal): string {
  const lines = text.slice(start, last).replaceAll(`\n${" ".repeat(indentation)}`, "\n");
  const content = start === first ? lines.slice(indentation) : lines;
  return isStripped ? content : `${content}\n`;
}

function skipSpaces(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) === space) at++;
  return at;
}
