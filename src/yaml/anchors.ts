import { type Node, type Target, visitAll } from "./node";

/** The anchors met so far. One collection serves all items of a list, since an alias may refer to an earlier item. */
export class Anchors {
  constructor(
    readonly nodes = new Map<string, Target>(),
    /** The names by which other texts refer to this one: what bears one last is referred to. */
    readonly referred: ReadonlySet<string> = new Set(),
  ) {}
}

/**
 * The anchors with which a text can be parsed again, whatever was defined since: those that its aliases refer to, and of
 * its own those that something refers to.
 *
 * @param node of the text, once all texts are parsed that can refer to it.
 */
export function anchorsForReparse(text: string, node: Node): Anchors {
  const nodes = new Map<string, Target>();
  const own = new Map<string, Node>();
  visitAll(node, (one) => {
    if (one.anchor !== undefined) own.set(one.anchor, one);
    if (one.kind !== "alias") return;
    const name = text.slice(one.start + 1, one.end);
    // A later one may be of an anchor that the text itself defines anew.
    if (!nodes.has(name)) nodes.set(name, one.target);
  });
  return new Anchors(nodes, new Set([...own].filter(([, { aliased }]) => aliased).map(([name]) => name)));
}
