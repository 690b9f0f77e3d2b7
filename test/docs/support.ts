import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfiguration } from "../../src/config/read";
import { isMapping, type Value } from "../../src/yaml/value";
import { readTree, root } from "../hosts/support";
import { documents } from "./documents";

/** The text of a file of the project. */
export const text = (path: string): string => readFileSync(join(root, path), "utf8");

/** The fenced blocks of a document in one language, in their order. */
export function blocks(document: string, language: string): string[] {
  return [...document.matchAll(/^( *)```(\w*)[^\n]*\n(.*?)^\1```$/gms)].flatMap(([, indent = "", name, block = ""]) =>
    name === language ? [block.replace(new RegExp(`^${indent}`, "gm"), "")] : [],
  );
}

/** The commands of a document's shell blocks: a line each, but for those that go on behind a backslash. */
export function commandsOf(document: string): string[] {
  return blocks(document, "sh").flatMap((block) =>
    block
      .replace(/\\\n\s*/g, "")
      .split("\n")
      // As a shell does: a comment starts at the line's start or behind a space.
      .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
      .filter((line) => line !== ""),
  );
}

/** All files below a folder of the project, as one text. */
export function all(folder: string): string {
  return [...readTree(join(root, folder)).values()].join("\n");
}

/** Every Markdown file that the project keeps: at its root, in docs/ and below examples/. */
export function markdownFiles(): string[] {
  const inRoot = readdirSync(root).filter((name) => name.endsWith(".md"));
  const below = ["docs", "examples"].flatMap((folder) =>
    [...readTree(join(root, folder)).keys()].filter((path) => path.endsWith(".md")).map((path) => `${folder}/${path}`),
  );
  return [...inRoot, ...below].sort();
}

/** The documents whose commands need the image. */
export const imageDocuments = documents.filter(({ image = false }) => image);

/** The documents with their texts. */
export function read(): { readonly path: string; readonly text: string }[] {
  return documents.map(({ path }) => ({ path, text: text(path) }));
}

/** A TracingSidecar among the values of a document must be one that the function takes. */
export function mustBeValid(value: Value): void {
  if (!isMapping(value) || value.kind !== "TracingSidecar") return;
  const found = readConfiguration(value);
  assert.deepEqual("findings" in found ? found.findings : [], []);
}
