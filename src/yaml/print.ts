import { dump } from "js-yaml";
import { getOrInsert } from "./maps";
import { defaultStyle, type Style } from "./style";
import { isList, isMapping, type Mapping, type Value } from "./value";

/**
 * Prints a value in block style. The first line isn't indented; every other line starts at `column`.
 *
 * @param closed true if the printed text continues at a column that ends a block scalar. Only then are texts of several
 *   lines printed as literal block scalars: a comment that follows the printed text could become part of one.
 */
export function printBlock(value: Value, column: number, style: Style, closed = false): string {
  const next = style.lineBreak + " ".repeat(column);
  if (isList(value) && value.length > 0) {
    const last = value.length - 1;
    return value.map((element, i) => printElement(element, column, style, closed || i < last)).join(next);
  }
  if (isMapping(value)) {
    const entries = Object.entries(value);
    const last = entries.length - 1;
    if (last >= 0)
      return entries
        .map(([key, entry], i) => `${printScalar(key)}:${printAfterColon(entry, column, style, closed || i < last)}`)
        .join(next);
  }
  return printInline(value, style);
}

/**
 * Prints a value as a text of its own, without a line break at the end. The text can be a literal block scalar itself: the
 * characters that can't be in one, which are in double quotes, are escape sequences.
 *
 * @param isQuoted reports whether a text must be in double quotes even if YAML doesn't require it.
 */
export function printDocument(value: Value, isQuoted?: (text: string) => boolean): string {
  const style = { ...defaultStyle, sequenceIndent: 2, ...(isQuoted === undefined ? {} : { isQuoted }) };
  return printBlock(value, 0, style).replace(
    /[\u{10000}-\u{10ffff}]/gu,
    (char) => `\\U${char.codePointAt(0)?.toString(16).padStart(8, "0")}`,
  );
}

/** Prints an element of a block list whose dash is at `column`. The first line isn't indented. */
export function printElement(value: Value, column: number, style: Style, closed = false): string {
  return "-".padEnd(style.dashWidth) + printBlock(value, column + style.dashWidth, style, closed);
}

/** Like `printElement`, but caches the result by column and style, for an object that is added to many texts. */
export function printElementOnce(value: Value, column: number, style: Style): string {
  if (!isMapping(value)) return printElement(value, column, style);
  const { indent, sequenceIndent, dashWidth, lineBreak, json } = style;
  const layout = `${column} ${indent} ${sequenceIndent} ${dashWidth} ${lineBreak} ${json}`;
  const texts = getOrInsert(elements, value, () => new Map<string, string>());
  return getOrInsert(texts, layout, () => printElement(value, column, style));
}

const elements = new WeakMap<Mapping, Map<string, string>>();

/** Prints an entry of a block mapping whose keys are at `column`. The first line isn't indented. */
export function printEntry(key: string, value: Value, column: number, style: Style): string {
  return `${printScalar(key)}:${printAfterColon(value, column, style)}`;
}

/** Prints what follows the colon of an entry whose key is at `column`: a space and one line, or indented lines. */
export function printAfterColon(value: Value, column: number, style: Style, closed = false): string {
  if (typeof value === "string" && closed && isLiteral(value)) return printLiteral(value, column, style);
  const nested = isList(value) ? style.sequenceIndent : isMapping(value) ? style.indent : -1;
  if (nested < 0 || Object.keys(value as object).length === 0) return ` ${printInline(value, style)}`;
  const below = column + nested;
  return style.lineBreak + " ".repeat(below) + printBlock(value, below, style, closed);
}

/**
 * Reports whether a text of several lines can be a literal block scalar that stays the same in every editor: printable,
 * and without spaces at the end of a line. Its first line must show the indentation.
 */
function isLiteral(text: string): boolean {
  return text.includes("\n") && !/^[ \n]|\n\n$| (?:\n|$)/.test(text) && !unprintable.test(text.replaceAll("\n", ""));
}

function printLiteral(value: string, column: number, { indent, lineBreak }: Style): string {
  const isChomped = !value.endsWith("\n");
  const lines = (isChomped ? value : value.slice(0, -1)).split("\n");
  const margin = " ".repeat(column + indent);
  return [isChomped ? " |-" : " |", ...lines.map((line) => (line === "" ? "" : margin + line))].join(lineBreak);
}

/** Prints a value on one line of a block collection. */
function printInline(value: Value, style: Style): string {
  if (isList(value) || isMapping(value)) return printFlow(value, style.json);
  return typeof value === "string" && style.isQuoted?.(value) ? escaped(value) : printScalar(value);
}

/**
 * Prints a value on one line, as in a flow collection.
 *
 * @param json if true, the value is printed as JSON.
 */
export function printFlow(value: Value, json: boolean): string {
  return json ? printJson(value) : flow(value);
}

function flow(value: Value): string {
  if (isList(value)) return `[${value.map(flow).join(", ")}]`;
  if (isMapping(value)) return `{${printFlowEntries(value, false)}}`;
  const text = printScalar(value);
  return typeof value !== "string" || text !== value || /^[\w./-]+$/.test(value) ? text : escaped(value);
}

function printJson(value: Value): string {
  if (typeof value === "string") return escaped(value);
  if (isList(value)) return `[${value.map(printJson).join(", ")}]`;
  if (!isMapping(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, entry]) => `${escaped(key)}: ${printJson(entry)}`)
    .join(", ")}}`;
}

/** Prints the entries of a flow mapping, without its braces. */
export function printFlowEntries(value: Mapping, json: boolean): string {
  if (json) return printJson(value).slice(1, -1);
  return Object.entries(value)
    .map(([key, entry]) => `${flow(key)}: ${flow(entry)}`)
    .join(", ");
}

/** Plain scalars that YAML 1.1 or 1.2 reads as null or a boolean. No value of another type starts with a letter. */
const reserved = /^(?:[nN]ull|NULL|[tT]rue|TRUE|[fF]alse|FALSE|[yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF|[yYnN])$/;

/** Names, sentences, paths, URLs and command-line flags: valid plain scalars in block style for YAML 1.1 and 1.2. */
const plain = /^(?:[A-Za-z]|\/|--[a-z])(?:[!-9;-~]|:(?! |$)| (?![ #]|$))*$/;

/** Kubernetes quantities and Go durations such as 50m, 64Mi and 9600h: strings in both YAML 1.1 and 1.2. */
const measure = /^\d+(?:m|h|s|[KMGT]i)$/;

/** What a plain scalar that starts with a letter can't contain. */
const needsQuotes = /: | #|[: ]$/;

/** Printable ASCII that starts with a letter and needs no escapes in double or single quotes. */
const ordinary = /^[A-Za-z][ !#-&(-[\]-~]*$/;

/** Prints a scalar on one line. A string is quoted if YAML 1.1 or 1.2 would read it as anything else. */
export function printScalar(value: null | boolean | number | string): string {
  if (typeof value === "number") return Number.isNaN(value) ? ".nan" : String(value).replace("Infinity", ".inf");
  if (typeof value !== "string") return String(value);
  // js-yaml's printer takes ten times as long, and loading it takes a tenth of a short run.
  if (!reserved.test(value) && (plain.test(value) || measure.test(value))) return value;
  // A word such as "no", or a sentence with a colon.
  if ((reserved.test(value) || needsQuotes.test(value)) && ordinary.test(value)) return `"${value}"`;
  let text = quoted.get(value);
  if (text === undefined) {
    text = quote(value);
    if (quoted.size < 1000) quoted.set(value, text);
  }
  return text;
}

const quoted = new Map<string, string>();

/**
 * Characters that aren't printable according to YAML 1.2 (section 5.1), the line breaks of YAML 1.1, the byte order
 * mark, and surrogates, even in pairs.
 */
const unprintable = /[^\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

/**
 * Prints a string in double quotes. A lone surrogate can't be written in YAML: it becomes U+FFFD, as in any encoded
 * text.
 */
function escaped(value: string): string {
  return JSON.stringify(value.toWellFormed()).replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, unicodeEscape);
}

/** Returns the escape sequence of a UTF-16 code unit in JSON and YAML, such as `\u0007`. */
export function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function quote(value: string): string {
  // A line break would make `dump` choose a block scalar, and unprintable characters must be escaped.
  if (unprintable.test(value)) return escaped(value);
  if (/^[{[*&!|>%@#,]/.test(value) && !value.includes("'")) return `'${value}'`;
  const text = dump(value, { lineWidth: -1 }).trimEnd();
  return text.startsWith("'") && !/["\\']/.test(value) ? `"${value}"` : text;
}
