import { isSimple } from "../yaml/change";
import { positionAt, UnknownAliasError, YamlError } from "../yaml/error";
import { contentEnd, lineEnd } from "../yaml/extent";
import { mustBeSmall, mustHaveUniqueKeys } from "../yaml/limits";
import { keyOf, type MappingNode, type Node, resolve } from "../yaml/node";
import { type Anchors, dashes, flowChildren, parse } from "../yaml/parse";
import { columnAt, defaultStyle, lineBreakOf, type Style } from "../yaml/style";
import { toValue } from "../yaml/to-value";
import type { Value } from "../yaml/value";

/** Versions of the wire format; kustomize functions-spec. The output keeps the one that came in. */
const apiVersions = ["config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"];

/** An item of the list as text. */
export interface ItemText {
  /** In a block list whole lines, dash and following comments included; in a flow list the value alone. */
  readonly text: string;
  /** Where `text` starts in the input. */
  readonly offset: number;
}

/** An item that has been parsed. */
export interface Item extends ItemText {
  /** Offsets are within `text`. */
  readonly node: Node;
}

/** A ResourceList as text and trees. */
export interface ResourceList {
  readonly text: string;
  readonly items: readonly ItemText[];
  readonly functionConfig: Value | undefined;
  /** Why the functionConfig must not be read. */
  readonly configProblem?: string;
  readonly layout: Layout;
}

/** How the list itself is written. */
export interface Layout {
  readonly flow: boolean;
  /** The column of the items' dashes. */
  readonly column: number;
  readonly style: Style;
  /** The top level; where the items were told apart by indentation, what is before and behind them. */
  readonly parts: readonly Part[];
  /** The items were told apart by indentation: the text ends with a top-level entry or an item. */
  readonly outlined: boolean;
}

/** A stretch of the top level that was parsed by itself. Offsets of its nodes are within `text`. */
interface Part {
  readonly offset: number;
  readonly text: string;
  readonly mapping: MappingNode;
}

/** The input as a whole cannot be read; the message says where, and quotes nothing. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/**
 * Reads a ResourceList.
 *
 * A block list is told apart by its indentation and each item parsed on its own, since js-yaml's events of one long
 * text take 17 to 20 times its size. The text is parsed as a whole only where its layout does not show the items.
 *
 * @throws InputError where the text is no ResourceList.
 */
export function readResourceList(text: string): ResourceList {
  if (text.trim() === "") throw new InputError(`the input is empty; ${expected}`);
  const outline = outlineOf(text);
  const parts = (outline?.parts ?? [[0, text.length]]).map(([from, to]) => partOf(text, from, to));
  const top = (key: string) => {
    const found = parts.flatMap((part) => part.mapping.entries.filter((entry) => keyOf(entry) === key));
    if (found.length > 1) throw new InputError(`${key} must stand once at the top level of the ResourceList`);
    return found[0]?.value;
  };
  mustBeResourceList(top("apiVersion"), top("kind"));
  const items = top("items");
  const config = top("functionConfig");
  const configProblem = config && problemOf(text, parts, config);
  const style = { ...defaultStyle, lineBreak: lineBreakOf(text), json: text[parts[0]?.mapping.start ?? 0] === "{" };
  const functionConfig = config && (toValue(config) ?? undefined);
  const whole = { text, functionConfig, ...(configProblem === undefined ? {} : { configProblem }) };
  const layout = { column: 0, style, parts, flow: false, outlined: outline !== undefined };
  if (outline !== undefined) {
    return { ...whole, items: slices(text, outline.items), layout: { ...layout, column: outline.column } };
  }
  if (items === undefined) throw new InputError(`the ResourceList must have items; ${expected}`);
  const list = resolve(items);
  if (list.kind !== "sequence") throw new InputError(`items must be a list${at(text, list.start)}`);
  if (list.flow) {
    return {
      ...whole,
      items: slices(
        text,
        flowChildren(text, list).map(({ start, end }) => [start, end] as const),
      ),
      layout: { ...layout, flow: true },
    };
  }
  const starts = dashes(text, list).map((dash) => dash - columnAt(text, dash));
  const end = lineEnd(text, contentEnd(text, list));
  const ranges = starts.map((start, i) => [start, starts[i + 1] ?? end] as const);
  return {
    ...whole,
    items: slices(text, ranges),
    layout: { ...layout, column: columnAt(text, list.start) },
  };
}

/** The functionConfig is read whole, so it must be of a size and say everything once. */
function problemOf(text: string, parts: readonly Part[], config: Node): string | undefined {
  try {
    mustBeSmall(config);
    mustHaveUniqueKeys(config);
    return undefined;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const part = parts.find(({ mapping }) => mapping.entries.some(({ value }) => value === config));
    return `the functionConfig cannot be used: ${error.message}${at(text, (part?.offset ?? 0) + error.offset)}`;
  }
}

const expected = "it must be a ResourceList, as kpt and kustomize send it on stdin";

function mustBeResourceList(apiVersion: Node | undefined, kind: Node | undefined): void {
  if (kind === undefined || toValue(kind) !== "ResourceList") {
    throw new InputError(`the input is no ResourceList; ${expected}`);
  }
  const version = apiVersion && toValue(apiVersion);
  if (typeof version !== "string" || !apiVersions.includes(version)) {
    throw new InputError(`the ResourceList's apiVersion must be one of ${apiVersions.join(", ")}`);
  }
}

type Range = readonly [from: number, to: number];

interface Outline {
  readonly items: readonly Range[];
  readonly parts: readonly Range[];
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
  for (let line = from; line < text.length && line > 0; line = text.indexOf("\n", line) + 1) {
    let first = line;
    while (text.charCodeAt(first) === 0x20) first++;
    const char = text.charCodeAt(first);
    if (char === 0x0a || char === 0x0d || char === 0x23 || first >= text.length) continue;
    const dash = char === 0x2d && isSpaceOrEnd(text.charCodeAt(first + 1));
    if (column === -1) {
      if (!dash) return undefined;
      column = first - line;
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
    parts:
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

function partOf(text: string, from: number, to: number): Part {
  const part = text.slice(from, to);
  const node = readable(text, from, () => parse(part));
  if (node?.kind !== "mapping") throw new InputError(`the input is no ResourceList; ${expected}`);
  if (!isSimple(part, node))
    throw new InputError(`the keys of the ResourceList must be written plainly${at(text, from)}`);
  return { offset: from, text: part, mapping: node };
}

function slices(text: string, ranges: readonly Range[]): ItemText[] {
  return ranges.map(([from, to]) => ({ text: text.slice(from, to), offset: from }));
}

/**
 * Parses one item of the list, or the text that it has become.
 *
 * @param anchors of the items before it, where it may refer to them; those of this one are added.
 * @throws InputError where it is no item; UnknownAliasError where `anchors` is not given and an alias refers to
 *   something outside the item.
 */
export function parseItem(list: ResourceList, item: ItemText, anchors?: Anchors): Item {
  const root = readable(list.text, item.offset, () => parseAlone(item.text, anchors));
  if (root instanceof UnknownAliasError) throw root;
  const node = list.layout.flow
    ? root
    : root?.kind === "sequence" && root.elements.length === 1
      ? root.elements[0]
      : undefined;
  if (node === undefined) throw new InputError(`an item must be one mapping${at(list.text, item.offset)}`);
  return { text: item.text, offset: item.offset, node };
}

function parseAlone(text: string, anchors: Anchors | undefined): Node | undefined | UnknownAliasError {
  try {
    return parse(text, anchors);
  } catch (error) {
    if (anchors === undefined && error instanceof UnknownAliasError) return error;
    throw error;
  }
}

/** Tells what cannot be read by its place in the whole input. */
function readable<T>(text: string, offset: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new InputError(`the input is not valid YAML: ${error.message}${at(text, offset + error.offset)}`);
  }
}

function at(text: string, offset: number): string {
  const { line, column } = positionAt(text, offset);
  return ` (line ${line}, column ${column} of the input)`;
}
