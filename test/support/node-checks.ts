import assert from "node:assert/strict";
import { Anchors } from "../../src/yaml/anchors";
import type { Node, ScalarNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { columnAt } from "../../src/yaml/style";
import { toValue } from "../../src/yaml/to-value";
import { withoutPrototypes } from "./load";

/*
 * What holds of the nodes of every text.
 */

/** Children stand within their parents, in their order. */
export function childrenStandWithin(node: Node): void {
  let from = node.start;
  for (const child of childrenOf(node)) {
    if (child.start < 0) continue;
    assert.ok(child.start >= from && child.end >= child.start && child.end <= node.end);
    from = child.end;
    childrenStandWithin(child);
  }
}

/** The range of a node holds its text, and nothing else: alone it reads as the node does. */
export function rangesHoldTheirText(text: string): void {
  const anchors = new Anchors();
  const visit = (node: Node): void => {
    if (node.start < 0) return;
    if (node.kind === "scalar" && node.absent) assert.equal(node.end, node.start);
    else if (canStandAlone(text, node)) {
      const alone = parse(standalone(text, node), anchors);
      assert.deepEqual(alone && withoutPrototypes(toValue(alone)), [withoutPrototypes(toValue(node))]);
    }
    childrenOf(node).forEach(visit);
  };
  visit(parse(text, anchors) as Node);
}

/** Not so where what it means is told by what is around it: `::` is a key and a colon, and so is `?:`. */
function canStandAlone(text: string, node: Node): boolean {
  if (node.kind !== "scalar") return true;
  if (isBlock(node)) return node.text.trim() !== "";
  return node.style !== "plain" || !/:$|^[?-]$/.test(text.slice(node.start, node.end));
}

/** The nodes directly below a node: of a mapping its keys and values in turns. */
export function childrenOf(node: Node): readonly Node[] {
  if (node.kind === "mapping") return node.entries.flatMap(({ key, value }) => [key, value]);
  return node.kind === "sequence" ? node.elements : [];
}

/** A node's range as the one element of a list: with its tag, and all of its lines moved by one column. */
function standalone(text: string, node: Node): string {
  const own = text.slice(node.start, node.end).replaceAll(/\n(?!$)/g, "\n ");
  const tag = node.tag === undefined ? "" : ` ${node.tag}`;
  if (node.kind === "scalar") return `-${tag} ${isBlock(node) ? blockScalar(text, node) : own}`;
  // The pair in `[a: b]` is a mapping without braces.
  const isPair = node.kind === "mapping" && node.flow && text[node.start] !== "{";
  return `-${tag}\n${" ".repeat(columnAt(text, node.start) + 1)}${isPair ? `{${own}}` : own}`;
}

function isBlock({ style }: ScalarNode): boolean {
  return style === "block" || style === "block-keep";
}

/** The range of a block scalar starts behind its header, whose indentation is counted from a parent that is not there. */
function blockScalar(text: string, node: ScalarNode): string {
  const header = /([|>][-+]?)[0-9]?([-+]?)[ \t]*(?:#.*)?\r?\n$/.exec(text.slice(0, node.start));
  if (header === null) throw new Error("a block scalar has a header");
  const lines = text.slice(node.start, node.end);
  const column = blockScalarColumn(text, node);
  // Spaces alone, fewer than the indentation, are a blank line: they must not pass the new one.
  const indentation = new RegExp(`(?<=^|\\n)(?: {${column}}| +(?=\\r?\\n|$))`, "g");
  return `${header[1]}2${header[2]}\n${lines.replaceAll(indentation, (spaces) => (spaces.length < column ? "" : "  "))}`;
}

/** Where the lines of a block scalar start, in columns: told by the first that shows anything, 0 where none does. */
function blockScalarColumn(text: string, node: ScalarNode): number {
  return indentOf(text.slice(node.start, node.end)) - indentOf(node.text);
}

function indentOf(lines: string): number {
  return / *(?=[^ \r\n])/.exec(lines)?.[0].length ?? 0;
}
