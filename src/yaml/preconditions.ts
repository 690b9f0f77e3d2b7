import { keyOf, type Node, resolve } from "./node";
import { YamlError } from "./yaml-error";

/** Far more than any Kubernetes object contains. */
const maxNodes = 100_000;

/**
 * Rejects a tree whose aliases expand to too many nodes: code that visits its whole value would never finish.
 *
 * @param text the text that the tree was parsed from. A short text without aliases isn't checked.
 * @throws YamlError if it has more than 100,000 nodes with every alias expanded.
 */
export function requireBoundedSize(root: Node, text: string): void {
  // Without aliases, a text has at most as many values as characters.
  if (text.length < maxNodes && !text.includes("*")) return;
  const sizes = new Map<Node, number>();
  const size = (node: Node): number => {
    const target = resolve(node);
    if (target.kind === "scalar") return 1;
    const known = sizes.get(target);
    if (known !== undefined) return known;
    const children = target.kind === "mapping" ? target.entries.map(({ value }) => value) : target.elements;
    let total = 1;
    for (const child of children) total += size(child);
    sizes.set(target, total);
    return total;
  };
  if (size(root) > maxNodes)
    throw new YamlError(
      "is too large: it has more than 100,000 values after its YAML aliases are expanded",
      root.start,
    );
}

/**
 * Rejects a text with a line that ends with CR alone, which is a line break in YAML but not in editors. Edits work on
 * lines that end with LF, so an insertion would end up after the next line.
 *
 * @throws YamlError at the first such CR.
 */
export function requireNoBareCr(text: string): void {
  const at = text.includes("\r") ? text.search(/\r(?!\n)/) : -1;
  if (at >= 0) throw new YamlError("can't be edited: lines must end with LF or CRLF, not with CR alone", at);
}

/**
 * Rejects a duplicate key in a mapping at or below a node: one of the values would silently be ignored.
 *
 * @throws YamlError at the second occurrence.
 */
export function requireUniqueKeys(node: Node): void {
  if (node.kind === "sequence") node.elements.forEach(requireUniqueKeys);
  if (node.kind !== "mapping") return;
  const seen = new Set<string>();
  for (const entry of node.entries) {
    const key = keyOf(entry);
    if (key !== undefined) {
      if (seen.has(key)) throw new YamlError(`the key "${key}" is duplicated; remove one of the two`, entry.key.start);
      seen.add(key);
    }
    requireUniqueKeys(entry.value);
  }
}
