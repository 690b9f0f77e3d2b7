import { type Node, type Target, visitAll } from "./node";

/** The anchors met so far. One collection serves all items of a list, since an alias may refer to an earlier item. */
export class Anchors {
  constructor(
    readonly nodes = new Map<string, Target>(),
    /** The names that an alias refers to: what bears one stays referred to when its text is parsed again. */
    readonly referred = new Set<string>(),
  ) {}
}

/** Those that the aliases of a text refer to, by their names: the text can be parsed again, whatever was defined since. */
export function anchorsOf(text: string, node: Node, { referred }: Anchors): Anchors {
  const nodes = new Map<string, Target>();
  visitAll(node, (one) => {
    if (one.kind !== "alias") return;
    const name = text.slice(one.start + 1, one.end);
    // A later one may be of an anchor that the text itself defines anew.
    if (!nodes.has(name)) nodes.set(name, one.target);
  });
  return new Anchors(nodes, referred);
}
