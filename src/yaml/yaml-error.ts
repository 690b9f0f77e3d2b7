/** A place in a text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something in a YAML text that cannot be read, or cannot be edited safely. The message never quotes the text. */
export class YamlError extends Error {
  override readonly name: string = "YamlError";
  /** `offset` counts in UTF-16 code units from the start of the text that was parsed. */
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** An alias of an anchor that is not in the text, nor among those given: it may be in an earlier text. */
export class UnknownAliasError extends YamlError {}

/** Where an offset is. A line ends with LF, CRLF or CR. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  const lineBreak = /\r\n?|\n/g;
  for (
    let found = lineBreak.exec(text);
    found !== null && lineBreak.lastIndex <= offset;
    found = lineBreak.exec(text)
  ) {
    line++;
    lineStart = lineBreak.lastIndex;
  }
  return { line, column: offset - lineStart + 1 };
}
