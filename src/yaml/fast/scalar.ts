import { plainScalar } from "../to-value";
import type { Value } from "../value";
import { backslash, colon, dash, doubleQuote, hash, lineFeed, quote, space } from "./char-codes";

/*
 * The single-line values that `readPlain` supports. The functions that find the end of a value return its offset, or -1
 * to leave the text to the parser. The only line breaks in a text are LF, and it ends with one. `units` is the result
 * of `unitsOf`.
 */

/** Reports whether a character is a space or ends a line. */
export function isSpaceOrEnd(char: number | undefined): boolean {
  return char === space || char === lineFeed;
}

/** The characters that a plain scalar may start with here. YAML allows more. */
const startsPlain = (() => {
  const table = new Uint8Array(128);
  const chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+$(~-";
  for (const char of chars) table[char.charCodeAt(0)] = 1;
  return table;
})();

const PLAIN = 1;
const TERMINATOR = 2;

/**
 * The class of each UTF-16 code unit: PLAIN if it never ends a plain scalar, TERMINATOR if it may end one. 0 for tabs,
 * CR, characters that aren't printable or that some programs treat as white space, and halves of surrogate pairs.
 */
const charClass = (() => {
  const table = new Uint8Array(1 << 16);
  const printable = [
    [0x20, 0x7e],
    [0xa1, 0x1fff],
    [0x2030, 0x2fff],
    [0x3001, 0xd7ff],
  ] as const;
  for (const [from, to] of printable) table.fill(PLAIN, from, to + 1);
  for (const char of [lineFeed, colon, hash]) table[char] = TERMINATOR;
  return table;
})();

/** Reports whether all characters of a range are printable or line breaks. */
export function isPrintableRun(units: Uint16Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (charClass[units[at] ?? 0] === 0) return false;
  return true;
}

/**
 * Returns the end of a plain scalar, without trailing spaces, or -1 if it isn't certain. A plain scalar ends before a
 * colon followed by white space, before a comment, or at the end of its line.
 */
export function plainEnd(units: Uint16Array, start: number): number {
  const first = units[start] ?? 0;
  if (startsPlain[first] !== 1 || (first === dash && isSpaceOrEnd(units[start + 1]))) return -1;
  let at = start;
  for (; ; at++) {
    const kind = charClass[units[at] ?? 0];
    if (kind === PLAIN) continue;
    if (kind !== TERMINATOR) return -1;
    if (endsPlain(units, at)) break;
  }
  while (units[at - 1] === space) at--;
  return at;
}

/** Reports whether a plain scalar ends before the TERMINATOR at an offset. */
function endsPlain(units: Uint16Array, at: number): boolean {
  const char = units[at];
  if (char === colon) return isSpaceOrEnd(units[at + 1]);
  return char === lineFeed || units[at - 1] === space;
}

/** The characters after a backslash in double quotes for which JSON has the same escape as YAML. */
const escapes = new Set([...`"\\/bfnrt`].map((char) => char.charCodeAt(0)));

/** Returns the end of a quoted scalar, after its closing quote, or -1 if it isn't certain. */
export function quotedEnd(units: Uint16Array, start: number): number {
  return units[start] === quote ? singleQuotedEnd(units, start + 1) : doubleQuotedEnd(units, start + 1);
}

function singleQuotedEnd(units: Uint16Array, from: number): number {
  for (let at = from; ; at++) {
    const char = units[at] ?? 0;
    if (isUnusualInQuotes(char)) return -1;
    if (char !== quote) continue;
    if (units[at + 1] !== quote) return at + 1;
    at++;
  }
}

function doubleQuotedEnd(units: Uint16Array, from: number): number {
  for (let at = from; ; at++) {
    const char = units[at] ?? 0;
    if (char === doubleQuote) return at + 1;
    if (isUnusualInQuotes(char)) return -1;
    if (char !== backslash) continue;
    at++;
    if (!escapes.has(units[at] ?? 0)) return -1;
  }
}

function isUnusualInQuotes(char: number): boolean {
  return char === lineFeed || charClass[char] === 0;
}

/** Returns the value of a single-line quoted scalar. */
export function unquoted(source: string): string {
  if (source.startsWith("'")) return source.slice(1, -1).replaceAll("''", "'");
  return source.includes("\\") ? JSON.parse(source) : source.slice(1, -1);
}

const flowList = /\[ *(?:(?:[\w./][\w./=-]*|"[^"\\\n]*") *(?:, *(?!\])|(?=\])))*\]/y;
const flowWord = /[\w./=-]+|"[^"]*"/g;

/** In UTF-16 code units. The regular expression needs memory for each word. */
const maxFlowList = 10_000;

/** Returns the end of a flow list of words, after its closing bracket, or -1 if it isn't certain. */
export function flowListEnd(text: string, units: Uint16Array, start: number): number {
  if (text.indexOf("\n", start) - start > maxFlowList) return -1;
  flowList.lastIndex = start;
  return flowList.test(text) && isPrintableRun(units, start, flowList.lastIndex) ? flowList.lastIndex : -1;
}

/** Returns the elements of a flow list whose end `flowListEnd` found. */
export function flowValues(list: string): Value[] {
  return (list.match(flowWord) ?? []).map((word) => (word.startsWith('"') ? word.slice(1, -1) : plainScalar(word)));
}
