import type { Edit } from "./edit";
import { blockOf, type InsertionIndex, insertLines, lineBreakAbove, removeLines } from "./edit-block";
import { insertInFlow, removeRanges } from "./edit-flow";
import type { Entry, MappingNode, Node, SequenceNode } from "./node";
import { flowChildren, skipToContent } from "./parse";
import { printAfterColon, printElementOnce, printEntry, printFlow, printFlowEntries } from "./print";
import { contentEnd, isBlockScalar, lineEnd } from "./ranges";
import { columnAt, dashWidthOf, type StyledText } from "./style";
import type { Mapping, Value } from "./value";
import { YamlError } from "./yaml-error";

/*
 * Changes to the nodes of a text, as edits. Offsets are in UTF-16 code units of the text that was parsed.
 */

/**
 * Checks that a change to a node affects nothing else.
 *
 * @throws YamlError if the node is an alias, an alias refers to it, or it has an explicit tag.
 */
export function requireEditable(node: Node): void {
  const refuse = (reason: string, advice: string): never => {
    throw new YamlError(`can't be edited: ${reason}`, node.start, advice);
  };
  if (node.kind === "alias") refuse("it is a YAML alias", "Replace the alias with its value");
  if (node.aliased) refuse("a YAML alias elsewhere refers to it", "Replace that alias with a copy of the value");
  if (node.tag !== undefined) refuse("it has an explicit tag", "Remove the tag");
}

/**
 * Returns the edit that inserts elements before the one at `index`, or after the last one if `index` is the list's
 * length. `start` means before the first one and the comments above it.
 *
 * @throws YamlError if the previous element is a block scalar that ends the text without a line break.
 */
export function insertElements(
  target: StyledText,
  list: SequenceNode,
  index: InsertionIndex,
  values: readonly Value[],
): Edit {
  const { text, style } = target;
  if (list.flow) {
    return insertInFlow(text, list, index === "start" ? 0 : index, (separator) =>
      values.map((value) => printFlow(value, style.json)).join(separator),
    );
  }
  const column = columnAt(text, list.start);
  const listStyle = { ...style, dashWidth: dashWidthOf(text, list) ?? style.dashWidth };
  const lines = values.map((value) => printElementOnce(value, column, listStyle));
  return insertLines(target, blockOf(text, list), index, lines);
}

/**
 * Returns the edit that inserts entries before the one at `index`, or after the last one if `index` is the number of
 * entries.
 *
 * @throws YamlError if the mapping's keys aren't plain (see `hasPlainKeys`), or the previous entry ends with a block
 * scalar that ends the text without a line break.
 */
export function insertEntries(target: StyledText, mapping: MappingNode, index: number, values: Mapping): Edit {
  const { text, style } = target;
  requirePlainKeys(text, mapping);
  if (mapping.flow) return insertInFlow(text, mapping, index, () => printFlowEntries(values, style.json));
  const column = columnAt(text, mapping.start);
  const lines = Object.entries(values).map(([key, value]) => printEntry(key, value, column, style));
  return insertLines(target, blockOf(text, mapping), index, lines);
}

/** Returns the edits that remove elements of a list. At least one element must remain. */
export function removeElements(text: string, list: SequenceNode, indexes: ReadonlySet<number>): Edit[] {
  return list.flow ? removeRanges(flowChildren(text, list), indexes) : removeLines(text, blockOf(text, list), indexes);
}

/**
 * Returns the edits that remove entries of a mapping. At least one entry must remain.
 *
 * @throws YamlError if the mapping's keys aren't plain (see `hasPlainKeys`).
 */
export function removeEntries(text: string, mapping: MappingNode, indexes: ReadonlySet<number>): Edit[] {
  requirePlainKeys(text, mapping);
  return mapping.flow
    ? removeRanges(flowChildren(text, mapping), indexes)
    : removeLines(text, blockOf(text, mapping), indexes);
}

/**
 * Returns the edit that replaces an entry's value, in the mapping's own style: block or flow.
 *
 * @throws YamlError if the mapping's keys aren't plain (see `hasPlainKeys`), or the key has no colon.
 */
export function replaceValue({ text, style }: StyledText, mapping: MappingNode, entry: Entry, value: Value): Edit {
  requirePlainKeys(text, mapping);
  const printed = mapping.flow
    ? ` ${printFlow(value, style.json)}`
    : printAfterColon(value, columnAt(text, mapping.start), style);
  return replaceValueText(text, entry, printed);
}

/**
 * Returns the edit that replaces a null or an empty collection with a value. The value is printed in flow style, so
 * that no line is added.
 *
 * @throws YamlError if the key has no colon, or if a tab comes before the value.
 */
export function fillEmpty({ text, style }: StyledText, mapping: MappingNode, entry: Entry, value: Value): Edit {
  const { start, end } = entry.value;
  const before = text.slice(colonEnd(text, entry), start);
  // js-yaml doesn't accept a flow collection after a tab.
  if (!mapping.flow && /\t[^\n]*$/.test(before))
    throw new YamlError("can't be edited: a space must be before the value, not a tab", start);
  return { offset: start, length: end - start, text: `${start === end ? " " : ""}${printFlow(value, style.json)}` };
}

/**
 * Returns the edits that undo `fillEmpty`.
 *
 * @param original the source of the value before it was filled, such as `{}` or `null`. Empty if there was none.
 * @throws YamlError if the value is a block collection and the key has no colon.
 */
export function restoreEmpty(text: string, entry: Entry, original: string): Edit[] {
  const { value } = entry;
  if ("flow" in value && !value.flow) return restoreBlock(text, entry, original);
  const space = original === "" && text[value.start - 1] === " " ? 1 : 0;
  const offset = value.start - space;
  return [{ offset, length: contentEnd(text, value) - offset, text: original }];
}

/**
 * Undoes `fillEmpty` for a value that is now a block collection. The original is restored on the key's line, because
 * below the key, only a block list may be at the key's column.
 */
function restoreBlock(text: string, entry: Entry, original: string): Edit[] {
  const afterColon = colonEnd(text, entry);
  const anchor = /^[ \t]+&\S+/.exec(text.slice(afterColon, entry.value.start))?.[0] ?? "";
  const end = lineEnd(text, contentEnd(text, entry.value));
  return [
    { offset: afterColon + anchor.length, length: 0, text: original === "" ? "" : ` ${original}` },
    {
      offset: lineBreakAbove(text, entry.value.start),
      length: end - lineBreakAbove(text, entry.value.start),
      text: "",
    },
  ];
}

/** Replaces the text between an entry's colon and the end of its value. `replacement` starts with its own space. */
function replaceValueText(text: string, entry: Entry, replacement: string): Edit {
  const offset = colonEnd(text, entry);
  const end = contentEnd(text, entry.value);
  return { offset, length: Math.max(end - offset, 0), text: replacement };
}

/**
 * Reports whether all entries start with their keys. False for `? key`, `&anchor key`, and the pair without braces in
 * `[key: value]`.
 */
export function hasPlainKeys(text: string, mapping: MappingNode): boolean {
  if (mapping.flow) return text[mapping.start] === "{";
  const column = columnAt(text, mapping.start);
  // A block scalar starts after its header.
  const isPlain = (key: Node) => key.kind !== "scalar" || !isBlockScalar(key);
  return mapping.entries.every(({ key }) => columnAt(text, key.start) === column && isPlain(key));
}

function requirePlainKeys(text: string, mapping: MappingNode): void {
  if (hasPlainKeys(text, mapping)) return;
  throw new YamlError(
    "can't be edited: its keys must be written as `key: value`, without `?`, an anchor, or a tag",
    mapping.start,
  );
}

/** @throws YamlError for a key in braces without a value: `{key}`. */
function requireColon(text: string, { key, value }: Entry): void {
  // Without a colon, the value is empty and directly after its key. A colon after that starts the next key.
  if (value.start <= skipToContent(text, key.end))
    throw new YamlError("can't be edited: the key has no colon", key.start);
}

function colonEnd(text: string, entry: Entry): number {
  requireColon(text, entry);
  return skipToContent(text, entry.key.end) + 1;
}
