import { type Node, type Target, visitAll } from "./node";

/** The anchors found so far. The items of a list share one instance, because an alias may refer to an earlier item. */
export class Anchors {
  constructor(
    readonly nodes = new Map<string, Target>(),
    /**
     * The names of anchors in the parsed text that aliases in other texts refer to. The last node with such an anchor
     * is marked as aliased.
     */
    readonly aliasedNames: ReadonlySet<string> = new Set(),
  ) {}
}

/**
 * Returns the anchors needed to parse a text again, unaffected by anchors that were defined later: the targets of its
 * aliases, and the names of its own anchors that an alias refers to.
 *
 * @param node the text's node. All texts that can refer to it must already be parsed.
 */
export function anchorsForReparse(text: string, node: Node): Anchors {
  const nodes = new Map<string, Target>();
  const own = new Map<string, Node>();
  visitAll(node, (visited) => {
    if (visited.anchor !== undefined) own.set(visited.anchor, visited);
    if (visited.kind !== "alias") return;
    const name = text.slice(visited.start + 1, visited.end);
    // A later alias may refer to an anchor that the text itself redefines.
    if (!nodes.has(name)) nodes.set(name, visited.target);
  });
  return new Anchors(nodes, new Set([...own].filter(([, { aliased }]) => aliased).map(([name]) => name)));
}
