import { nearest } from "./did-you-mean";

/*
 * Templates in values, such as those of environment variables and annotations. Unlike names, values can contain any
 * text, and much of it has braces: JSON, `/users/{id}`, `${HOME}`, `{{ .Values.name }}`. So only the words below are
 * variables.
 */

const variables = ["name", "namespace", "kind", "agent", "container"];

/** A word in braces. */
export interface Placeholder {
  readonly word: string;
  /** The variable that the word is, or that the user most likely meant. */
  readonly variable: string;
}

/** A word in braces with the backslashes before it. After `$`, `%`, or `{`, it belongs to another syntax. */
const wordInBraces = /(?<![$%{\\])(\\*)\{([\w-]+)\}/g;

/**
 * Splits a value into its literal texts and its variables. A backslash makes a variable literal, and another one makes
 * that backslash literal: `\{name}` is the text `{name}`, and `\\{name}` is a backslash and the name.
 */
export function parseValueTemplate(value: string): readonly (string | Placeholder)[] {
  const parts: (string | Placeholder)[] = [];
  let from = 0;
  for (const match of value.matchAll(wordInBraces)) {
    const [whole, backslashes = "", word = ""] = match;
    const variable = variableOf(word);
    if (variable === undefined) continue;
    const isLiteral = backslashes.length % 2 === 1;
    parts.push(value.slice(from, match.index), backslashes.slice(0, Math.floor(backslashes.length / 2)));
    parts.push(isLiteral ? `{${word}}` : { word, variable });
    from = match.index + whole.length;
  }
  parts.push(value.slice(from));
  return parts;
}

/** Returns the variable that a word is or is likely a typo of. Undefined for any other word, such as `id` or `node`. */
function variableOf(word: string): string | undefined {
  return variables.includes(word) ? word : nearest(word, variables, word.length < 8 ? 1 : 2);
}
