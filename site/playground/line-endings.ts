import type { ResultFile, TextChange } from "./protocol";

/*
 * An editor shows every line break as "\n". If all line breaks of a file are CRLF, the editor gets "\n" instead, and the file
 * gets its CRLF back. Otherwise, the editor shows exactly the file's characters.
 */

/** How the lines of a file end. A file with other carriage returns than those of CRLF counts as mixed too. */
export type LineEnding = "\n" | "\r\n" | "mixed";

/** Returns how the lines of a text end. */
export function lineEndingOf(text: string): LineEnding {
  if (!text.includes("\r")) return "\n";
  return /\r(?!\n)|(?<!\r)\n/.test(text) ? "mixed" : "\r\n";
}

/** Returns the text that an editor shows for a file. */
export function toShown(text: string, lineEnding: LineEnding): string {
  return lineEnding === "\r\n" ? text.replaceAll("\r\n", "\n") : text;
}

/** Returns the text of the file that an editor shows. */
export function fromShown(shown: string, lineEnding: LineEnding): string {
  return lineEnding === "\r\n" ? shown.replaceAll("\n", "\r\n") : shown;
}

/** A file of the result as editors show it. */
export interface ShownResult extends ResultFile {
  readonly lineEnding: LineEnding;
}

/** Returns a file of the result as editors show it. */
export function toShownResult(file: ResultFile): ShownResult {
  const { before, after, changes } = file;
  const isCrlf = [before, after].every((text) => !text.includes("\n") || lineEndingOf(text) === "\r\n");
  if (!isCrlf) return { ...file, lineEnding: lineEndingOf(after) };
  const [shownBefore, shownAfter] = [offsetsOf(before), offsetsOf(after)];
  return {
    ...file,
    lineEnding: "\r\n",
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
