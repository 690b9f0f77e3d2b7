import {
  CHOMPING_MODE,
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";
import { Anchors } from "./anchors";
import type { Entry, MappingNode, Node, ScalarNode, ScalarStyle, SequenceNode, Target } from "./node";
import { UnknownAliasError, YamlError } from "./yaml-error";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OpenMapping = Mutable<MappingNode> & { entries: Entry[] };
type OpenSequence = Mutable<SequenceNode> & { elements: Node[] };
type Open = OpenMapping | OpenSequence;

/** Deeper nesting is refused: far beyond any Kubernetes object, and well within the stack. */
const maxDepth = 500;

/**
 * Parses one YAML document to its node tree.
 *
 * Works on js-yaml's event stream, whose collections have no end and whose empty values have no place; both are
 * worked out here.
 *
 * @param anchors the anchors of the texts before this one; those of this text are added.
 * @returns the root node, or undefined where the text holds no document.
 * @throws YamlError where the text is not YAML, is nested too deeply, holds a second document or an alias of nothing.
 */
export function parse(text: string, anchors: Anchors = new Anchors()): Node | undefined {
  let root: Node | undefined;
  let documents = 0;
  const open: Open[] = [];
  const keys: (Node | undefined)[] = [];

  const attach = (node: Mutable<Node>) => {
    const parent = open[open.length - 1];
    if (parent === undefined) {
      root = node;
    } else if (parent.kind === "sequence") {
      if (isUnplaced(node)) {
        // An empty element is behind its dash.
        const dash = skipToContent(text, parent.elements.at(-1)?.end ?? parent.start);
        node.start = node.end = dash + 1;
      }
      parent.elements.push(node);
    } else {
      const key = keys[keys.length - 1];
      if (key === undefined) {
        if (isUnplaced(node)) node.start = node.end = emptyKeyAt(text, parent);
        mustStartItsLine(text, parent, node);
        keys[keys.length - 1] = node;
      } else {
        if (isUnplaced(node)) {
          // An empty value is behind its colon, or behind a key that has none.
          const colon = skipToContent(text, key.end);
          node.start = node.end = isColon(text, colon, parent.flow) ? colon + 1 : key.end;
        }
        parent.entries.push({ key, value: node });
        keys[keys.length - 1] = undefined;
      }
    }
  };

  for (const event of readEvents(text)) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        if (++documents > 1)
          throw new YamlError("must be a single YAML document, but a second one starts", text.length);
        break;
      case EVENT_ID.SCALAR:
        attach(define(scalar(text, event), text, event, anchors));
        break;
      case EVENT_ID.ALIAS: {
        const start = event.anchorStart - 1;
        const name = text.slice(event.anchorStart, event.anchorEnd);
        const target = anchors.nodes.get(name);
        if (target === undefined) throw new UnknownAliasError("an alias refers to an anchor that is not there", start);
        if (target.end < 0) throw new YamlError("an alias refers to a node that holds it", start);
        (target as Mutable<Target>).aliased = true;
        attach({
          kind: "alias",
          start,
          end: event.anchorEnd,
          tag: undefined,
          anchor: undefined,
          aliased: false,
          target,
        });
        break;
      }
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const node = event.type === EVENT_ID.SEQUENCE ? sequence(event) : mapping(event);
        attach(define(node, text, event, anchors));
        open.push(node);
        keys.push(undefined);
        break;
      }
      case EVENT_ID.POP: {
        const node = open.pop();
        keys.pop();
        if (node !== undefined) node.end = node.flow ? flowEnd(text, node) : blockEnd(node);
        break;
      }
    }
  }
  for (const name of anchors.referred) {
    const node: Mutable<Target> | undefined = anchors.nodes.get(name);
    if (node !== undefined) node.aliased = true;
  }
  return root;
}

function readEvents(text: string): Event[] {
  try {
    return parseEvents(text, { maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // The exception's own message carries a snippet of the source, and its reason may quote it.
    throw new YamlError(error.reason.replace(/["'].*["']/g, "…"), error.mark?.position ?? 0);
  }
}

type SequenceEvent = Extract<Event, { type: typeof EVENT_ID.SEQUENCE }>;
type MappingEvent = Extract<Event, { type: typeof EVENT_ID.MAPPING }>;
type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;
type PropertyEvent = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP | typeof EVENT_ID.ALIAS }>;

function sequence({ start, style }: SequenceEvent): OpenSequence {
  const flow = style === COLLECTION_STYLE.FLOW;
  return { kind: "sequence", start, end: -1, tag: undefined, anchor: undefined, aliased: false, flow, elements: [] };
}

function mapping({ start, style }: MappingEvent): OpenMapping {
  const flow = style === COLLECTION_STYLE.FLOW;
  return { kind: "mapping", start, end: -1, tag: undefined, anchor: undefined, aliased: false, flow, entries: [] };
}

function scalar(text: string, event: ScalarEvent): Mutable<ScalarNode> {
  if (event.valueEnd - event.valueStart > longText) return new LongScalar(text, event);
  const absent = event.valueStart < 0;
  const place = Math.max(event.anchorEnd, event.tagEnd);
  const style = scalarStyle(event);
  const quote = style === "quoted" ? 1 : 0;
  return {
    kind: "scalar",
    start: absent ? place : event.valueStart - quote,
    end: absent ? place : event.valueEnd + quote,
    tag: undefined,
    anchor: undefined,
    aliased: false,
    style,
    text: absent ? "" : getScalarValue(text, event),
    absent,
  };
}

const longText = 4096;

/** A scalar that is decoded only when it is asked for: a long one can need many times its size, and is seldom read. */
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

/** Nothing is written, not even an anchor or a tag. */
function isUnplaced(node: Node): boolean {
  return node.start < 0;
}

/** Whether a key's colon stands there, and not a plain key that starts with one. */
function isColon(text: string, at: number, flow: boolean): boolean {
  return text[at] === ":" && (flow || /^\s?$/.test(text.charAt(at + 1)));
}

/** js-yaml takes a key behind the last element of a list that stands at the key's column: `- [] key: value`. */
function mustStartItsLine(text: string, { entries }: OpenMapping, key: Node): void {
  const before = entries[entries.length - 1]?.value;
  if (before?.kind !== "sequence" || before.flow) return;
  // A block scalar ends behind its line break.
  if (!/[\r\n]/.test(text.slice(before.end - 1, key.start)))
    throw new YamlError("a key must start on a line of its own", key.start);
}

/** The place of a key that is not written: before its colon, behind its question mark. */
function emptyKeyAt(text: string, parent: OpenMapping): number {
  const before = parent.entries.at(-1)?.value.end ?? parent.start + (text[parent.start] === "{" ? 1 : 0);
  let at = skipToContent(text, before);
  if (parent.flow && text[at] === ",") at = skipToContent(text, at + 1);
  return text[at] === "?" ? at + 1 : at;
}

/** Fills in a node's anchor and tag, and makes the anchor known. */
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

/** The offsets of a block sequence's dashes, an element each. */
export function dashes(text: string, node: SequenceNode): number[] {
  let from = node.start;
  return node.elements.map((element) => {
    const dash = skipToContent(text, from);
    from = element.end;
    return dash;
  });
}

/** Where the children of a flow collection are, anchors, tags and question marks in front of them included. */
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

/** Behind the closing bracket; a pair such as the one in `[a: b]` is a mapping without brackets. */
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

/** The first offset from `from` that is neither white space nor within a comment. */
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
