import { plainScalar } from "../to-value";
import type { Value } from "../value";
import { backslash, colon, dash, doubleQuote, hash, lineFeed, quote, space } from "./char-codes";

/*
 * Values of one line, as far as `readPlain` knows them: each is told by its end, or left to the parser by -1. The texts
 * have no line breaks but LF, and end with one; their characters come as `unitsOf` gives them.
 */

/** White space or a line's end. */
export function isSpaceOrEnd(char: number | undefined): boolean {
  return char === space || char === lineFeed;
}

/** What a scalar without quotes may start with here; YAML allows more. */
const startsPlain = (() => {
  const table = new Uint8Array(128);
  const chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+$(~-";
  for (const char of chars) table[char.charCodeAt(0)] = 1;
  return table;
})();

const PLAIN = 1;
const TERMINATOR = 2;

/**
 * By a character's code: one that only stands for itself, one that may end a scalar without quotes, or 0 for tabs, CR
 * and all that is not printable or that some programs take for white space; and for whatever has two units.
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

/** Whether all characters of a part are printable, or line breaks. */
export function isPrintableRun(units: Uint16Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (charClass[units[at] as number] === 0) return false;
  return true;
}

/** The end of a scalar without quotes: what follows is a colon and white space, a comment, or the line's end. */
export function plainEnd(units: Uint16Array, start: number): number {
  const first = units[start] as number;
  if (startsPlain[first] !== 1 || (first === dash && isSpaceOrEnd(units[start + 1]))) return -1;
  let at = start;
  for (; ; at++) {
    const char = units[at] as number;
    const kind = charClass[char];
    if (kind === PLAIN) continue;
    if (kind !== TERMINATOR) return -1;
    if (char === lineFeed) break;
    if (char === colon && isSpaceOrEnd(units[at + 1])) break;
    if (char === hash && units[at - 1] === space) break;
  }
  while (units[at - 1] === space) at--;
  return at;
}

/** Behind a backslash between double quotes, as far as JSON has the same escapes. */
const escapes = new Set([...`"\\/bfnrt`].map((char) => char.charCodeAt(0)));

/** The end of a quoted scalar, behind its quotes. */
export function quotedEnd(units: Uint16Array, start: number): number {
  const mark = units[start];
  for (let at = start + 1; ; at++) {
    const char = units[at] as number;
    if (char === lineFeed || charClass[char] === 0) return -1;
    if (char === backslash && mark === doubleQuote) {
      at++;
      if (!escapes.has(units[at] as number)) return -1;
    } else if (char === mark) {
      if (mark !== quote || units[at + 1] !== quote) return at + 1;
      at++;
    }
  }
}

/** What a quoted scalar stands for. */
export function unquoted(written: string): string {
  if (written.startsWith("'")) return written.slice(1, -1).replaceAll("''", "'");
  return written.includes("\\") ? JSON.parse(written) : written.slice(1, -1);
}

const flowList = /\[ *(?:(?:[\w./][\w./=-]*|"[^"\\\n]*") *(?:, *(?!\])|(?=\])))*\]/y;
const flowWord = /[\w./=-]+|"[^"]*"/g;

/** The expression needs room for each word. */
const maxFlowList = 10_000;

/** The end of a list of words between brackets. */
export function flowListEnd(text: string, units: Uint16Array, start: number): number {
  if (text.indexOf("\n", start) - start > maxFlowList) return -1;
  flowList.lastIndex = start;
  return flowList.test(text) && isPrintableRun(units, start, flowList.lastIndex) ? flowList.lastIndex : -1;
}

export function flowValues(list: string): Value[] {
  return (list.match(flowWord) ?? []).map((word) => (word.startsWith('"') ? word.slice(1, -1) : plainScalar(word)));
}
