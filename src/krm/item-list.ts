import { hasPlainKeys } from "../yaml/edit-nodes";
import { keyOf, type MappingNode, type Node, resolve } from "../yaml/node";
import { dashes, flowChildren, parse } from "../yaml/parse";
import { contentEnd, skipCommentsAndBlanks } from "../yaml/ranges";
import { columnAt, defaultStyle, lineBreakOf, type Style } from "../yaml/style";
import { InputError, type ItemSource, type ItemText, locationText, withLocation } from "./item";

/** A document that is a mapping with a list of items, as text and trees. */
export interface ItemList {
  /** The document's text, and where it starts in the whole one. */
  readonly text: string;
  readonly offset: number;
  /** Offsets are within the whole text. */
  readonly items: readonly ItemText[];
  readonly layout: Layout;
}

/** How the list itself is written. */
export interface Layout {
  readonly flow: boolean;
  /** The column of the items' dashes. */
  readonly column: number;
  readonly style: Style;
  /** The top level; where the items were told apart by indentation, what is before and behind them. */
  readonly chunks: readonly TopLevelChunk[];
  /** The items were told apart by indentation: the text ends with a top-level entry or an item. */
  readonly splitByIndentation: boolean;
}

/** A stretch of the top level that was parsed by itself. Offsets of its nodes are within `text`. */
export interface TopLevelChunk {
  /** Within the document's text. */
  readonly offset: number;
  readonly text: string;
  readonly mapping: MappingNode;
}

/** The text that a document is a part of, or all of. */
export interface DocumentText {
  readonly whole: string;
  /** The file; absent: it is the function's input. */
  readonly path?: string;
  /** The document's place in `whole`. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads a document that is a list of items.
 *
 * A block list is told apart by its indentation and each item parsed on its own, since js-yaml's events of one long
 * text take 17 to 20 times its size. The text is parsed as a whole only where its layout does not show the items.
 *
 * @param check what the document must be, by its top level.
 * @param name how messages name the document.
 * @param expected what it must be, as messages say it.
 * @throws InputError where the text is no such list.
 */
export function readItemList(
  { whole, path, from, to }: DocumentText,
  check: (top: (key: string) => Node | undefined, chunks: readonly TopLevelChunk[]) => void,
  name: string,
  expected: string,
): ItemList {
  const text = from === 0 && to === whole.length ? whole : whole.slice(from, to);
  const source = { text: whole, ...(path === undefined ? {} : { path }) };
  const outline = outlineOf(text);
  const chunkOf = (start: number, end: number): TopLevelChunk => {
    const chunk = text.slice(start, end);
    const node = withLocation(source, from + start, () => parse(chunk));
    if (node?.kind !== "mapping") throw new InputError(`${path ?? "the input"} is no ${name}; ${expected}`);
    if (!hasPlainKeys(chunk, node))
      throw new InputError(`the keys of the ${name} must be written plainly${locationText(source, from + start)}`);
    return { offset: start, text: chunk, mapping: node };
  };
  const chunks = (outline?.chunks ?? [[0, text.length]]).map(([start, end]) => chunkOf(start, end));
  const top = (key: string) => {
    const found = chunks.flatMap((chunk) => chunk.mapping.entries.filter((entry) => keyOf(entry) === key));
    if (found.length > 1) throw new InputError(`${key} must stand once at the top level of the ${name}`);
    return found[0]?.value;
  };
  check(top, chunks);
  const items = top("items");
  const style = { ...defaultStyle, lineBreak: lineBreakOf(text), json: text[chunks[0]?.mapping.start ?? 0] === "{" };
  const layout = { column: 0, style, chunks, flow: false, splitByIndentation: outline !== undefined };
  const slices = (column: number, form: ItemSource["form"], ranges: readonly Range[]): ItemText[] => {
    const ofItems = { ...source, form, column };
    return ranges.map(([start, end]) => ({ text: text.slice(start, end), offset: from + start, source: ofItems }));
  };
  const read = (column: number, form: "block" | "flow", ranges: readonly Range[]): ItemList => ({
    text,
    offset: from,
    items: slices(column, form, ranges),
    layout: { ...layout, column, flow: form === "flow" },
  });

  if (outline !== undefined) return read(outline.column, "block", outline.items);
  if (items === undefined) throw new InputError(`the ${name} must have items; ${expected}`);
  const list = resolve(items);
  if (list.kind !== "sequence") throw new InputError(`items must be a list${locationText(source, from + list.start)}`);
  if (list.flow) {
    return read(
      0,
      "flow",
      flowChildren(text, list).map(({ start, end }) => [start, end] as const),
    );
  }
  const starts = dashes(text, list).map((dash) => dash - columnAt(text, dash));
  const behind = skipCommentsAndBlanks(text, contentEnd(text, list));
  return read(
    columnAt(text, list.start),
    "block",
    starts.map((start, i) => [start, starts[i + 1] ?? behind] as const),
  );
}

type Range = readonly [from: number, to: number];

interface Outline {
  readonly items: readonly Range[];
  readonly chunks: readonly Range[];
  readonly column: number;
}

/**
 * Finds the items by indentation; undefined where the list is not written as a line `items:` and dashes below it.
 * A line that starts an item can start nothing else: whatever is inside an item is indented further than its dash.
 */
function outlineOf(text: string): Outline | undefined {
  const header = /(?:^|\n)items:[ \t]*(?:[ \t]#[^\n]*)?\r?\n/.exec(text);
  if (header === null) return undefined;
  const from = header.index + header[0].length;
  const starts: number[] = [];
  let column = -1;
  let end = text.length;
  let further = /\n/g;
  const lineAfter = (line: number) => {
    further.lastIndex = line;
    return (further.exec(text)?.index ?? -1) + 1;
  };
  for (let line = from; line < text.length && line > 0; line = lineAfter(line)) {
    let first = line;
    while (text.charCodeAt(first) === 0x20) first++;
    const char = text.charCodeAt(first);
    if (char === 0x0a || char === 0x0d || char === 0x23 || first >= text.length) continue;
    const dash = char === 0x2d && isSpaceOrEnd(text.charCodeAt(first + 1));
    if (column === -1) {
      if (!dash) return undefined;
      column = first - line;
      // From here on only lines that are neither empty, nor comments, nor indented further.
      further = new RegExp(`\\n {0,${column}}(?=[^ \\r\\n#])`, "g");
    }
    if (first - line > column) continue;
    if (!dash || first - line < column) {
      end = line;
      break;
    }
    starts.push(line);
  }
  // What is not plainly further keys is left to a parse of the whole.
  if (starts.length === 0 || (end < text.length && !/^[\w"']/.test(text.slice(end, end + 1)))) return undefined;
  if (/\n(?:---|\.\.\.)(?:\s|$)/.test(text.slice(end - 1))) return undefined;
  const items = starts.map((start, i) => [start, starts[i + 1] ?? end] as const);
  return {
    items,
    chunks:
      end < text.length
        ? [
            [0, from],
            [end, text.length],
          ]
        : [[0, from]],
    column,
  };
}

function isSpaceOrEnd(char: number): boolean {
  return char === 0x20 || char === 0x0a || char === 0x0d || char === 0x09 || Number.isNaN(char);
}
