import { documentsOf } from "../../src/yaml/documents";
import { keyOf, type MappingNode, type Node, resolve, visitAll } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { positionAt, YamlError } from "../../src/yaml/yaml-error";
import type { Place, SourceFile } from "./protocol";

/**
 * Returns where a file contains a Secret: an object of this kind in any form of YAML or JSON, or a text that looks like one,
 * such as in a comment, in a string or in a file that isn't valid. A reference to a Secret that has a `kind` counts too,
 * because the page must not share a Secret by mistake.
 */
export function secretsIn({ path, text }: SourceFile): Place[] {
  const offsets = new Set([...textsLikeSecrets(text), ...parsedSecrets(text)]);
  return [...offsets].sort((one, other) => one - other).map((offset) => ({ path, ...positionAt(text, offset) }));
}

const kinds = ["Secret", "SecretList"];

function textsLikeSecrets(text: string): number[] {
  return [...text.matchAll(/\bkind[\\"']*\s*:\s*[\\"']*Secret(?:List)?\b|\bsecretGenerator[\\"']*\s*:/g)].map(
    ({ index }) => index,
  );
}

function parsedSecrets(text: string): number[] {
  return documentsOf(text).flatMap(({ from, to }) => {
    const node = parseDocument(text.slice(from, to));
    const offsets: number[] = [];
    if (node !== undefined)
      visitAll(node, (child) => {
        const target = resolve(child);
        if (target.kind === "mapping" && isSecret(target)) offsets.push(from + target.start);
      });
    return offsets;
  });
}

/** Returns undefined if the text isn't valid YAML. */
function parseDocument(text: string): Node | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function isSecret({ entries }: MappingNode): boolean {
  return entries.some((entry) => {
    const key = keyOf(entry);
    const value = resolve(entry.value);
    return key === "kind" && value.kind === "scalar" && kinds.includes(value.text);
  });
}
