import { hasPlainKeys } from "../yaml/edit-nodes";
import { keyOf, type MappingNode, type Node, resolve, type SequenceNode } from "../yaml/node";
import { dashes, flowChildren, parse } from "../yaml/parse";
import { contentEnd, skipCommentsAndBlanks } from "../yaml/ranges";
import { columnAt, defaultStyle, lineBreakOf, type Style } from "../yaml/style";
import { UnknownAliasError } from "../yaml/yaml-error";
import { InputError, type ItemSource, type ItemText, subject, withLocation } from "./item";

/** A document that is a mapping with a list of items, as text and trees. */
export interface ItemList {
  /** The document's text. */
  readonly text: string;
  /** Where the document's text starts in the whole text. */
  readonly offset: number;
  /** Their offsets are within the whole text. */
  readonly items: readonly ItemText[];
  readonly layout: Layout;
}

/** How a list of items is written. */
export interface Layout {
  /** If true, the list is written in brackets. */
  readonly flow: boolean;
  /** The column of the items' dashes; 0 in a flow list. */
  readonly column: number;
  readonly style: Style;
  /** The parsed parts of the top level. If the list was split by indentation, those before and after its items. */
  readonly chunks: readonly TopLevelChunk[];
  /** If true, the items were split by indentation, and the text ends with a top-level entry or an item. */
  readonly splitByIndentation: boolean;
}

/** A part of the top level that was parsed separately. Offsets of its nodes are within `text`. */
export interface TopLevelChunk {
  /** Where the chunk starts in the document's text. */
  readonly offset: number;
  readonly text: string;
  readonly mapping: MappingNode;
}

/** A document that is all or part of a text. */
export interface DocumentText {
  readonly whole: string;
  /** The file that contains the text. Undefined if the text is the function's input. */
  readonly path?: string;
  /** Where the document starts in `whole`. */
  readonly from: number;
  /** Where the document ends in `whole`. */
  readonly to: number;
  /** The list of items, if the document has been parsed. Its offsets are within the document. */
  readonly parsedItems?: SequenceNode;
}

/**
 * Reads a document that is a list of items.
 *
 * A block list is split by indentation and its items are parsed later, one by one, since js-yaml's events for one long
 * text take 17 to 20 times its size in memory. The document is parsed as a whole only if its items can't be found by
 * indentation.
 *
 * @param check throws an InputError if the top level isn't that of the expected document. Its argument `top` returns a
 *   top-level value by its key.
 * @param name the document's name in messages.
 * @param expected what the document must be, as a clause for the end of a message.
 * @throws InputError if the text is not such a list.
 */
export function readItemList(
  { whole, path, from, to, parsedItems }: DocumentText,
  check: (top: (key: string) => Node | undefined, chunks: readonly TopLevelChunk[]) => void,
  name: string,
  expected: string,
): ItemList {
  const text = from === 0 && to === whole.length ? whole : whole.slice(from, to);
  const source = { text: whole, ...(path === undefined ? {} : { path }) };
  const document: ListDocument = { text, source, from, name, expected };
  const outline = outlineOf(text, parsedItems);
  const chunkRanges: readonly Range[] = outline?.chunks ?? [[0, text.length]];
  const chunks = chunkRanges.map((range) => readChunk(document, range));
  const top = (key: string) => topLevelValue(chunks, key, name);
  check(top, chunks);
  const items = top("items");
  const { form, column, ranges } = outline?.items ?? itemRanges(document, items);
  const itemSource: ItemSource = { ...source, form, column };
  const style = { ...defaultStyle, lineBreak: lineBreakOf(text), json: text[chunks[0]?.mapping.start ?? 0] === "{" };
  return {
    text,
    offset: from,
    items: ranges.map(([start, end]) => ({ text: text.slice(start, end), offset: from + start, source: itemSource })),
    layout: { column, style, chunks, flow: form === "flow", splitByIndentation: outline !== undefined },
  };
}

/** A document that is read as a list of items. */
interface ListDocument {
  readonly text: string;
  readonly source: Pick<ItemSource, "text" | "path">;
  /** Where `text` starts in the source's text. */
  readonly from: number;
  readonly name: string;
  readonly expected: string;
}

type Range = readonly [from: number, to: number];

function readChunk(document: ListDocument, range: Range): TopLevelChunk {
  const { text, source, from, name, expected } = document;
  const [start, end] = range;
  const chunk = text.slice(start, end);
  const node = withLocation(source, from + start, () => parseChunk(document, range));
  if (node?.kind !== "mapping") throw new InputError(`${subject(source)}not a ${name}; ${expected}`, source);
  if (!hasPlainKeys(chunk, node))
    throw new InputError(
      `the keys of the ${name} must be written as \`key: value\`, without \`?\`, an anchor, or a tag`,
      source,
      from + start,
    );
  return { offset: start, text: chunk, mapping: node };
}

/** Parses a chunk without the others, and without the items. */
function parseChunk({ text, source, from, name }: ListDocument, [start, end]: Range): Node | undefined {
  try {
    return parse(text.slice(start, end));
  } catch (error) {
    if (!(error instanceof UnknownAliasError)) throw error;
    throw new InputError(
      `an alias at the top level of the ${name} refers to an anchor elsewhere. Replace the alias with its value`,
      source,
      from + start + error.offset,
    );
  }
}

function topLevelValue(chunks: readonly TopLevelChunk[], key: string, name: string): Node | undefined {
  const entries = chunks.flatMap(({ mapping }) => mapping.entries.filter((entry) => keyOf(entry) === key));
  if (entries.length > 1)
    throw new InputError(`the key "${key}" is duplicated at the top level of the ${name}; remove one of the two`);
  return entries[0]?.value;
}

/** The items by their ranges in the document's text. */
interface ItemRanges {
  readonly form: "block" | "flow";
  readonly column: number;
  readonly ranges: readonly Range[];
}

/** Finds the items in the parsed list. */
function itemRanges({ text, source, from, name, expected }: ListDocument, items: Node | undefined): ItemRanges {
  if (items === undefined) throw new InputError(`the ${name} must have items; ${expected}`);
  const list = resolve(items);
  if (list.kind !== "sequence") throw new InputError("items must be a list", source, from + list.start);
  if (list.flow) {
    return { form: "flow", column: 0, ranges: flowChildren(text, list).map(({ start, end }) => [start, end] as const) };
  }
  const starts = dashes(text, list).map(({ offset }) => offset - columnAt(text, offset));
  const end = skipCommentsAndBlanks(text, contentEnd(text, list));
  return { form: "block", column: columnAt(text, list.start), ranges: rangesBetween(starts, end) };
}

/** Returns the ranges that start at `starts`, each up to the next one and the last up to `end`. */
function rangesBetween(starts: readonly number[], end: number): Range[] {
  return starts.map((start, i) => [start, starts[i + 1] ?? end]);
}

/** A document split by indentation. Offsets are within its text. */
interface Outline {
  readonly items: ItemRanges;
  /** The part before the items and, if there is any, the part after them. */
  readonly chunks: readonly Range[];
}

/**
 * Finds the items by indentation. Returns undefined if the list isn't written as a line `items:` with dashes below it, or
 * if lines of quoted text look like dashes or keys.
 *
 * @param parsed the list of items, if it is known.
 */
function outlineOf(text: string, parsed: SequenceNode | undefined): Outline | undefined {
  const header = /(?:^|\n)items:[ \t]*(?:[ \t]#[^\n]*)?\r?\n/.exec(text);
  if (header === null) return undefined;
  const from = header.index + header[0].length;
  const column = firstDashColumn(text, from);
  if (column === undefined) return undefined;
  const { starts, end } = itemLines(text, from, column);
  // If anything but more keys follows, the whole document must be parsed.
  if (end < text.length && !/^[\w"']/.test(text.slice(end, end + 1))) return undefined;
  if (/\n(?:---|\.\.\.)(?:\s|$)/.test(text.slice(end - 1))) return undefined;
  if (parsed !== undefined && !startsAreThoseOf(text, parsed, starts, end)) return undefined;
  const before: Range = [0, from];
  return {
    items: { form: "block", column, ranges: rangesBetween(starts, end) },
    chunks: end < text.length ? [before, [end, text.length]] : [before],
  };
}

/** Reports whether items that were found by indentation are those of the parsed list. */
function startsAreThoseOf(text: string, parsed: SequenceNode, starts: readonly number[], end: number): boolean {
  if (parsed.flow || parsed.end > end) return false;
  const offsets = dashes(text, parsed).map(({ offset }) => offset - columnAt(text, offset));
  return offsets.length === starts.length && offsets.every((offset, i) => offset === starts[i]);
}

/**
 * Returns the column of the dash that starts the first line at or after `from` that is neither blank nor a comment;
 * undefined if there is no such line or it doesn't start with a dash.
 *
 * @param from the start of a line.
 */
function firstDashColumn(text: string, from: number): number | undefined {
  const contentLine = /\n *(?=[^ \r\n#])/g;
  contentLine.lastIndex = from - 1;
  const match = contentLine.exec(text);
  if (match === null || !isDash(text, contentLine.lastIndex)) return undefined;
  return match[0].length - 1;
}

/**
 * Returns the start of each item's first line, and the end of the list. A line with a dash at the items' column always
 * starts an item, because everything inside an item is indented further than its dash.
 *
 * @param from the start of the line after `items:`.
 */
function itemLines(
  text: string,
  from: number,
  column: number,
): { readonly starts: readonly number[]; readonly end: number } {
  const starts: number[] = [];
  // Skips blank lines, comments, and lines that are indented further.
  const line = new RegExp(`\\n {0,${column}}(?=[^ \\r\\n#])`, "g");
  line.lastIndex = from - 1;
  for (let match = line.exec(text); match !== null; match = line.exec(text)) {
    const start = match.index + 1;
    if (line.lastIndex - start < column || !isDash(text, line.lastIndex)) return { starts, end: start };
    starts.push(start);
  }
  return { starts, end: text.length };
}

/** Reports whether the character at an offset is the dash of an element. */
function isDash(text: string, offset: number): boolean {
  return text.charCodeAt(offset) === 0x2d && isSpaceOrEnd(text.charCodeAt(offset + 1));
}

/** @param char a UTF-16 code unit, or NaN at the end of the text. */
function isSpaceOrEnd(char: number): boolean {
  return char === 0x20 || char === 0x0a || char === 0x0d || char === 0x09 || Number.isNaN(char);
}
