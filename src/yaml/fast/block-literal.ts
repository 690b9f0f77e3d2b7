import { dash, lineFeed, space } from "./char-codes";

/** The range of a literal block scalar (`|` or `|-`): offsets in UTF-16 code units. */
export interface Literal {
  /** The start of its lines, including blank ones. */
  readonly start: number;
  /** The start of its first line that isn't blank. */
  readonly first: number;
  /** The end of its last line that isn't blank. */
  readonly last: number;
  /** The start of the line after it. */
  readonly end: number;
  /** The indentation of its lines, in columns. */
  readonly indentation: number;
  /** If true (`|-`), its last line break isn't part of the value. */
  readonly isStripped: boolean;
}

/**
 * Reads a literal block scalar in a text whose lines end with LF.
 *
 * Returns undefined for anything unusual: an explicit indentation, blank lines that are kept or contain white space, or
 * lines that are indented deeper than the parent but less than the scalar.
 *
 * @param bar the offset of its `|`.
 * @param column the column of the collection that contains it.
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

/** Returns the value of a literal: its lines without their indentation. */
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
