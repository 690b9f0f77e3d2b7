import type { Projection } from "../projection";
import { plainScalar } from "../to-value";
import { newMapping, type Value } from "../value";
import { literalValue, readLiteral } from "./block-literal";
import { bar, brace, bracket, colon, dash, doubleQuote, hash, lineFeed, quote, space } from "./char-codes";
import { unitsOf } from "./code-units";
import { flowListEnd, flowValues, isPrintableRun, isSpaceOrEnd, plainEnd, quotedEnd, unquoted } from "./scalar";

/**
 * Reads a text in plain block style directly into a value, without events or nodes. For texts that are only read, this
 * is several times faster than parsing.
 *
 * Plain block style is what kpt and kustomize send and most people write: printable text in lines that end with LF,
 * block mappings and lists, single-line scalars, literals (`|`, `|-`), and only `{}`, `[]` and lists of words as flow
 * collections. The whole text is checked. If it contains anything else, or anything that might be an error, the result
 * is undefined, and the text must be parsed.
 *
 * @param whole the text that contains the one to read.
 * @param from the offset in `whole` where the text to read starts, in UTF-16 code units.
 * @param to the offset where it ends.
 * @param projection the parts of the value to keep. The parts that aren't kept are checked too.
 * @returns the same value as `toValue(parse(text))`, reduced to the projection, or undefined.
 */
export function readPlain(
  whole: string,
  from = 0,
  to = whole.length,
  projection: Projection = "entire",
): Value | undefined {
  if (whole.charCodeAt(to - 1) !== lineFeed) return undefined;
  try {
    return new PlainReader(whole.slice(from, to), projection).read();
  } catch (error) {
    if (error !== notPlainStyle) throw error;
    return undefined;
  }
}

/**
 * Thrown if a text needs the parser. A shared object, because creating a stack trace would take longer than reading.
 */
const notPlainStyle = new Error("not in plain block style");

/** Far less than the parser's limit, but far more than any Kubernetes object needs. */
const maxDepth = 100;

/** In UTF-16 code units. An implicit key ends within 1024 characters (YAML 1.2.2, 7.4.2). */
const maxKey = 1000;

/** A block collection that isn't complete yet. */
interface Open {
  readonly column: number;
  readonly isList: boolean;
  /** Undefined if no part of its value is kept. */
  readonly projection: Projection | undefined;
  readonly list: Value[];
  readonly mapping: { [key: string]: Value };
  /** The mapping's latest key, and the projection of its value. */
  key: string;
  within: Projection | undefined;
}

const noList: Value[] = [];
const noMapping = newMapping();

/** Uses TypeScript's `private`, because `#` adds a check to each access, which takes a twentieth of the time. */
class PlainReader {
  private readonly text: string;
  private readonly units: Uint16Array;
  private readonly projection: Projection;
  private at = 0;
  private readonly open: Open[] = [];
  private root: Value | undefined;
  /** True if the latest entry or element has no value yet: a collection may follow on the next lines. */
  private needsValue = true;

  constructor(text: string, projection: Projection) {
    this.text = text;
    this.units = unitsOf(text);
    this.projection = projection;
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
      else this.entryOrElement(line);
    }
    return this.root;
  }

  /** Reads the line `---` before a document. Any other marker is left to the parser. */
  private marker(line: number): void {
    const before = this.text.slice(0, line).replace(/#.*/g, "");
    if (!this.text.startsWith("---\n", line) || /[^\n]/.test(before)) throw notPlainStyle;
    this.at = line + 4;
  }

  /** Reads a line of dashes, a key, or both, with the value after them. */
  private entryOrElement(line: number): void {
    const list = this.dashes(line);
    const start = this.at;
    const keyEnd = this.keyEnd(this.units[start]);
    if (keyEnd >= 0) this.entry(line, start, keyEnd);
    else if (list !== undefined) this.element(list);
    // A line without a dash or a key continues a scalar, or is a scalar below its key.
    else throw notPlainStyle;
  }

  /** Reads the dashes that a line starts with, and returns the list of the last one. */
  private dashes(line: number): Open | undefined {
    const { units } = this;
    let list: Open | undefined;
    while (units[this.at] === dash && isSpaceOrEnd(units[this.at + 1])) {
      list = this.enter(this.at - line, true);
      if (list.projection !== undefined) list.list.push(null);
      this.needsValue = true;
      this.at++;
      this.skipSpaces();
    }
    return list;
  }

  /** Reads the value of a list's latest element. */
  private element({ column, projection, list }: Open): void {
    const value = this.value(column, projection !== undefined);
    if (projection !== undefined) list[list.length - 1] = value;
  }

  /** Adds the entry for a key that was just read, and reads its value. */
  private entry(line: number, keyStart: number, keyEnd: number): void {
    const mapping = this.enter(keyStart - line, false);
    const { projection } = mapping;
    if (projection !== undefined) {
      mapping.key = this.key(keyStart, keyEnd);
      mapping.within = projection === "entire" ? projection : projection.get(mapping.key);
    }
    const isKept = mapping.within !== undefined;
    const value = this.value(mapping.column, isKept);
    if (isKept) mapping.mapping[mapping.key] = value;
  }

  private key(start: number, end: number): string {
    const source = this.text.slice(start, end);
    const char = this.units[start];
    return char === doubleQuote || char === quote ? unquoted(source) : source;
  }

  /** Returns the collection that a dash or a key at a column belongs to. */
  private enter(column: number, isList: boolean): Open {
    const all = this.open;
    let top = all[all.length - 1];
    while (top !== undefined && top.column > column) {
      all.pop();
      this.needsValue = false;
      top = all[all.length - 1];
    }
    if (top !== undefined && top.column === column) {
      if (top.isList === isList) return top;
      if (!isList) {
        // A list can be at the column of its key. A key at this column ends it.
        all.pop();
        const parent = all[all.length - 1];
        if (parent === undefined || parent.column !== column) throw notPlainStyle;
        return parent;
      }
    }
    if (!this.needsValue || all.length > maxDepth) throw notPlainStyle;
    return this.openCollection(column, isList, top);
  }

  private openCollection(column: number, isList: boolean, parent: Open | undefined): Open {
    const projection = parent === undefined ? this.projection : parent.isList ? parent.projection : parent.within;
    const list = isList && projection !== undefined ? [] : noList;
    const mapping = isList || projection === undefined ? noMapping : newMapping();
    const open = { column, isList, projection, list, mapping, key: "", within: undefined };
    this.open.push(open);
    if (projection === undefined) return open;
    const value = isList ? list : mapping;
    if (parent === undefined) this.root = value;
    else if (parent.isList) parent.list[parent.list.length - 1] = value;
    else parent.mapping[parent.key] = value;
    return open;
  }

  /** Reads a key and its colon, and returns the key's end. Reads nothing and returns -1 if there is no key. */
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
   * Reads the value after a key or a dash, to the end of its last line.
   *
   * @param column the column of the collection: a literal's lines are indented deeper.
   * @param isKept if false, the value is only checked, and the result is null.
   */
  private value(column: number, isKept: boolean): Value {
    const { text, units } = this;
    const start = this.at;
    const char = units[start];
    this.needsValue = false;
    let value: Value = null;
    switch (char) {
      case lineFeed:
      case hash:
        this.needsValue = true;
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

  /** Reads the rest of a line after a value: nothing, or a comment. */
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

/** Returns an offset, or leaves the text to the parser if the offset is -1. */
function orGiveUp(offset: number): number {
  if (offset < 0) throw notPlainStyle;
  return offset;
}
