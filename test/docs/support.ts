import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfiguration } from "../../src/config/read-tracing-sidecar";
import { isMapping, type Value } from "../../src/yaml/value";
import { readTree, root } from "../hosts/support";
import { documents } from "./documents";

/** Returns the text of a file of the project. */
export const text = (path: string): string => readFileSync(join(root, path), "utf8");

/** Returns the fenced blocks of a document with this language, in order and without their indentation. */
export function blocks(document: string, language: string): string[] {
  return [...document.matchAll(/^( *)```(\w*)[^\n]*\n(.*?)^\1```$/gms)].flatMap(([, indent = "", name, block = ""]) =>
    name === language ? [block.replace(new RegExp(`^${indent}`, "gm"), "")] : [],
  );
}

/** Returns the commands of a document's shell blocks: one per line, except for continued lines (backslash). */
export function commandsOf(document: string): string[] {
  return blocks(document, "sh").flatMap((block) =>
    block
      .replace(/\\\n\s*/g, "")
      .split("\n")
      // As in a shell, a comment starts at the start of the line or after a space.
      .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
      .filter((line) => line !== ""),
  );
}

/** Returns the content of all files below a folder of the project, as one text. */
export function all(folder: string): string {
  return [...readTree(join(root, folder)).values()].join("\n");
}

/** Returns the path of every Markdown file in the root folder, docs/ and examples/. Sorted. */
export function markdownFiles(): string[] {
  const inRoot = readdirSync(root).filter((name) => name.endsWith(".md"));
  const below = ["docs", "examples"].flatMap((folder) =>
    [...readTree(join(root, folder)).keys()].filter((path) => path.endsWith(".md")).map((path) => `${folder}/${path}`),
  );
  return [...inRoot, ...below].sort();
}

/** The documents whose commands need the image. */
export const imageDocuments = documents.filter(({ image = false }) => image);

/** Returns the documents with their texts. */
export function read(): { readonly path: string; readonly text: string }[] {
  return documents.map(({ path }) => ({ path, text: text(path) }));
}

/** Fails if a value is a TracingSidecar that the function rejects. */
export function requireValid(value: Value): void {
  if (!isMapping(value) || value.kind !== "TracingSidecar") return;
  const result = readConfiguration(value);
  assert.deepEqual("findings" in result ? result.findings : [], []);
}
