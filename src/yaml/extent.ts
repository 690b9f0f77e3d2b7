import type { Node, ScalarNode } from "./node";

/*
 * How far a node reaches in its lines.
 */

/** Behind the last character that belongs to a node's value: a block scalar's trailing blank lines count only with `+`. */
export function contentEnd(text: string, node: Node): number {
  const last = lastScalar(node);
  if (last === undefined || !isBlockScalar(last)) return node.end;
  const lines = text.slice(last.start, last.end);
  if (last.style === "block-keep" && lines !== "") return last.end - (/\r?\n$/.exec(lines)?.[0].length ?? 0);
  const written = lines.replace(/[\r\n]+$/, "");
  return written === "" ? text.slice(0, last.start).trimEnd().length : last.start + written.length;
}

export function isBlockScalar(node: ScalarNode): boolean {
  return node.style === "block" || node.style === "block-keep";
}

/** Where the lines of a block scalar start, in columns: told by the first that shows anything, 0 where none does. */
export function blockScalarColumn(text: string, node: ScalarNode): number {
  return indentOf(text.slice(node.start, node.end)) - indentOf(node.text);
}

function indentOf(lines: string): number {
  return / *(?=[^ \r\n])/.exec(lines)?.[0].length ?? 0;
}

/** The scalar that a block collection ends with; undefined where it ends with a bracket or an alias. */
export function lastScalar(node: Node | undefined): ScalarNode | undefined {
  if (node === undefined || node.kind === "alias") return undefined;
  if (node.kind === "scalar") return node;
  if (node.flow) return undefined;
  return lastScalar(node.kind === "mapping" ? node.entries.at(-1)?.value : node.elements.at(-1));
}

/** The end of the line that holds an offset, or of the last comment behind it that is indented deeper than `column`. */
export function linesEnd(text: string, offset: number, column: number): number {
  let end = lineEnd(text, offset);
  for (let line = text.indexOf("\n", end) + 1; line > 0; line = text.indexOf("\n", line) + 1) {
    let first = line;
    while (text.charCodeAt(first) === 0x20) first++;
    if (text[first] === "#" && first - line > column) end = lineEnd(text, first);
    else if (text[first] !== "\n" && text[first] !== "\r") break;
  }
  return end;
}

/** The end of the line that holds an offset, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  if (at === -1) return text.length;
  return text[at - 1] === "\r" && at - 1 >= offset ? at - 1 : at;
}
