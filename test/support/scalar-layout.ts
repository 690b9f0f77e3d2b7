import type { Choices } from "./choices";

/*
 * The spellings of one string: plain, quoted, and as a block scalar. Each is given only where it reads back as the same
 * string by YAML 1.2 (and by go-yaml, which reads it so for strings that YAML 1.1 does not retype).
 */

const raw = /^[\t\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;
const typed =
  /^(?:null|Null|NULL|~|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|[-+]?0o[0-7]+|[-+]?0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Whether a string can stand without quotes. */
export function canBePlain(value: string, inFlow: boolean): boolean {
  return (
    raw.test(value) &&
    /^(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|[-?:](?=[^\s,[\]{}]))/.test(value) &&
    /[^\s:]$/.test(value) &&
    !/:\s|\s#|\t|^(?:---|\.\.\.)|^<<$|^=$/.test(value) &&
    // go-yaml also stops at a question mark there.
    !(inFlow && /[,[\]{}?]|^:/.test(value)) &&
    !typed.test(value)
  );
}

export function canBeSingleQuoted(value: string): boolean {
  return raw.test(value) && !value.includes("\t");
}

export function singleQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A double quoted string; by choice with escapes that need not be. */
export function doubleQuoted(value: string, choices: Choices): string {
  const text = JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escaped);
  if (!choices.chance(10)) return text;
  return text.replace(/\\(?:u....|.)|[aeo]/g, (part) =>
    part.length > 1 ? part : `\\x${part.charCodeAt(0).toString(16)}`,
  );
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Breaks a plain or quoted text at some of its single spaces: a reader folds the line breaks to spaces again. */
export function folded(text: string, pad: () => string, choices: Choices): string {
  return text.replace(/(?<=[\w.])\x20(?=[A-Za-z])/g, () => (choices.chance(50) ? `\n${pad()}` : " "));
}

/** A block scalar: its header, and its lines without their indentation. */
export interface BlockScalar {
  readonly header: string;
  readonly lines: readonly string[];
  /** Blank lines behind it belong to its value. */
  readonly keep: boolean;
}

/** Whether a string can be a literal block scalar, without the corners of the format that writers avoid. */
export function canBeLiteral(value: string): boolean {
  const lines = value.replace(/\n+$/, "").split("\n");
  return lines.every((line) => raw.test(line)) && /\S/.test(lines[0] as string) && /\S$/.test(lines.at(-1) as string);
}

export function canBeFolded(value: string): boolean {
  return canBeLiteral(value) && !/^[ \t]/m.test(value) && !value.includes("\t");
}

/** @param indent columns from the parent to the lines, for the header where it must say it. */
export function blockScalar(value: string, fold: boolean, indent: number, choices: Choices): BlockScalar {
  const ends = (/\n*$/.exec(value) as RegExpExecArray)[0].length;
  const body = value.slice(0, value.length - ends);
  const lines = fold ? body.replace(/\n+/g, (breaks) => `\n${breaks}`).split("\n") : body.split("\n");
  for (let blank = 1; blank < ends; blank++) lines.push("");
  const chomping = ends === 0 ? "-" : ends > 1 || choices.chance(10) ? "+" : "";
  const indicator = /^[ \t]/.test(body) || choices.chance(5) ? String(indent) : "";
  return {
    header: `${fold ? ">" : "|"}${choices.of(indicator + chomping, chomping + indicator)}`,
    lines: fold ? lines.flatMap((line) => folded(line, () => "", choices).split("\n")) : lines,
    keep: chomping === "+",
  };
}
