import assert from "node:assert/strict";
import { applyEdits } from "../../src/yaml/edit";
import type { Node } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { coreValue, loadYaml } from "../support/load";
import { checkNesting, checkRanges } from "../support/node-checks";
import { property } from "../support/property";
import { yamlText } from "../support/yaml-arbitrary";

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
  checkNesting(parse(text) as Node);
});

property("the range of a node holds its text, and nothing else", yamlText(), ({ text }) => {
  checkRanges(text);
});
