import type { Edit } from "./edit";
import { blockOf, insertLines, lineBreakAbove, removeLines } from "./edit-block";
import { insertInFlow, removeRanges } from "./edit-flow";
import type { Entry, MappingNode, Node, SequenceNode } from "./node";
import { flowChildren, skipToContent } from "./parse";
import { printBehindColon, printElementOnce, printEntry, printFlow, printFlowEntries } from "./print";
import { contentEnd, isBlockScalar, lineEnd } from "./ranges";
import { columnAt, dashWidthOf, type StyledText } from "./style";
import type { Mapping, Value } from "./value";
import { YamlError } from "./yaml-error";

/*
 * Changes of a text at its nodes, as edits.
 */

/** Refuses a node whose change would reach further than its own place. */
export function requireEditable(node: Node): void {
  if (node.kind === "alias") throw new YamlError("cannot be edited: it is an alias", node.start);
  if (node.aliased) throw new YamlError("cannot be edited: an alias elsewhere refers to it", node.start);
  if (node.tag !== undefined) throw new YamlError("cannot be edited: it has an explicit tag", node.start);
}

/** Inserts elements before the one at `index`; behind the last one where `index` is the list's length. */
export function insertElements(target: StyledText, list: SequenceNode, index: number, values: readonly Value[]): Edit {
  const { text, style } = target;
  if (list.flow) {
    return insertInFlow(text, list, index, (separator) =>
      values.map((value) => printFlow(value, style.json)).join(separator),
    );
  }
  const column = columnAt(text, list.start);
  const own = { ...style, dashWidth: dashWidthOf(text, list) ?? style.dashWidth };
  const lines = values.map((value) => printElementOnce(value, column, own));
  return insertLines(target, blockOf(text, list), index, lines);
}

/** Inserts entries before the one at `index`; behind the last one where `index` is the number of entries. */
export function insertEntries(target: StyledText, mapping: MappingNode, index: number, values: Mapping): Edit {
  const { text, style } = target;
  requirePlainKeys(text, mapping);
  if (mapping.flow) return insertInFlow(text, mapping, index, () => printFlowEntries(values, style.json));
  const column = columnAt(text, mapping.start);
  const lines = Object.entries(values).map(([key, value]) => printEntry(key, value, column, style));
  return insertLines(target, blockOf(text, mapping), index, lines);
}

/** Takes elements out of a list that keeps others. */
export function removeElements(text: string, list: SequenceNode, indexes: ReadonlySet<number>): Edit[] {
  return list.flow ? removeRanges(flowChildren(text, list), indexes) : removeLines(text, blockOf(text, list), indexes);
}

/** Takes entries out of a mapping that keeps others. */
export function removeEntries(text: string, mapping: MappingNode, indexes: ReadonlySet<number>): Edit[] {
  requirePlainKeys(text, mapping);
  return mapping.flow
    ? removeRanges(flowChildren(text, mapping), indexes)
    : removeLines(text, blockOf(text, mapping), indexes);
}

/** Replaces an entry's value, in block style where the mapping is. */
export function replaceValue({ text, style }: StyledText, mapping: MappingNode, entry: Entry, value: Value): Edit {
  requirePlainKeys(text, mapping);
  const printed = mapping.flow
    ? ` ${printFlow(value, style.json)}`
    : printBehindColon(value, columnAt(text, mapping.start), style);
  return replaceValueText(text, entry, printed);
}

/** Fills a value that is null or an empty collection, in flow style, so that nothing around it moves. */
export function fillEmpty({ text, style }: StyledText, mapping: MappingNode, entry: Entry, value: Value): Edit {
  const { start, end } = entry.value;
  const before = text.slice(colonEnd(text, entry), start);
  // js-yaml takes no collection in brackets behind a tab.
  if (!mapping.flow && /\t[^\n]*$/.test(before))
    throw new YamlError("cannot be edited: a space must stand before the value, not a tab", start);
  return { offset: start, length: end - start, text: `${start === end ? " " : ""}${printFlow(value, style.json)}` };
}

/** The inverse of `fillEmpty`: `written` is what stood there before, nothing included. */
export function restoreEmpty(text: string, entry: Entry, written: string): Edit[] {
  const { value } = entry;
  if ("flow" in value && !value.flow) return emptyBlock(text, entry, written);
  const space = written === "" && text[value.start - 1] === " " ? 1 : 0;
  const offset = value.start - space;
  return [{ offset, length: contentEnd(text, value) - offset, text: written }];
}

/** A block collection starts below its key, at a column where nothing else may stand: what is written goes to the key. */
function emptyBlock(text: string, entry: Entry, written: string): Edit[] {
  const behind = colonEnd(text, entry);
  const anchor = /^[ \t]+&\S+/.exec(text.slice(behind, entry.value.start))?.[0] ?? "";
  const end = lineEnd(text, contentEnd(text, entry.value));
  return [
    { offset: behind + anchor.length, length: 0, text: written === "" ? "" : ` ${written}` },
    {
      offset: lineBreakAbove(text, entry.value.start),
      length: end - lineBreakAbove(text, entry.value.start),
      text: "",
    },
  ];
}

/** Puts `replacement` between an entry's colon and the end of its value; it brings its own space. */
function replaceValueText(text: string, entry: Entry, replacement: string): Edit {
  const offset = colonEnd(text, entry);
  const end = contentEnd(text, entry.value);
  return { offset, length: Math.max(end - offset, 0), text: replacement };
}

/** Whether the entries start with their keys: not `? key`, `&anchor key`, nor the pair without braces in `[key: value]`. */
export function hasPlainKeys(text: string, mapping: MappingNode): boolean {
  if (mapping.flow) return text[mapping.start] === "{";
  const column = columnAt(text, mapping.start);
  // A block scalar starts behind its header.
  const isPlain = (key: Node) => key.kind !== "scalar" || !isBlockScalar(key);
  return mapping.entries.every(({ key }) => columnAt(text, key.start) === column && isPlain(key));
}

function requirePlainKeys(text: string, mapping: MappingNode): void {
  if (hasPlainKeys(text, mapping)) return;
  throw new YamlError("cannot be edited: its keys must be written plainly, without `?`, anchor or tag", mapping.start);
}

/** A key in braces can stand alone: `{key}`. */
function mustHaveColon(text: string, { key, value }: Entry): void {
  // A value without a colon is not written, and stands right behind its key: a colon behind that starts the next key.
  if (value.start <= skipToContent(text, key.end))
    throw new YamlError("cannot be edited: the key has no colon", key.start);
}

function colonEnd(text: string, entry: Entry): number {
  mustHaveColon(text, entry);
  return skipToContent(text, entry.key.end) + 1;
}
