/*
 * Finds the keys around the cursor by indentation alone, because text that is being written is often not valid YAML. Flow
 * style isn't recognized.
 */

/** A document, such as CodeMirror's `Text`. */
export interface Lines {
  /** How many lines it has. */
  readonly lines: number;
  /** Returns a line with its offset. Lines are counted from 1. */
  line(number: number): { readonly text: string; readonly from: number };
}

/** A line with a key, or the line of the cursor, which can be empty. */
interface KeyLine {
  /** The column of the first dash; undefined without one. */
  readonly dash?: number;
  /** The column of the key. */
  readonly column: number;
  readonly key: string;
  /** The offset of the key. */
  readonly from: number;
  /** The offset of the value; undefined without a colon. */
  readonly valueFrom?: number;
}

/** The key in the line of the cursor. */
export interface KeyPosition extends KeyLine {
  /** The keys of the mappings that contain it. */
  readonly parents: readonly string[];
  /** The other keys of its mapping. */
  readonly siblings: readonly string[];
  /** True if the line starts an element of a list. */
  readonly isElement: boolean;
}

/** Returns the key in a line; undefined for a comment or the end of a document. */
export function keyAt(doc: Lines, lineNumber: number): KeyPosition | undefined {
  const lines: KeyLine[] = [];
  let index = -1;
  for (let number = 1; number <= doc.lines; number++) {
    const { text, from } = doc.line(number);
    if (isDocumentEnd(text)) {
      if (index >= 0) break;
      lines.length = 0;
    } else if (number === lineNumber || !/^\s*(?:#|$)/.test(text)) {
      if (number === lineNumber) index = lines.length;
      lines.push(readLine(text, from));
    }
  }
  const line = lines[index];
  if (line === undefined || /^\s*#/.test(doc.line(lineNumber).text)) return undefined;
  const siblings = mappingOf(lines, index).flatMap((other) => (other === line || other.key === "" ? [] : other.key));
  return { ...line, parents: parentsOf(lines, index), siblings, isElement: line.dash !== undefined };
}

function isDocumentEnd(text: string): boolean {
  return /^(?:---|\.\.\.)(?:\s|$)/.test(text);
}

function readLine(text: string, offset: number): KeyLine {
  const [whole = "", indent = "", dashes = "", key = "", colon] =
    /^(\s*)((?:- +)*)([\w./-]*)(?:(:)(?:\s+|$))?/.exec(text) ?? [];
  const column = indent.length + dashes.length;
  return {
    column,
    key,
    from: offset + column,
    ...(dashes === "" ? {} : { dash: indent.length }),
    ...(colon === undefined ? {} : { valueFrom: offset + whole.length }),
  };
}

/** Returns the keys that contain a line, from the outside in. */
function parentsOf(lines: readonly KeyLine[], index: number): string[] {
  const parents: string[] = [];
  for (let at = parentOf(lines, index); at >= 0; at = parentOf(lines, at)) parents.unshift(lines[at]?.key ?? "");
  return parents;
}

/** Returns the index of the line with the key whose value contains a line; -1 if there is none. */
function parentOf(lines: readonly KeyLine[], index: number): number {
  const columnAfter = ({ dash, column }: KeyLine) => (dash === undefined ? column : dash + 1);
  let limit = columnAfter(lines[index] as KeyLine);
  for (let at = index - 1; at >= 0; at--) {
    const line = lines[at] as KeyLine;
    if (line.column < limit && line.valueFrom !== undefined) return at;
    // The line starts the element of a list that contains the key. The key of the list can be at the column of the dash.
    if (line.dash !== undefined && line.column <= limit) limit = Math.min(limit, columnAfter(line));
  }
  return -1;
}

/** Returns the lines with the keys of the mapping that contains a line. */
function mappingOf(lines: readonly KeyLine[], index: number): KeyLine[] {
  const { column } = lines[index] as KeyLine;
  const startsElement = (line: KeyLine | undefined) => line?.dash !== undefined && line.column === column;
  const isInside = (line: KeyLine | undefined) => line !== undefined && line.column >= column;
  let start = index;
  while (!startsElement(lines[start]) && isInside(lines[start - 1])) start--;
  let end = index + 1;
  while (isInside(lines[end]) && !startsElement(lines[end])) end++;
  return lines.slice(start, end).filter((line) => line.column === column);
}
