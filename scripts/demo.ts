import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { load } from "js-yaml";
import { createStyler } from "../src/cli/ansi";
import { colorize } from "../src/cli/unified-diff";
import { parseItem } from "../src/krm/item";
import { readResourceList } from "../src/krm/resource-list";
import { describe, toObject } from "../src/kube/object";
import { toValue } from "../src/yaml/to-value";

const root = join(__dirname, "..");
const source = "examples/hotrod/kpt";
const result = "demo/deployment.yaml";
const style = createStyler({ isTerminal: process.stdout.isTTY === true }, process.env, undefined);

/** A document of a file. */
interface Document {
  /** How messages name its object. */
  readonly name: string;
  readonly text: string;
}

/** Returns a ResourceList as a host sends it, with the documents of a file as its items. */
function toResourceList(configuration: string, manifests: string): string {
  const items = manifests.split(/^---\n/m).map((text) => `- ${indented(text).trimStart()}`);
  const config = `functionConfig:\n${indented(configuration)}`;
  return `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n${config}items:\n${items.join("")}`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

/** Returns the items of a ResourceList as documents of a file. */
function toDocuments(resourceList: string): Document[] {
  const list = readResourceList(resourceList);
  return list.items.map((item) => ({
    name: describe(toObject(toValue(parseItem(item).node))),
    text: item.text.replace("-", " ").replace(/^ {2}/gm, ""),
  }));
}

/**
 * Runs the bundle as a host does.
 *
 * @throws Error if the bundle doesn't exit with status 0.
 */
function render(resourceList: string): { readonly documents: Document[]; readonly results: readonly Result[] } {
  const bundle = join(root, "dist", "tracing-sidecar.js");
  const { stdout, stderr, status } = spawnSync(process.execPath, [bundle], { input: resourceList, encoding: "utf8" });
  if (status !== 0) throw new Error(`${bundle} ended with status ${status}\n${stderr}`);
  const { results } = load(stdout) as { readonly results: readonly Result[] };
  return { documents: toDocuments(stdout), results };
}

interface Result {
  readonly severity: string;
  readonly message: string;
}

/** Renders the example, prints what changed, and writes the result to a file. */
function demo(): void {
  const input = toResourceList(read("tracing.yaml"), read("deployment.yaml"));
  const before = new Map(toDocuments(input).map(({ name, text }) => [name, text]));
  const { documents, results } = render(input);

  console.log(`HotROD (${source}/deployment.yaml) with the configuration ${source}/tracing.yaml\n`);
  for (const { name, text } of documents) {
    const old = before.get(name);
    if (old === undefined) show(`New: ${name}`, text.replace(/^(?!$)/gm, "+"));
    else if (old === text) show(`Unchanged, byte for byte: ${name}`, "");
    else show(`Changed: ${name}`, patch(old, text));
  }
  show("Results", results.map(({ severity, message }) => `${severity}: ${message}\n`).join(""));

  const file = join(root, result);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, documents.map(({ text }) => text).join("---\n"));
  console.log(`The result is in ${result}`);
}

function read(file: string): string {
  return readFileSync(join(root, source, file), "utf8");
}

function patch(before: string, after: string): string {
  const options = { headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(`${source}/deployment.yaml`, result, before, after, undefined, undefined, options);
}

/** @param lines text in which every line ends with a line break. */
function show(title: string, lines: string): void {
  console.log(style("bold", title));
  console.log(colorize(lines, style));
}

if (require.main === module) demo();
