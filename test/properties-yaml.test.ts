import assert from "node:assert/strict";
import { applyEdits } from "../src/yaml/edit";
import type { Node, ScalarNode } from "../src/yaml/node";
import { Anchors, parse } from "../src/yaml/parse";
import { columnAt } from "../src/yaml/style";
import { toValue } from "../src/yaml/to-value";
import { coreValue, loadYaml, withoutPrototypes } from "./support/load";
import { property } from "./support/property";
import { yamlText } from "./support/yaml-arbitrary";

property("what the layouts write is YAML, and reads as what it was written from", yamlText(), ({ text, value }) => {
  assert.deepEqual(loadYaml(text), value);
});

property("the value of a text is what js-yaml reads", yamlText(), ({ text, value }) => {
  assert.deepEqual(coreValue(text), value);
});

property("no edit leaves every byte as it was", yamlText(), ({ text }) => {
  parse(text);
  assert.equal(applyEdits(text, []), text);
});

property("children stand within their parents, in their order", yamlText(), ({ text }) => {
  const visit = (node: Node): void => {
    let from = node.start;
    for (const child of childrenOf(node)) {
      if (child.start < 0) continue;
      assert.ok(child.start >= from && child.end >= child.start && child.end <= node.end);
      from = child.end;
      visit(child);
    }
  };
  visit(parse(text) as Node);
});

property("the range of a node holds its text, and nothing else", yamlText(), ({ text }) => {
  const anchors = new Anchors();
  const visit = (node: Node): void => {
    if (node.start < 0) return;
    const alone = parse(standalone(text, node), anchors);
    if (node.kind === "scalar" && node.absent) assert.equal(node.end, node.start);
    else assert.deepEqual(alone && withoutPrototypes(toValue(alone)), [withoutPrototypes(toValue(node))]);
    childrenOf(node).forEach(visit);
  };
  visit(parse(text, anchors) as Node);
});

function childrenOf(node: Node): readonly Node[] {
  if (node.kind === "mapping") return node.entries.flatMap(({ key, value }) => [key, value]);
  return node.kind === "sequence" ? node.elements : [];
}

/** A node's range as the one element of a list: with its tag, and all of its lines moved by one column. */
function standalone(text: string, node: Node): string {
  const own = text.slice(node.start, node.end).replaceAll("\n", "\n ");
  const tag = node.tag === undefined ? "" : ` ${node.tag}`;
  if (node.kind === "scalar") return `-${tag} ${isBlock(node) ? blockScalar(text, node) : own}`;
  // The pair in `[a: b]` is a mapping without braces.
  const isPair = node.kind === "mapping" && node.flow && text[node.start] !== "{";
  return `-${tag}\n${" ".repeat(columnAt(text, node.start) + 1)}${isPair ? `{${own}}` : own}`;
}

function isBlock({ style }: ScalarNode): boolean {
  return style === "block" || style === "block-keep";
}

/** The range of a block scalar starts behind its header, whose indentation is counted from a parent that is not there. */
function blockScalar(text: string, node: ScalarNode): string {
  const header = /([|>][-+]?)[0-9]?([-+]?)[ \t]*(?:#.*)?\r?\n$/.exec(text.slice(0, node.start));
  if (header === null) throw new Error("a block scalar has a header");
  const lines = text.slice(node.start, node.end);
  const column =
    lines.search(/[^\r\n ]/) - lines.lastIndexOf("\n", lines.search(/[^\r\n ]/)) - 1 - node.text.search(/[^ ]/);
  return `${header[1]}2${header[2]}\n${lines.replaceAll(new RegExp(`^ {${column}}`, "gm"), "  ")}`;
}
