import { keyOf, type Node, resolve } from "./node";
import { YamlError } from "./yaml-error";

/** Far more than any Kubernetes object holds. */
const maxNodes = 100_000;

/**
 * Refuses a tree that its aliases blow up: what walks its value whole would not come to an end.
 *
 * @param text what the tree was parsed from: a short one without aliases needs no count.
 * @throws YamlError where it has more than 100,000 nodes with every alias expanded.
 */
export function requireBoundedSize(root: Node, text: string): void {
  // Of values, each of which is counted, there are no more than characters.
  if (text.length < maxNodes && !text.includes("*")) return;
  const known = new Map<Node, number>();
  const size = (node: Node): number => {
    const target = resolve(node);
    if (target.kind === "scalar") return 1;
    const before = known.get(target);
    if (before !== undefined) return before;
    const children = target.kind === "mapping" ? target.entries.map(({ value }) => value) : target.elements;
    let total = 1;
    for (const child of children) total += size(child);
    known.set(target, total);
    return total;
  };
  if (size(root) > maxNodes)
    throw new YamlError(`must hold at most ${maxNodes} nodes with its aliases expanded`, root.start);
}

/**
 * Refuses a text with a line that ends with CR alone: a line break to YAML, and to no editor. Edits here are by lines,
 * and would come to stand behind the next one.
 *
 * @throws YamlError at the first one.
 */
export function requireNoBareCr(text: string): void {
  const at = text.includes("\r") ? text.search(/\r(?!\n)/) : -1;
  if (at >= 0) throw new YamlError("cannot be edited: a line must end with LF or CRLF, not with CR alone", at);
}

/**
 * Refuses a mapping in which a key stands twice: one of them would be heeded, silently.
 *
 * @throws YamlError at the second one.
 */
export function requireUniqueKeys(node: Node): void {
  if (node.kind === "sequence") node.elements.forEach(requireUniqueKeys);
  if (node.kind !== "mapping") return;
  const seen = new Set<string>();
  for (const entry of node.entries) {
    const key = keyOf(entry);
    if (key !== undefined) {
      if (seen.has(key)) throw new YamlError(`the key "${key}" must stand once`, entry.key.start);
      seen.add(key);
    }
    requireUniqueKeys(entry.value);
  }
}
