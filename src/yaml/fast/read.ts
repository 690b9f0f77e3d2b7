import type { Projection } from "../projection";
import { plainScalar } from "../to-value";
import { newMapping, type Value } from "../value";
import { bar, brace, bracket, colon, dash, doubleQuote, hash, lineFeed, quote, space } from "./char-codes";
import { literalValue, readLiteral } from "./literal";
import { flowListEnd, flowValues, isPrintableRun, isSpaceOrEnd, plainEnd, quotedEnd, unquoted } from "./scalar";
import { unitsOf } from "./utf16";

/**
 * Reads a text in plain block style straight to its value, without events and nodes: for texts that are only looked at,
 * several times faster than a parse.
 *
 * Plain block style is what kpt and kustomize send and most people write: printable text in lines that end with LF,
 * block mappings and lists, scalars of one line, literals (`|`, `|-`), and of flow collections `{}`, `[]` and lists of
 * plain words. All of it is checked, to the last line: where there is anything else, or anything that is not plainly
 * right, the answer is undefined, and the parser decides.
 *
 * @param shape what of it to keep; all of it is checked.
 * @param whole what the text is a part of.
 * @param from where the text starts in it.
 * @param to where it ends.
 * @returns what `toValue(parse(text))` gives, as far as the shape goes, or undefined.
 */
export function readPlain(whole: string, from = 0, to = whole.length, shape: Projection = "entire"): Value | undefined {
  if (whole.charCodeAt(to - 1) !== lineFeed) return undefined;
  try {
    return new PlainReader(whole.slice(from, to), shape).read();
  } catch (error) {
    if (error !== notPlainStyle) throw error;
    return undefined;
  }
}

/** Thrown where the parser is to decide. One for all: a trace would cost more than the reading. */
const notPlainStyle = new Error("not in plain block style");

/** Far less than the parser's limit, far more than any Kubernetes object needs. */
const maxDepth = 100;

/** An implicit key ends within 1024 characters (YAML 1.2.2, 7.4.2). */
const maxKey = 1000;

/** A block collection that is open. */
interface Open {
  readonly column: number;
  readonly isList: boolean;
  /** Undefined: nothing of it is kept. */
  readonly shape: Projection | undefined;
  readonly list: Value[];
  readonly mapping: { [key: string]: Value };
  /** The mapping's newest key, and the shape of its value. */
  key: string;
  within: Projection | undefined;
}

const noList: Value[] = [];
const noMapping = newMapping();

/** Private by TypeScript alone: by `#` each access costs a check, a twentieth of the reading. */
class PlainReader {
  private readonly text: string;
  private readonly units: Uint16Array;
  private readonly shape: Projection;
  private at = 0;
  private readonly open: Open[] = [];
  private root: Value | undefined;
  /** The newest entry or element has no value yet: a collection may follow in further lines. */
  private awaits = true;

  constructor(text: string, shape: Projection) {
    this.text = text;
    this.units = unitsOf(text);
    this.shape = shape;
  }

  read(): Value | undefined {
    const { text, units } = this;
    while (this.at < this.text.length) {
      const line = this.at;
      this.skipSpaces();
      const char = units[this.at];
      if (char === lineFeed) this.at++;
      else if (char === hash) this.skipLine();
      else if (this.at === line && (text.startsWith("---", line) || text.startsWith("...", line))) this.marker(line);
      else this.entries(line);
    }
    return this.root;
  }

  /** The line `---` in front of a document; any other marker is the parser's. */
  private marker(line: number): void {
    const before = this.text.slice(0, line).replace(/#.*/g, "");
    if (!this.text.startsWith("---\n", line) || /[^\n]/.test(before)) throw notPlainStyle;
    this.at = line + 4;
  }

  /** A line of dashes, a key, or both. */
  private entries(line: number): void {
    const { text, units } = this;
    let list: Open | undefined;
    let char = units[this.at];
    while (char === dash && isSpaceOrEnd(units[this.at + 1])) {
      list = this.enter(this.at - line, true);
      if (list.shape !== undefined) list.list.push(null);
      this.awaits = true;
      this.at++;
      this.skipSpaces();
      char = units[this.at];
    }
    const start = this.at;
    const end = this.keyEnd(char);
    if (end < 0) {
      // What a line holds alone is a further line of a scalar, or one below its key.
      if (list === undefined) throw notPlainStyle;
      this.at = start;
      const value = this.value(list.column, list.shape !== undefined);
      if (list.shape !== undefined) list.list[list.list.length - 1] = value;
      return;
    }
    const open = this.enter(start - line, false);
    const { shape } = open;
    if (shape !== undefined) {
      open.key = char === doubleQuote || char === quote ? unquoted(text.slice(start, end)) : text.slice(start, end);
      open.within = shape === "entire" ? shape : shape.get(open.key);
    }
    const isKept = open.within !== undefined;
    const value = this.value(open.column, isKept);
    if (isKept) open.mapping[open.key] = value;
  }

  /** The collection that a dash or a key at a column belongs to. */
  private enter(column: number, isList: boolean): Open {
    const all = this.open;
    let top = all[all.length - 1];
    while (top !== undefined && top.column > column) {
      all.pop();
      this.awaits = false;
      top = all[all.length - 1];
    }
    if (top !== undefined && top.column === column) {
      if (top.isList === isList) return top;
      if (!isList) {
        // A list can stand at its key's column; here it ends.
        all.pop();
        const below = all[all.length - 1];
        if (below === undefined || below.column !== column) throw notPlainStyle;
        return below;
      }
    }
    if (!this.awaits || all.length > maxDepth) throw notPlainStyle;
    return this.opened(column, isList, top);
  }

  private opened(column: number, isList: boolean, top: Open | undefined): Open {
    const shape = top === undefined ? this.shape : top.isList ? top.shape : top.within;
    const list = isList && shape !== undefined ? [] : noList;
    const mapping = isList || shape === undefined ? noMapping : newMapping();
    const open = { column, isList, shape, list, mapping, key: "", within: undefined };
    this.open.push(open);
    if (shape === undefined) return open;
    const value = isList ? list : mapping;
    if (top === undefined) this.root = value;
    else if (top.isList) top.list[top.list.length - 1] = value;
    else top.mapping[top.key] = value;
    return open;
  }

  /** Reads a key and its colon, and gives the key's end; -1 where there is none. */
  private keyEnd(char: number | undefined): number {
    const { units } = this;
    const start = this.at;
    const end = char === doubleQuote || char === quote ? quotedEnd(units, start) : plainEnd(units, start);
    if (end < 0) return -1;
    if (units[end] !== colon || !isSpaceOrEnd(units[end + 1])) return -1;
    if (end - start > maxKey) throw notPlainStyle;
    this.at = end + 1;
    this.skipSpaces();
    return end;
  }

  /**
   * Reads what is written behind a key or a dash, to the end of its last line.
   *
   * @param column of the collection: a literal's lines are indented further.
   * @param isKept otherwise it is only checked.
   */
  private value(column: number, isKept: boolean): Value {
    const { text, units } = this;
    const start = this.at;
    const char = units[start];
    this.awaits = false;
    let value: Value = null;
    switch (char) {
      case lineFeed:
      case hash:
        this.awaits = true;
        break;
      case bar:
        return this.literal(column, isKept);
      case doubleQuote:
      case quote:
        this.at = orGiveUp(quotedEnd(units, start));
        if (isKept) value = unquoted(text.slice(start, this.at));
        break;
      case brace:
        if (units[start + 1] !== 0x7d) throw notPlainStyle;
        this.at = start + 2;
        if (isKept) value = newMapping();
        break;
      case bracket:
        this.at = orGiveUp(flowListEnd(text, units, start));
        if (isKept) value = flowValues(text.slice(start, this.at));
        break;
      default:
        this.at = orGiveUp(plainEnd(units, start));
        if (isKept) value = plainScalar(text.slice(start, this.at));
    }
    this.lineEnd();
    return value;
  }

  private literal(column: number, isKept: boolean): Value {
    const literal = readLiteral(this.text, this.at, column);
    if (literal === undefined || !isPrintableRun(this.units, literal.start, literal.end)) throw notPlainStyle;
    this.at = literal.end;
    return isKept ? literalValue(this.text, literal) : null;
  }

  /** What may stand behind a value: nothing, or a comment. */
  private lineEnd(): void {
    const { units } = this;
    this.skipSpaces();
    const char = units[this.at];
    if (char === hash && units[this.at - 1] === space) this.skipLine();
    else if (char === lineFeed) this.at++;
    else throw notPlainStyle;
  }

  private skipSpaces(): void {
    const { units } = this;
    let at = this.at;
    while (units[at] === space) at++;
    this.at = at;
  }

  private skipLine(): void {
    const start = this.at;
    this.at = this.text.indexOf("\n", start) + 1;
    if (!isPrintableRun(this.units, start, this.at)) throw notPlainStyle;
  }
}

/** An offset; -1 is none. */
function orGiveUp(offset: number): number {
  if (offset < 0) throw notPlainStyle;
  return offset;
}
