import type { Choices } from "./choices";

/*
 * The styles of one string: plain, quoted, and block scalar. A style is used only if YAML 1.2 reads it back as the same
 * string. So does go-yaml, for strings that YAML 1.1 doesn't read as another type.
 */

/** The characters that need no escape. */
const raw = /^[\t\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;
/** Plain scalars that YAML 1.2's core schema reads as another type than string. */
const typed =
  /^(?:null|Null|NULL|~|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|[-+]?0o[0-7]+|[-+]?0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Reports whether a string can be written without quotes. */
export function canBePlain(value: string, inFlow: boolean): boolean {
  return (
    raw.test(value) &&
    /^(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|[-?:](?=[^\s,[\]{}]))/.test(value) &&
    /[^\s:]$/.test(value) &&
    !/:\s|\s#|\t|^(?:---|\.\.\.)|^<<$|^=$/.test(value) &&
    // In flow style, go-yaml also ends a plain scalar at a question mark.
    !(inFlow && /[,[\]{}?]|^:/.test(value)) &&
    !typed.test(value)
  );
}

/** Reports whether a string can be written in single quotes, on one line. */
export function canBeSingleQuoted(value: string): boolean {
  return raw.test(value) && !value.includes("\t");
}

/** Returns a single-quoted string. */
export function singleQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Returns a double-quoted string, at random with escapes that aren't necessary. */
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

/**
 * Breaks a plain or quoted scalar into lines at some of its single spaces. A reader folds these line breaks into spaces.
 *
 * @param pad Returns the indentation of the next line.
 */
export function folded(text: string, pad: () => string, choices: Choices): string {
  return text.replace(/(?<=[\w.])\x20(?=[A-Za-z])/g, () => (choices.chance(50) ? `\n${pad()}` : " "));
}

/** A block scalar: its header, and its lines without indentation. */
export interface BlockScalar {
  readonly header: string;
  readonly lines: readonly string[];
  /** If true (`+`), the blank lines after it are part of its value. */
  readonly keep: boolean;
}

/** Reports whether a string can be a literal block scalar, leaving out edge cases that printers avoid too. */
export function canBeLiteral(value: string): boolean {
  const lines = value.replace(/\n+$/, "").split("\n");
  return lines.every((line) => raw.test(line)) && /\S/.test(lines[0] as string) && /\S$/.test(lines.at(-1) as string);
}

/** Reports whether a string can be a folded block scalar. */
export function canBeFolded(value: string): boolean {
  return canBeLiteral(value) && !/^[ \t]/m.test(value) && !value.includes("\t");
}

/**
 * Writes a string as a block scalar, with random chomping and indentation indicators where they are optional.
 *
 * @param indent The lines' indentation relative to the parent, in columns, for the indentation indicator.
 */
export function blockScalar(value: string, fold: boolean, indent: number, choices: Choices): BlockScalar {
  const ends = (/\n*$/.exec(value) as RegExpExecArray)[0].length;
  const body = value.slice(0, value.length - ends);
  const lines = fold ? body.replace(/\n+/g, (lineBreaks) => `\n${lineBreaks}`).split("\n") : body.split("\n");
  for (let blank = 1; blank < ends; blank++) lines.push("");
  const chomping = ends === 0 ? "-" : ends > 1 || choices.chance(10) ? "+" : "";
  const indicator = /^[ \t]/.test(body) || choices.chance(5) ? String(indent) : "";
  return {
    header: `${fold ? ">" : "|"}${choices.of(indicator + chomping, chomping + indicator)}`,
    lines: fold ? lines.flatMap((line) => folded(line, () => "", choices).split("\n")) : lines,
    keep: chomping === "+",
  };
}
