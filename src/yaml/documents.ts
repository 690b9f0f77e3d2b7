import { isBlankOrComment, nextLine } from "./ranges";

/** A document of a stream by its place in the text. Together the documents are the whole text. */
export interface DocumentRange {
  readonly from: number;
  /** Where the next document starts. */
  readonly to: number;
  /** Where its content ends at the latest: at its `...`, or at `to`. */
  readonly end: number;
  /** Where its line `---` starts; absent: it has none. */
  readonly marker?: number;
}

/**
 * Tells the documents of a stream apart by their lines (YAML 1.2.2, 9.2): a line that starts with `---` or `...` and
 * white space can be nothing else, in a block scalar and between quotes too. Comments and directives in front of a
 * document's marker are a part of it; what follows a document is a part of that one.
 */
export function documentsOf(text: string): DocumentRange[] {
  const documents: DocumentRange[] = [];
  let from = 0;
  let end: number | undefined;
  let marker: number | undefined;
  let content = false;
  const close = (to: number) => {
    documents.push({ from, to, end: end ?? to, ...(marker === undefined ? {} : { marker }) });
    from = to;
    end = marker = undefined;
    content = false;
  };
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    const start = line === 0 && text.charCodeAt(0) === 0xfeff ? 1 : line;
    if (isMarker(text, start, "---")) {
      if (marker !== undefined || content || end !== undefined) close(line);
      marker = start;
    } else if (isMarker(text, start, "...")) {
      end ??= start;
    } else if (!isBlankOrComment(text, start)) {
      if (end !== undefined) close(line);
      // A percent sign starts a directive only where no content can stand; behind a marker the next one tells anyway.
      content ||= text[start] !== "%";
    }
  }
  close(text.length);
  return documents;
}

function isMarker(text: string, at: number, marker: string): boolean {
  return text.startsWith(marker, at) && /^[ \t\r\n]?$/.test(text.charAt(at + 3));
}
