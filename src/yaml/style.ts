import { type MappingNode, type Node, resolve, type SequenceNode } from "./node";
import { lineStart } from "./ranges";

/** The layout of a document, so that inserted text looks as if its author had written it. */
export interface Style {
  /** Columns by which a nested mapping is indented. */
  readonly indent: number;
  /** Columns by which a list is indented below its key: 0 in kpt's and kustomize's style. */
  readonly sequenceIndent: number;
  /** Columns from a dash to its element. */
  readonly dashWidth: number;
  /** LF or CRLF. */
  readonly lineBreak: string;
  /** If true, flow collections are printed as JSON. */
  readonly json: boolean;
  /** Reports whether a text in a block collection must be in double quotes even if YAML doesn't require it. */
  readonly isQuoted?: (text: string) => boolean;
}

/** A text, and the style for text that is inserted into it. */
export interface StyledText {
  readonly text: string;
  readonly style: Style;
}

/** The style that kpt and kustomize write. */
export const defaultStyle: Style = { indent: 2, sequenceIndent: 0, dashWidth: 2, lineBreak: "\n", json: false };

/**
 * Detects the style of a text from its first nested block mapping and its first block list below a key. Falls back to
 * `defaultStyle` for anything that the text doesn't show.
 *
 * @param root the text's node, or one within it.
 */
export function detectStyle(text: string, root: Node): Style {
  const mapping = firstNested(root, isBlockMapping);
  const list = firstNested(root, isBlockList);
  return {
    indent: mapping === undefined ? defaultStyle.indent : indentOf(text, mapping),
    sequenceIndent: list === undefined ? defaultStyle.sequenceIndent : indentOf(text, list),
    dashWidth: (list && dashWidthOf(text, list.value)) ?? defaultStyle.dashWidth,
    lineBreak: lineBreakOf(text),
    json: isJson(text, root),
  };
}

/** A value of a block mapping. */
interface Nested<T> {
  readonly parent: MappingNode;
  readonly value: T;
}

/** Finds the first value of a kind in a block mapping at or below a node, in the order of the text. */
function firstNested<T extends Node>(node: Node, isKind: (value: Node) => value is T): Nested<T> | undefined {
  if (isBlockMapping(node)) {
    for (const { value } of node.entries) {
      const found = isKind(value) ? { parent: node, value } : firstNested(value, isKind);
      if (found !== undefined) return found;
    }
  }
  if (isBlockList(node)) {
    for (const element of node.elements) {
      const found = firstNested(element, isKind);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isBlockMapping(node: Node): node is MappingNode {
  return node.kind === "mapping" && !node.flow;
}

function isBlockList(node: Node): node is SequenceNode {
  return node.kind === "sequence" && !node.flow;
}

function indentOf(text: string, { parent, value }: Nested<Node>): number {
  return columnAt(text, value.start) - columnAt(text, parent.start);
}

/** Returns the columns from a block list's first dash to its element, or undefined if they aren't on one line. */
export function dashWidthOf(text: string, list: SequenceNode): number | undefined {
  const lead = text.slice(list.start, list.elements[0]?.start);
  return /^- +$/.test(lead) ? lead.length : undefined;
}

/** Returns the first line break of a text: CRLF or LF. LF if it has none. */
export function lineBreakOf(text: string): string {
  const at = text.indexOf("\n");
  return text[at - 1] === "\r" ? "\r\n" : "\n";
}

function isJson(text: string, root: Node): boolean {
  const target = resolve(root);
  return target.kind === "mapping" && target.flow && text[target.entries[0]?.key.start ?? -1] === '"';
}

/** Returns the column of an offset in UTF-16 code units, from 0. A byte order mark isn't counted. */
export function columnAt(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return offset - start - (start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : 0);
}
