import { withoutLocation } from "../kube/host-annotations";
import { type KrmObject, toObject } from "../kube/object";
import type { Anchors } from "../yaml/anchors";
import { readPlain } from "../yaml/fast/read";
import type { Node } from "../yaml/node";
import { parse } from "../yaml/parse";
import type { Projection } from "../yaml/projection";
import { contentEnd, lineEndWithComments } from "../yaml/ranges";
import { toValue } from "../yaml/to-value";
import { isMapping, type Value } from "../yaml/value";
import { type Position, positionAt, UnknownAliasError, YamlError } from "../yaml/yaml-error";

/** The text that items are part of. */
export interface ItemSource {
  /** The whole text that contains the items. */
  readonly text: string;
  /** The file that contains the text. Undefined if the text is the function's input. */
  readonly path?: string;
  /** The form of the items: elements of a block list or of a flow list, or whole documents. */
  readonly form: "block" | "flow" | "document";
  /** The column of a block list's dashes; 0 for the other forms. */
  readonly column: number;
}

/** An item as text. */
export interface ItemText {
  /**
   * In a block list, whole lines with the dash and the comments that follow. In a flow list, only the value. For a
   * document, everything up to the start of the next one.
   */
  readonly text: string;
  /** Where `text` starts in the source's text. */
  readonly offset: number;
  readonly source: ItemSource;
  /** The item's index in its file, from 0; undefined if the source has no path. */
  readonly index?: number;
}

/** An item that has been parsed. */
export interface Item extends ItemText {
  /** Offsets are within `text`. */
  readonly node: Node;
}

/**
 * A text can't be read. The message starts with the file and the position if the text is from a file, and otherwise ends
 * with the position. It never quotes the text.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  /** The message without the file and the position. */
  readonly reason: string;
  /** Undefined if the error is about the text as a whole. */
  readonly position?: Position;

  /** @param offset the position in the text of the source. */
  constructor(reason: string, source?: Pick<ItemSource, "text" | "path">, offset?: number) {
    const position = source === undefined || offset === undefined ? undefined : positionAt(source.text, offset);
    super(located(reason, source?.path, position));
    this.reason = reason;
    if (position !== undefined) this.position = position;
  }
}

function located(reason: string, path: string | undefined, position: Position | undefined): string {
  if (path !== undefined)
    return `${[path, ...(position ? [position.line, position.column] : [])].join(":")}: ${reason}`;
  return position === undefined ? reason : `${reason} (line ${position.line}, column ${position.column})`;
}

/**
 * Parses one item, or the text that it has after edits.
 *
 * @param anchors the anchors of the items before it in the source, if it may refer to them. The item's own anchors are
 *   added.
 * @throws InputError if the text isn't one item.
 * @throws UnknownAliasError if `anchors` is omitted and an alias refers to something outside the item.
 */
export function parseItem({ text, offset, source, index }: ItemText, anchors?: Anchors): Item {
  const root = withLocation(source, offset, () => parseAlone(text, anchors));
  if (root instanceof UnknownAliasError) throw root;
  const node =
    source.form !== "block"
      ? root
      : root?.kind === "sequence" && root.elements.length === 1
        ? root.elements[0]
        : undefined;
  if (node === undefined) throw new InputError("each object must be a single mapping", source, offset);
  return index === undefined ? { text, offset, source, node } : { text, offset, source, index, node };
}

function parseAlone(text: string, anchors: Anchors | undefined): Node | undefined | UnknownAliasError {
  try {
    return parse(text, anchors);
  } catch (error) {
    if (anchors === undefined && error instanceof UnknownAliasError) return error;
    throw error;
  }
}

/** Returns the item as plain data, with its file and index if the source has a path. */
export function parseObject(item: Item): KrmObject {
  return toKrmObject(toValue(item.node), item);
}

/**
 * Reads an item of the input without parsing it. Returns the same as `parseObject`, restricted to a projection, or
 * undefined if the text isn't in plain block style and needs the parser.
 *
 * @param projection the fields that are read.
 */
export function readObjectFast(item: ItemText, projection: Projection): KrmObject | undefined {
  const { form, text } = item.source;
  const read = form === "flow" ? undefined : readPlain(text, item.offset, item.offset + item.text.length, projection);
  const value = form === "block" && Array.isArray(read) && read.length === 1 ? read[0] : read;
  return isMapping(value) ? toKrmObject(value, item) : undefined;
}

function toKrmObject(value: Value, { source: { path }, index }: ItemText): KrmObject {
  const object = toObject(value);
  if (path === undefined) return object;
  return { ...withoutLocation(object), file: index === undefined ? { path } : { path, index } };
}

/**
 * Returns the length of an item's body: its text without the comments and blank lines that follow it at the indentation
 * of its dash or, in a document, at the margin.
 */
export function ownLength({ text, node, source: { form, column } }: Item): number {
  return form === "flow" ? text.length : lineEndWithComments(text, contentEnd(text, node), column);
}

/**
 * Runs `read` on a part of a text, and converts a YamlError to an InputError with the position in the whole text.
 *
 * @param offset where the part starts.
 * @throws InputError instead of a YamlError.
 */
export function withLocation<T>(source: Pick<ItemSource, "text" | "path">, offset: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new InputError(`${subject(source)}not valid YAML: ${error.message}`, source, offset + error.offset);
  }
}

/** Returns the start of a message that completes "is", unless the file's name is before the message. */
export function subject({ path }: Pick<ItemSource, "path">): string {
  return path === undefined ? "the input is " : "";
}
