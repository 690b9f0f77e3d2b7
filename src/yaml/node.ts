/**
 * The nodes of a YAML text, each with its true range: offsets in UTF-16 code units into the text that was parsed,
 * from the first character of the value (a quote, a bracket, a dash, a key) to behind its last.
 */
export type Node = ScalarNode | MappingNode | SequenceNode | AliasNode;

/** How a scalar is written. */
export type ScalarStyle = "plain" | "quoted" | "block" | "block-keep";

interface NodeBase {
  readonly start: number;
  readonly end: number;
  /** Written with an explicit tag, such as `!!str` or `!custom`. */
  readonly tag: string | undefined;
  /** The name of its anchor. */
  readonly anchor: string | undefined;
  /** An alias somewhere in the list refers to this node: changing it would change another place too. */
  readonly aliased: boolean;
}

export interface ScalarNode extends NodeBase {
  readonly kind: "scalar";
  readonly style: ScalarStyle;
  /** The decoded text: without quotes, escapes, folds and indentation. Empty where nothing is written. */
  readonly text: string;
  /** Nothing stands there: `key:`. Start and end are then behind the colon, the key or the properties. */
  readonly absent: boolean;
}

export interface Entry {
  readonly key: Node;
  readonly value: Node;
}

export interface MappingNode extends NodeBase {
  readonly kind: "mapping";
  readonly flow: boolean;
  readonly entries: readonly Entry[];
}

export interface SequenceNode extends NodeBase {
  readonly kind: "sequence";
  readonly flow: boolean;
  readonly elements: readonly Node[];
}

export interface AliasNode extends NodeBase {
  readonly kind: "alias";
  /** What it stands for, possibly in an earlier item of the list. */
  readonly target: Target;
}

/** What an anchor can stand at: never at an alias. */
export type Target = Exclude<Node, AliasNode>;

/** The node itself, or what it is an alias of. */
export function resolve(node: Node): Target {
  return node.kind === "alias" ? node.target : node;
}

/** The text of a key that is a scalar. */
export function keyOf(entry: Entry): string | undefined {
  const key = resolve(entry.key);
  return key.kind === "scalar" ? key.text : undefined;
}

/** The entry of a key written in the mapping itself (not one that a merge key brings). The last one of several. */
export function findEntry(mapping: MappingNode, key: string): Entry | undefined {
  for (let i = mapping.entries.length - 1; i >= 0; i--) {
    const entry = mapping.entries[i];
    if (entry !== undefined && keyOf(entry) === key) return entry;
  }
  return undefined;
}

/** Whether an entry is a merge key (`<<`, YAML 1.1 types/merge). */
export function isMerge(entry: Entry): boolean {
  return (
    entry.key.kind === "scalar" &&
    entry.key.style === "plain" &&
    entry.key.text === "<<" &&
    (entry.key.tag === undefined || isTagged(entry.key, "merge"))
  );
}

/** Whether a node has the tag of a type of YAML's own, as `!!str` or `!<tag:yaml.org,2002:str>`. */
export function isTagged({ tag }: Node, type: string): boolean {
  return tag !== undefined && (tag.endsWith(type) || tag.endsWith(`${type}>`));
}

/** Visits a node and all below it, in their order in the text; what an alias stands for is not below it. */
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
