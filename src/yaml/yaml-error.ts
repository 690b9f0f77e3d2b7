/** A position in a text. Lines and columns are counted from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML text can't be read, or can't be edited safely. The message never quotes a value from the text. */
export class YamlError extends Error {
  override readonly name: string = "YamlError";
  /**
   * @param offset the position in the text that was parsed, in UTF-16 code units.
   * @param advice what the user must do, as a sentence without its period. `tryEdit` adds it after the position.
   */
  constructor(
    message: string,
    readonly offset: number,
    readonly advice?: string,
  ) {
    super(message);
  }
}

/** An alias refers to an anchor that isn't known. The anchor may be in an earlier text. */
export class UnknownAliasError extends YamlError {}

/** Returns the line and column of an offset. A line ends with LF, CRLF or CR. A byte order mark isn't counted. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = text.startsWith("\ufeff") ? 1 : 0;
  const lineBreak = /\r\n?|\n/g;
  for (
    let match = lineBreak.exec(text);
    match !== null && lineBreak.lastIndex <= offset;
    match = lineBreak.exec(text)
  ) {
    line++;
    lineStart = lineBreak.lastIndex;
  }
  return { line, column: Math.max(offset - lineStart, 0) + 1 };
}
