/**
 * The parts of a regular expression: quoted text, an escape, a character class, the start of a group that RE2 doesn't
 * have (a lookaround or an atomic group), or one character.
 */
const parts =
  /\\Q.*?(?:\\E|$)|\\.|\[\^?(?:\]|\\.|\[:\^?\w+:\]|[^\]\\])(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\(\?(?:[=!>]|<[=!])|./gs;

/**
 * Returns what Go's `regexp` can't compile in a regular expression, as the end of "must be a valid Go regular expression: ".
 * Undefined if nothing is certainly wrong: only groups, brackets, and backslashes are checked (`regexp/syntax/parse.go`).
 */
export function re2Problem(regex: string): string | undefined {
  let open = 0;
  for (const [part] of regex.matchAll(parts)) {
    if (part === "\\") return "it ends with a backslash";
    if (part === "[") return "a `]` is missing";
    if (/^\\[1-9]/.test(part)) return "it has a backreference";
    if (part.startsWith("(?")) return "it has a lookahead, a lookbehind, or an atomic group";
    if (part === "(") open++;
    if (part === ")" && --open < 0) return "a `(` is missing";
  }
  return open > 0 ? "a `)` is missing" : undefined;
}
