import assert from "node:assert/strict";
import { applyEdits } from "../../src/yaml/edit";
import type { Node } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { coreValue, loadYaml } from "../support/load";
import { checkNesting, checkRanges } from "../support/node-checks";
import { property } from "../support/property";
import { yamlText } from "../support/yaml-arbitrary";

property("generated texts are valid YAML with the generated value", yamlText(), ({ text, value }) => {
  assert.deepEqual(loadYaml(text), value);
});

property("a text has the value that js-yaml reads", yamlText(), ({ text, value }) => {
  assert.deepEqual(coreValue(text), value);
});

property("without edits, every byte stays the same", yamlText(), ({ text }) => {
  parse(text);
  assert.equal(applyEdits(text, []), text);
});

property("children are within their parents, in order", yamlText(), ({ text }) => {
  checkNesting(parse(text) as Node);
});

property("the range of a node contains its text and nothing else", yamlText(), ({ text }) => {
  checkRanges(text);
});
