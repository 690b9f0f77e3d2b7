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
import { positionAt, UnknownAliasError, YamlError } from "../yaml/yaml-error";

/** What items are parts of. */
export interface ItemSource {
  /** The whole text that the items lie in. */
  readonly text: string;
  /** The file of the text; absent: it is the function's input. */
  readonly path?: string;
  /** An element of a block list or of a flow list, or a whole document. */
  readonly form: "block" | "flow" | "document";
  /** The column of a block list's dashes; 0 for the other forms. */
  readonly column: number;
}

/** An item as text. */
export interface ItemText {
  /**
   * In a block list whole lines, dash and following comments included; in a flow list the value alone; of a document
   * everything from its marker to the next one.
   */
  readonly text: string;
  /** Where `text` starts in the source's text. */
  readonly offset: number;
  readonly source: ItemSource;
  /** The item's place among those of its file, from 0; only where the source has a path. */
  readonly index?: number;
}

/** An item that has been parsed. */
export interface Item extends ItemText {
  /** Offsets are within `text`. */
  readonly node: Node;
}

/** The input as a whole cannot be read; the message says where, and quotes nothing. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/**
 * Parses one item, or the text that it has become.
 *
 * @param anchors of the items before it in the source, where it may refer to them; those of this one are added.
 * @throws InputError where it is no item; UnknownAliasError where `anchors` is not given and an alias refers to
 *   something outside the item.
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
  if (node === undefined) throw new InputError(`an item must be one mapping${locationText(source, offset)}`);
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

/** The item as plain data, with the file that it is in. */
export function parseObject(item: Item): KrmObject {
  return toKrmObject(toValue(item.node), item);
}

/**
 * `parseObject` without a parse, for an item of the input that is only looked at; undefined where its text is not in plain
 * block style, so that only the parser can tell.
 *
 * @param shape as much of the item as is looked at.
 */
export function readObjectFast(item: ItemText, shape: Projection): KrmObject | undefined {
  const { form, text } = item.source;
  const read = form === "flow" ? undefined : readPlain(text, item.offset, item.offset + item.text.length, shape);
  const value = form === "block" && Array.isArray(read) && read.length === 1 ? read[0] : read;
  return isMapping(value) ? toKrmObject(value, item) : undefined;
}

function toKrmObject(value: Value, { source: { path }, index }: ItemText): KrmObject {
  const object = toObject(value);
  if (path === undefined) return object;
  return { ...withoutLocation(object), file: index === undefined ? { path } : { path, index } };
}

/**
 * The length of the part of an item's text that is the item: without what follows it at the indentation of its dash, or
 * of a document at its margin.
 */
export function ownLength({ text, node, source: { form, column } }: Item): number {
  return form === "flow" ? text.length : lineEndWithComments(text, contentEnd(text, node), column);
}

/** Tells what cannot be read by its place in the whole text. */
export function withLocation<T>(source: Pick<ItemSource, "text" | "path">, offset: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new InputError(
      `${subject(source)} is not valid YAML: ${error.message}${locationText(source, offset + error.offset)}`,
    );
  }
}

/** A place in a text, as messages name it. */
export function locationText(source: Pick<ItemSource, "text" | "path">, offset: number): string {
  const { line, column } = positionAt(source.text, offset);
  return ` (line ${line}, column ${column} of ${subject(source)})`;
}

function subject({ path }: Pick<ItemSource, "path">): string {
  return path ?? "the input";
}
