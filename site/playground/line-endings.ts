import type { ResultFile, TextChange } from "./protocol";

/*
 * An editor shows every line break as "\n". If all line breaks of a file are CRLF, the editor gets "\n" instead, and the file
 * gets its CRLF back. Otherwise, the editor shows exactly the file's characters.
 */

export type LineEnding = "\n" | "\r\n";

/** Returns how the lines of a text end: CRLF only if all of them do, and if it has no other carriage return. */
export function lineEndingOf(text: string): LineEnding {
  return text.includes("\r\n") && !/\r(?!\n)|(?<!\r)\n/.test(text) ? "\r\n" : "\n";
}

/** Returns the text that an editor shows for a file. */
export function toShown(text: string, lineEnding: LineEnding): string {
  return lineEnding === "\n" ? text : text.replaceAll("\r\n", "\n");
}

/** Returns the text of the file that an editor shows. */
export function fromShown(shown: string, lineEnding: LineEnding): string {
  return lineEnding === "\n" ? shown : shown.replaceAll("\n", "\r\n");
}

/** Returns a file of the result as editors show it. */
export function toShownResult(file: ResultFile): ResultFile {
  const { before, after, changes } = file;
  const isCrlf = [before, after].every((text) => !text.includes("\n") || lineEndingOf(text) === "\r\n");
  if (!isCrlf) return file;
  const [shownBefore, shownAfter] = [offsetsOf(before), offsetsOf(after)];
  return {
    ...file,
    before: toShown(before, "\r\n"),
    after: toShown(after, "\r\n"),
    changes: changes.map(
      ({ fromBefore, toBefore, fromAfter, toAfter }): TextChange => ({
        fromBefore: shownBefore(fromBefore),
        toBefore: shownBefore(toBefore),
        fromAfter: shownAfter(fromAfter),
        toAfter: shownAfter(toAfter),
      }),
    ),
  };
}

/** Returns a function from offsets in a text to those in what is shown. Its calls must be in ascending order. */
function offsetsOf(text: string): (offset: number) => number {
  let skipped = 0;
  let next = text.indexOf("\r\n");
  return (offset) => {
    while (next >= 0 && next < offset) {
      skipped++;
      next = text.indexOf("\r\n", next + 2);
    }
    return offset - skipped;
  };
}
