/**
 * A node of a YAML text. `start` and `end` are UTF-16 code unit offsets in the text that was parsed: the first
 * character of the value (a quote, a bracket, a dash, a key), and the offset after its last character.
 */
export type Node = ScalarNode | MappingNode | SequenceNode | AliasNode;

/** The style of a scalar. "block" is literal or folded; "block-keep" is the same with `+`. */
export type ScalarStyle = "plain" | "quoted" | "block" | "block-keep";

interface NodeBase {
  readonly start: number;
  readonly end: number;
  /** The explicit tag, such as `!!str` or `!custom`. */
  readonly tag: string | undefined;
  /** The name of the anchor, without `&`. */
  readonly anchor: string | undefined;
  /** If true, an alias somewhere in the list refers to this node. A change to the node would change that place too. */
  readonly aliased: boolean;
}

/** A scalar, or an empty value. */
export interface ScalarNode extends NodeBase {
  readonly kind: "scalar";
  readonly style: ScalarStyle;
  /** The decoded text: without quotes, escapes, folds and indentation. Empty for an empty value. */
  readonly text: string;
  /** True for an empty value: `key:`. Start and end are then after the colon, the key, or the anchor and tag. */
  readonly absent: boolean;
}

/** A key and its value in a mapping. */
export interface Entry {
  readonly key: Node;
  readonly value: Node;
}

/** A mapping. `flow` is true for one in braces, and for a pair without braces in `[a: b]`. A key may be duplicated. */
export interface MappingNode extends NodeBase {
  readonly kind: "mapping";
  readonly flow: boolean;
  readonly entries: readonly Entry[];
}

/** A list. `flow` is true for one in brackets. */
export interface SequenceNode extends NodeBase {
  readonly kind: "sequence";
  readonly flow: boolean;
  readonly elements: readonly Node[];
}

/** An alias: `*name`. */
export interface AliasNode extends NodeBase {
  readonly kind: "alias";
  /** The node that it refers to, possibly in an earlier item of the list. */
  readonly target: Target;
}

/** A node that can have an anchor: anything but an alias. */
export type Target = Exclude<Node, AliasNode>;

/** Returns the node itself, or the target of an alias. */
export function resolve(node: Node): Target {
  return node.kind === "alias" ? node.target : node;
}

/** Returns the text of an entry's key, or undefined if the key isn't a scalar. */
export function keyOf(entry: Entry): string | undefined {
  const key = resolve(entry.key);
  return key.kind === "scalar" ? key.text : undefined;
}

/**
 * Returns the entry for a key in the mapping itself; entries that a merge key adds are ignored. If the key is
 * duplicated, returns the last entry. Returns undefined if there is none.
 */
export function findEntry(mapping: MappingNode, key: string): Entry | undefined {
  for (let i = mapping.entries.length - 1; i >= 0; i--) {
    const entry = mapping.entries[i];
    if (entry !== undefined && keyOf(entry) === key) return entry;
  }
  return undefined;
}

/** Reports whether an entry's key is a merge key (`<<`, YAML 1.1 types/merge). */
export function isMerge(entry: Entry): boolean {
  return (
    entry.key.kind === "scalar" &&
    entry.key.style === "plain" &&
    entry.key.text === "<<" &&
    (entry.key.tag === undefined || isTagged(entry.key, "merge"))
  );
}

/** Reports whether a node has the tag of a standard YAML type, such as `!!str` or `!<tag:yaml.org,2002:str>`. */
export function isTagged({ tag }: Node, type: string): boolean {
  return tag !== undefined && (tag.endsWith(type) || tag.endsWith(`${type}>`));
}

/** Visits a node and all nodes below it, in the order of the text. The target of an alias isn't below the alias. */
export function visitAll(node: Node, visit: (node: Node) => void): void {
  visit(node);
  if (node.kind === "mapping") {
    for (const { key, value } of node.entries) {
      visitAll(key, visit);
      visitAll(value, visit);
    }
  } else if (node.kind === "sequence") {
    for (const element of node.elements) visitAll(element, visit);
  }
}
