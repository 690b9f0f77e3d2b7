import {
  type AliasEvent,
  CHOMPING_MODE,
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";
import { Anchors } from "./anchors";
import { parseEvents, YAMLException } from "./generated/parse-events";
import type { AliasNode, Entry, MappingNode, Node, ScalarNode, ScalarStyle, SequenceNode, Target } from "./node";
import { columnAt } from "./style";
import { syntaxError } from "./syntax-problem";
import { UnknownAliasError, YamlError } from "./yaml-error";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OpenMapping = Mutable<MappingNode> & { entries: Entry[] };
type OpenSequence = Mutable<SequenceNode> & { elements: Node[] };
type Open = OpenMapping | OpenSequence;

/** The maximum nesting depth: far more than any Kubernetes object needs, and well within the size of the stack. */
const maxDepth = 500;

/**
 * Parses one YAML document into a node tree.
 *
 * Builds on js-yaml's event stream, in which collections have no end and empty values have no position. Both are
 * determined here.
 *
 * @param anchors the anchors of the preceding texts. The anchors of this text are added.
 * @returns the root node, or undefined if the text contains no document.
 * @throws YamlError if the text isn't valid YAML, is nested too deeply, or contains a second document or an alias
 * within its own target.
 * @throws UnknownAliasError if an alias refers to an anchor that isn't known.
 */
export function parse(text: string, anchors: Anchors = new Anchors()): Node | undefined {
  const builder = new TreeBuilder(text, anchors);
  for (const event of readEvents(text)) builder.add(event);
  for (const name of anchors.aliasedNames) {
    const node: Mutable<Target> | undefined = anchors.nodes.get(name);
    if (node !== undefined) node.aliased = true;
  }
  return builder.root;
}

/** A collection whose end isn't known yet. */
interface OpenCollection {
  readonly node: Open;
  /** In a mapping, the key whose value comes next. */
  key: Node | undefined;
  readonly outer: OpenCollection | undefined;
}

/** Builds the node tree of a text from its events. */
class TreeBuilder {
  root: Node | undefined;
  private readonly text: string;
  private readonly anchors: Anchors;
  private documents = 0;
  private innermost: OpenCollection | undefined;

  constructor(text: string, anchors: Anchors) {
    this.text = text;
    this.anchors = anchors;
  }

  /** @throws YamlError if an event starts a second document, or is an alias that can't be resolved. */
  add(event: Event): void {
    const { text, anchors } = this;
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        if (++this.documents > 1)
          throw new YamlError("must be a single YAML document, but contains a second one", text.length);
        break;
      case EVENT_ID.SCALAR:
        this.attach(define(scalar(text, event), text, event, anchors));
        break;
      case EVENT_ID.ALIAS:
        this.attach(alias(text, event, anchors));
        break;
      case EVENT_ID.SEQUENCE:
        this.openCollection(define(sequence(event), text, event, anchors));
        break;
      case EVENT_ID.MAPPING:
        this.openCollection(define(mapping(event), text, event, anchors));
        break;
      case EVENT_ID.POP:
        this.close();
        break;
    }
  }

  private openCollection(node: Open): void {
    this.attach(node);
    this.innermost = { node, key: undefined, outer: this.innermost };
  }

  /** Ends the innermost collection, or the document if none is open. */
  private close(): void {
    if (this.innermost === undefined) return;
    const { node, outer } = this.innermost;
    node.end = node.flow ? flowEnd(this.text, node) : blockEnd(node);
    this.innermost = outer;
  }

  /** Adds a node to the innermost collection, or as the root. */
  private attach(node: Mutable<Node>): void {
    const { text, innermost } = this;
    if (innermost === undefined) {
      this.root = node;
      return;
    }
    const { node: parent, key } = innermost;
    if (parent.kind === "sequence") {
      addElement(text, parent, node);
    } else if (key === undefined) {
      placeKey(text, parent, node);
      innermost.key = node;
    } else {
      addEntry(text, parent, key, node);
      innermost.key = undefined;
    }
  }
}

function addElement(text: string, parent: OpenSequence, node: Mutable<Node>): void {
  if (isUnplaced(node)) {
    // An empty element is after its dash.
    const dash = skipToContent(text, parent.elements.at(-1)?.end ?? parent.start);
    node.start = node.end = dash + 1;
  }
  parent.elements.push(node);
}

/** Sets the position of a key if it is empty, and checks that of any other. */
function placeKey(text: string, parent: OpenMapping, key: Mutable<Node>): void {
  if (isUnplaced(key)) key.start = key.end = emptyKeyAt(text, parent);
  requireOwnLine(text, parent, key);
}

function addEntry(text: string, parent: OpenMapping, key: Node, value: Mutable<Node>): void {
  if (isUnplaced(value)) {
    // An empty value is after its colon, or after a key that has none.
    const colon = skipToContent(text, key.end);
    value.start = value.end = isColonOf(text, colon, parent, key) ? colon + 1 : key.end;
  }
  parent.entries.push({ key, value });
}

function readEvents(text: string): Event[] {
  try {
    return parseEvents(text, { maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw syntaxError(text, error);
  }
}

type PropertyEvent = SequenceEvent | MappingEvent | ScalarEvent;

function sequence({ start, style }: SequenceEvent): OpenSequence {
  const flow = style === COLLECTION_STYLE.FLOW;
  return { kind: "sequence", start, end: -1, tag: undefined, anchor: undefined, aliased: false, flow, elements: [] };
}

function mapping({ start, style }: MappingEvent): OpenMapping {
  const flow = style === COLLECTION_STYLE.FLOW;
  return { kind: "mapping", start, end: -1, tag: undefined, anchor: undefined, aliased: false, flow, entries: [] };
}

/** @throws YamlError if the alias is unknown, or within its own target. */
function alias(text: string, event: AliasEvent, anchors: Anchors): Mutable<AliasNode> {
  const start = event.anchorStart - 1;
  const name = text.slice(event.anchorStart, event.anchorEnd);
  const target: Mutable<Target> | undefined = anchors.nodes.get(name);
  if (target === undefined) throw new UnknownAliasError("an alias refers to an anchor that doesn't exist", start);
  if (target.end < 0) throw new YamlError("an alias refers to a node that contains it", start);
  target.aliased = true;
  return { kind: "alias", start, end: event.anchorEnd, tag: undefined, anchor: undefined, aliased: false, target };
}

function scalar(text: string, event: ScalarEvent): Mutable<ScalarNode> {
  if (event.valueEnd - event.valueStart > longText) return new LongScalar(text, event);
  const absent = event.valueStart < 0;
  const afterProperties = Math.max(event.anchorEnd, event.tagEnd);
  const style = scalarStyle(event);
  const quote = style === "quoted" ? 1 : 0;
  return {
    kind: "scalar",
    start: absent ? afterProperties : event.valueStart - quote,
    end: absent ? afterProperties : event.valueEnd + quote,
    tag: undefined,
    anchor: undefined,
    aliased: false,
    style,
    text: absent ? "" : getScalarValue(text, event),
    absent,
  };
}

/** In UTF-16 code units of the source. */
const longText = 4096;

/** A scalar that is decoded only when its text is read. Decoding a long one can take many times its size in memory. */
class LongScalar implements Mutable<ScalarNode> {
  readonly kind = "scalar";
  readonly absent = false;
  readonly style: ScalarStyle;
  start: number;
  end: number;
  tag: string | undefined = undefined;
  anchor: string | undefined = undefined;
  aliased = false;
  readonly #source: string;
  readonly #event: ScalarEvent;

  constructor(source: string, event: ScalarEvent) {
    this.style = scalarStyle(event);
    const quote = this.style === "quoted" ? 1 : 0;
    this.start = event.valueStart - quote;
    this.end = event.valueEnd + quote;
    this.#source = source;
    this.#event = event;
  }

  get text(): string {
    return getScalarValue(this.#source, this.#event);
  }
}

function scalarStyle(event: ScalarEvent): ScalarStyle {
  switch (event.style) {
    case SCALAR_STYLE.SINGLE_QUOTED:
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return "quoted";
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK:
      return event.chomping === CHOMPING_MODE.KEEP ? "block-keep" : "block";
    default:
      return "plain";
  }
}

/** Reports whether a node is empty and has neither an anchor nor a tag, so that its event has no position. */
function isUnplaced(node: Node): boolean {
  return node.start < 0;
}

/**
 * Reports whether the first character after a key is the key's colon. It can also be a colon that starts a plain key, or
 * the one of an outer mapping's empty key, which is on a line of its own.
 */
function isColonOf(text: string, at: number, parent: OpenMapping, key: Node): boolean {
  if (text[at] !== ":") return false;
  if (parent.flow) return true;
  const isOnOwnLine = /[\r\n]/.test(text.slice(key.end - 1, at));
  return /^\s?$/.test(text.charAt(at + 1)) && (!isOnOwnLine || columnAt(text, at) === columnAt(text, parent.start));
}

/**
 * Rejects a key on the same line as the last element of a list at the key's column. js-yaml accepts `- [] key: value`.
 *
 * @throws YamlError for such a key.
 */
function requireOwnLine(text: string, { entries }: OpenMapping, key: Node): void {
  const before = entries[entries.length - 1]?.value;
  if (before?.kind !== "sequence" || before.flow) return;
  // A block scalar ends after its line break.
  if (!/[\r\n]/.test(text.slice(before.end - 1, key.start)))
    throw new YamlError("a key must start on its own line", key.start);
}

/** Returns the offset of an empty key: before its colon, or after its question mark. */
function emptyKeyAt(text: string, parent: OpenMapping): number {
  const before = parent.entries.at(-1)?.value.end ?? parent.start + (text[parent.start] === "{" ? 1 : 0);
  let at = skipToContent(text, before);
  if (parent.flow && text[at] === ",") at = skipToContent(text, at + 1);
  return text[at] === "?" ? at + 1 : at;
}

/** Sets a node's anchor and tag, and adds it to the known anchors. */
function define<T extends Mutable<Target>>(node: T, text: string, event: PropertyEvent, anchors: Anchors): T {
  if (event.tagStart >= 0) node.tag = text.slice(event.tagStart, event.tagEnd);
  if (event.anchorStart >= 0) {
    const name = text.slice(event.anchorStart, event.anchorEnd);
    node.anchor = name;
    anchors.nodes.set(name, node);
  }
  return node;
}

function blockEnd(node: Open): number {
  return (node.kind === "mapping" ? node.entries.at(-1)?.value.end : node.elements.at(-1)?.end) ?? node.start;
}

/** An element of a block sequence, and the offset of its dash in UTF-16 code units. */
interface Dash {
  readonly offset: number;
  readonly element: Node;
}

/** Returns the dashes of a block sequence with their elements. */
export function dashes(text: string, node: SequenceNode): Dash[] {
  let from = node.start;
  return node.elements.map((element) => {
    const offset = skipToContent(text, from);
    from = element.end;
    return { offset, element };
  });
}

/**
 * Returns the ranges of a flow collection's children, in UTF-16 code units. An anchor, tag or question mark before a
 * child belongs to its range.
 */
export function flowChildren(text: string, node: MappingNode | SequenceNode): { start: number; end: number }[] {
  const ends =
    node.kind === "mapping" ? node.entries.map(({ value }) => value.end) : node.elements.map(({ end }) => end);
  let from = node.start + 1;
  return ends.map((end) => {
    let start = skipToContent(text, from);
    if (text[start] === ",") start = skipToContent(text, start + 1);
    from = end;
    return { start, end };
  });
}

/** The offset after the closing bracket. A pair without braces, as in `[a: b]`, ends with its value. */
function flowEnd(text: string, node: Open): number {
  const last =
    node.kind === "mapping" ? node.entries[node.entries.length - 1]?.value : node.elements[node.elements.length - 1];
  const first = node.kind === "mapping" ? node.entries[0]?.key : undefined;
  const opening = text[node.start];
  if (node.kind === "mapping" && (opening !== "{" || first?.start === node.start)) return last?.end ?? node.start;
  const closing = opening === "{" ? "}" : "]";
  let at = skipToContent(text, Math.max(last?.end ?? 0, node.start + 1));
  while (at < text.length && text[at] !== closing) at = skipToContent(text, at + 1);
  return at + 1;
}

/** Returns the first offset at or after `from` that is neither white space nor within a comment. */
export function skipToContent(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x23 && (at === 0 || /\s/.test(text.charAt(at - 1)))) {
      while (at + 1 < text.length && text[at + 1] !== "\n" && text[at + 1] !== "\r") at++;
    } else if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) {
      break;
    }
  }
  return at;
}
