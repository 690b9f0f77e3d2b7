import assert from "node:assert/strict";
import { Anchors } from "../../src/yaml/anchors";
import type { Node, ScalarNode } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { isBlockScalar } from "../../src/yaml/ranges";
import { columnAt } from "../../src/yaml/style";
import { toValue } from "../../src/yaml/to-value";
import { withoutPrototypes } from "./load";

/*
 * Checks that apply to the nodes of every text.
 */

/** Checks that children are within the ranges of their parents, in order and without overlap. */
export function checkNesting(node: Node): void {
  let from = node.start;
  for (const child of childrenOf(node)) {
    if (child.start < 0) continue;
    assert.ok(child.start >= from && child.end >= child.start && child.end <= node.end);
    from = child.end;
    checkNesting(child);
  }
}

/** Checks that a node's range is exactly its text: parsed alone, it has the same value as the node. */
export function checkRanges(text: string): void {
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

/** Returns false if the meaning of a node's text depends on its surroundings: `::` is a key and a colon, and so is `?:`. */
function canStandAlone(text: string, node: Node): boolean {
  if (node.kind !== "scalar") return true;
  if (isBlockScalar(node)) return node.text.trim() !== "";
  return node.style !== "plain" || !/:$|^[?-]$/.test(text.slice(node.start, node.end));
}

/** Returns a node's direct children; for a mapping, its keys and values alternately. */
export function childrenOf(node: Node): readonly Node[] {
  if (node.kind === "mapping") return node.entries.flatMap(({ key, value }) => [key, value]);
  return node.kind === "sequence" ? node.elements : [];
}

/** Returns a node's text as the only element of a list: with its tag, and all its lines moved by one column. */
function standalone(text: string, node: Node): string {
  const indented = text.slice(node.start, node.end).replaceAll(/\n(?!$)/g, "\n ");
  const tag = node.tag === undefined ? "" : ` ${node.tag}`;
  if (node.kind === "scalar") return `-${tag} ${isBlockScalar(node) ? blockScalar(text, node) : indented}`;
  // The pair in `[a: b]` is a mapping without braces.
  const isPair = node.kind === "mapping" && node.flow && text[node.start] !== "{";
  return `-${tag}\n${" ".repeat(columnAt(text, node.start) + 1)}${isPair ? `{${indented}}` : indented}`;
}

/**
 * Returns a block scalar with its header and an indentation of 2. Its range starts after the header, whose indentation
 * indicator is relative to a parent that isn't part of the range.
 */
function blockScalar(text: string, node: ScalarNode): string {
  const header = /([|>][-+]?)[0-9]?([-+]?)[ \t]*(?:#.*)?\r?\n$/.exec(text.slice(0, node.start));
  if (header === null) throw new Error("a block scalar has a header");
  const lines = text.slice(node.start, node.end);
  const column = blockScalarColumn(text, node);
  // A line of fewer spaces than the indentation is blank: it must not be wider than the new indentation.
  const indentation = new RegExp(`(?<=^|\\n)(?: {${column}}| +(?=\\r?\\n|$))`, "g");
  return `${header[1]}2${header[2]}\n${lines.replaceAll(indentation, (spaces) => (spaces.length < column ? "" : "  "))}`;
}

/** Returns the column where the lines of a block scalar start, by the first line that isn't blank; 0 if all are blank. */
function blockScalarColumn(text: string, node: ScalarNode): number {
  return indentOf(text.slice(node.start, node.end)) - indentOf(node.text);
}

function indentOf(lines: string): number {
  return / *(?=[^ \r\n])/.exec(lines)?.[0].length ?? 0;
}
