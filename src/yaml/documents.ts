import { isBlankOrComment, nextLine } from "./ranges";

/**
 * The range of one document in a stream: offsets in UTF-16 code units. The documents of a stream cover its whole text.
 */
export interface DocumentRange {
  readonly from: number;
  /** Where the next document starts. */
  readonly to: number;
  /** An upper bound for the end of its content: the offset of its `...` line, or `to`. */
  readonly end: number;
  /** The offset of its `---` line, if it has one. */
  readonly marker?: number;
}

/**
 * Splits a stream into documents, line by line (YAML 1.2.2, section 9.2). A line that starts with `---` or `...`
 * followed by white space is always a marker, even within a block scalar or between quotes.
 *
 * Comments and directives before a document's marker belong to that document, and everything after a document belongs
 * to it until the next one starts. An empty text is one empty document.
 */
export function documentsOf(text: string): DocumentRange[] {
  const documents: DocumentRange[] = [];
  let from = 0;
  do {
    const document = documentFrom(text, from);
    documents.push(document);
    from = document.to;
  } while (from < text.length);
  return documents;
}

/** Reads the document that starts at the line at `from`. */
function documentFrom(text: string, from: number): DocumentRange {
  let end: number | undefined;
  let marker: number | undefined;
  let hasContent = false;
  let line = from;
  for (; line < text.length; line = nextLine(text, line)) {
    const start = skipByteOrderMark(text, line);
    const kind = lineKind(text, start);
    if (kind === "blank") continue;
    if (kind === "end") {
      end ??= start;
      continue;
    }
    if (end !== undefined) break;
    if (kind !== "marker") {
      hasContent ||= kind === "content";
      continue;
    }
    if (marker !== undefined || hasContent) break;
    marker = start;
  }
  return { from, to: line, end: end ?? line, ...(marker === undefined ? {} : { marker }) };
}

function skipByteOrderMark(text: string, line: number): number {
  return line === 0 && text.charCodeAt(0) === 0xfeff ? 1 : line;
}

/**
 * Returns what kind of line is at an offset. A percent sign starts a directive only before a document's marker. After
 * the marker it is content, but the difference doesn't matter: the next marker starts a new document anyway.
 */
function lineKind(text: string, at: number): "marker" | "end" | "blank" | "directive" | "content" {
  if (isMarker(text, at, "---")) return "marker";
  if (isMarker(text, at, "...")) return "end";
  if (isBlankOrComment(text, at)) return "blank";
  return text[at] === "%" ? "directive" : "content";
}

function isMarker(text: string, at: number, marker: string): boolean {
  return text.startsWith(marker, at) && /^[ \t\r\n]?$/.test(text.charAt(at + 3));
}
