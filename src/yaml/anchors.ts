import { type Node, type Target, visitAll } from "./node";

/** The anchors found so far. The items of a list share one instance, because an alias may refer to an earlier item. */
export class Anchors {
  constructor(
    readonly nodes = new Map<string, Target>(),
    /**
     * The names by which aliases in other texts refer to the text that is parsed: the last node with such an anchor is
     * marked as aliased.
     */
    readonly aliasedNames: ReadonlySet<string> = new Set(),
  ) {}
}

/**
 * Returns the anchors with which a text can be parsed again, regardless of anchors that were defined since: those that
 * its aliases refer to, and the names of its own anchors that an alias refers to.
 *
 * @param node the text's node, after all texts that can refer to it are parsed.
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
