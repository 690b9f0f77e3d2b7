import { type MappingNode, type Node, resolve, type SequenceNode } from "./node";

/** How a document is laid out, so that what is added looks as if its author had written it. */
export interface Style {
  /** Columns that a nested mapping is indented by. */
  readonly indent: number;
  /** Columns that a list is indented below its key: 0 in kpt's and kustomize's style. */
  readonly sequenceIndent: number;
  /** Columns from a dash to the element. */
  readonly dashWidth: number;
  readonly lineBreak: string;
  /** Flow collections are written as JSON. */
  readonly json: boolean;
}

/** A text, and the style of what is put into it. */
export interface StyledText {
  readonly text: string;
  readonly style: Style;
}

export const defaultStyle: Style = { indent: 2, sequenceIndent: 0, dashWidth: 2, lineBreak: "\n", json: false };

/** The layout of a text: what its first nested mapping and its first list show, else the default. */
export function detectStyle(text: string, root: Node): Style {
  const found: Found = {};
  const visit = (node: Node): void => {
    if (node.kind === "mapping" && !node.flow) {
      for (const { value } of node.entries) {
        look(text, node, value, found);
        visit(value);
        if (found.indent !== undefined && found.sequenceIndent !== undefined) return;
      }
    } else if (node.kind === "sequence" && !node.flow) {
      for (const element of node.elements) {
        visit(element);
        if (found.indent !== undefined && found.sequenceIndent !== undefined) return;
      }
    }
  };
  visit(root);
  return {
    indent: found.indent ?? defaultStyle.indent,
    sequenceIndent: found.sequenceIndent ?? defaultStyle.sequenceIndent,
    dashWidth: found.dashWidth ?? defaultStyle.dashWidth,
    lineBreak: lineBreakOf(text),
    json: isJson(text, root),
  };
}

interface Found {
  indent?: number;
  sequenceIndent?: number;
  dashWidth?: number | undefined;
}

function look(text: string, parent: MappingNode, value: Node, found: Found): void {
  if (value.kind === "mapping" && !value.flow && found.indent === undefined) {
    found.indent = columnAt(text, value.start) - columnAt(text, parent.start);
  }
  if (value.kind === "sequence" && !value.flow && found.sequenceIndent === undefined) {
    found.sequenceIndent = columnAt(text, value.start) - columnAt(text, parent.start);
    found.dashWidth = dashWidthOf(text, value);
  }
}

/** Columns from the first dash of a block list to its element, where both stand on one line. */
export function dashWidthOf(text: string, list: SequenceNode): number | undefined {
  const lead = text.slice(list.start, list.elements[0]?.start);
  return /^- +$/.test(lead) ? lead.length : undefined;
}

/** The text's first line break; LF where it has none. */
export function lineBreakOf(text: string): string {
  const at = text.indexOf("\n");
  return text[at - 1] === "\r" ? "\r\n" : "\n";
}

function isJson(text: string, root: Node): boolean {
  const target = resolve(root);
  return target.kind === "mapping" && target.flow && text[target.entries[0]?.key.start ?? -1] === '"';
}

/** The column of an offset, from 0. A byte order mark takes none. */
export function columnAt(text: string, offset: number): number {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return offset - start - (start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : 0);
}
