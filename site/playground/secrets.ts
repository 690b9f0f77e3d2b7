import { documentsOf } from "../../src/yaml/documents";
import { keyOf, type MappingNode, type Node, resolve, type ScalarNode, visitAll } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { positionAt, YamlError } from "../../src/yaml/yaml-error";
import type { Place, SourceFile } from "./protocol";

/**
 * Returns where a file contains a Secret: an object of this kind in any form of YAML or JSON, also in a string or in a
 * comment. In a template and in a file that isn't valid, the word alone counts, and so does a reference to a Secret that has a
 * `kind`, because the page must not share a Secret by mistake.
 */
export function secretsIn({ path, text }: SourceFile): Place[] {
  const offsets = new Set(offsetsIn(text));
  return [...offsets].sort((one, other) => one - other).map((offset) => ({ path, ...positionAt(text, offset) }));
}

function offsetsIn(text: string): number[] {
  const documents = isTemplate(text) ? undefined : parseDocuments(text);
  const parsed = documents?.flatMap(({ from, node }) => offsetsBelow(node, text).map((offset) => from + offset));
  return [...offsetsOf(lookalike, text), ...(parsed ?? offsetsOf(word, text))];
}

/** Reports whether a text is a template of Helm, Go, or a shell. What it renders isn't known. */
function isTemplate(text: string): boolean {
  return /\{\{|\$\{/.test(text);
}

/** An object or a generator that a comment contains. */
const lookalike = /\bkind[\\"']*\s*:(?:[\s#\\"']|[&!|>]\S*\s)*Secret(?:List)?\b|\bsecretGenerator[\\"']*\s*:/g;

/** The kind as a word. An escape such as `\n` can be before it. */
const word = new RegExp(`(?:(?<!\\w)|(?<=\\\\[nrt]))${spellings("Secret")}(?:${spellings("List")})?(?!\\w)`, "g");

/** Returns a pattern for a word in which YAML or JSON can escape each character, or break the line after it. */
function spellings(text: string): string {
  const spell = (character: string) => {
    const code = character.charCodeAt(0).toString(16);
    const digits = code.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `(?:${character}|\\\\(?:x|u00|U000000)${digits})(?:\\\\\\r?\\n\\s*)?`;
  };
  return [...text].map(spell).join("");
}

function offsetsOf(pattern: RegExp, text: string): number[] {
  return [...text.matchAll(pattern)].map(({ index }) => index);
}

/** Returns the documents that have content, with their offset; undefined if the text isn't valid YAML. */
function parseDocuments(text: string): { readonly from: number; readonly node: Node }[] | undefined {
  try {
    return documentsOf(text).flatMap(({ from, to }) => {
      const node = parse(text.slice(from, to));
      return node === undefined ? [] : [{ from, node }];
    });
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** Returns where a node contains a Secret, or a string that contains one. */
function offsetsBelow(node: Node, text: string): number[] {
  const offsets: number[] = [];
  visitAll(node, (child) => {
    const target = resolve(child);
    const isFound = target.kind === "mapping" ? isSecret(target) : target.kind === "scalar" && hasSecret(target, text);
    if (isFound) offsets.push(target.start);
  });
  return offsets;
}

function isSecret({ entries }: MappingNode): boolean {
  return entries.some((entry) => {
    const value = resolve(entry.value);
    return keyOf(entry) === "kind" && value.kind === "scalar" && offsetsOf(word, value.text).length > 0;
  });
}

/** Reports whether a string is a text with a Secret. A text that is only this string isn't read again. */
function hasSecret({ text }: ScalarNode, around: string): boolean {
  return text !== around && offsetsOf(word, text).length > 0 && offsetsIn(text).length > 0;
}
