import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { run } from "../../src/pipeline/run";
import { get, getList, type Value } from "../../src/yaml/value";
import { deployment, functionConfig, head } from "../support/hostile";
import { itemsOf } from "../support/sections";

/*
 * Where a native sidecar is among the init containers that a user writes before and after it, and when kpt would copy
 * comments to other elements.
 */

/** Returns a ResourceList with init containers, as lines of the pod's spec. */
const listOf = (initContainers: string, annotations = "") =>
  `${head}${deployment("          image: web:1\n")}${initContainers}`.replace("    name: web\n", `$&${annotations}`);
const element = (name: string, comment = "") => `        - name: ${name}${comment}\n          image: shop/${name}:1\n`;
const two = `        initContainers:\n${element("one")}${element("two")}`;

const sidecar = (position: string) => functionConfig(`    agent: {native: true, position: ${position}}\n`);
const absent = functionConfig("    state: absent\n");
const ids = `    annotations:
      internal.config.kubernetes.io/path: web.yaml
      internal.config.kubernetes.io/id: "1"
`;

/** Runs a list with a configuration. Returns the list without it, and the names of the init containers. */
function inject(list: string, configuration: string) {
  const { stdout, stderr, status } = run(list + configuration);
  const items = getList(load(stdout) as Value, "items");
  const containers = getList(get(items[0], "spec", "template", "spec"), "initContainers");
  const text = `${head.slice(0, head.indexOf("items:"))}${itemsOf(stdout)}\n`;
  return { text, stderr, status, names: containers.map((container) => get(container, "name")) };
}

describe("a native sidecar", () => {
  test("is after the other init containers, or before them", () => {
    assert.deepEqual(inject(listOf(two), sidecar("last")).names, ["one", "two", "otel-collector"]);
    assert.deepEqual(inject(listOf(two), sidecar("first")).names, ["otel-collector", "one", "two"]);
  });

  test("moves if the position changes, with the same result as a first run", () => {
    const [first, last] = [inject(listOf(two), sidecar("first")), inject(listOf(two), sidecar("last"))];
    assert.equal(inject(first.text, sidecar("last")).text, last.text);
    assert.equal(inject(last.text, sidecar("first")).text, first.text);
  });

  test("moves before a container that a user adds before it, if it must be the first", () => {
    const { text } = inject(listOf(two), sidecar("first"));
    const edited = text.replace("        - name: otel-collector\n", `${element("mine")}$&`);
    const { names, text: moved } = inject(edited, sidecar("first"));
    assert.deepEqual(names, ["otel-collector", "mine", "one", "two"]);
    assert.equal(inject(moved, absent).text, listOf(two.replace(element("one"), `${element("mine")}$&`)));
  });

  test("stays before a container that a user adds after it, if it need not be the first", () => {
    const edited = inject(listOf(""), sidecar("last")).text + element("mine");
    for (const agent of ["{native: true, position: last}", "{native: true, name: other}"])
      assert.deepEqual(inject(edited, functionConfig(`    agent: ${agent}\n`)).names.at(-1), "mine");
    assert.equal(inject(edited, sidecar("last")).text.replace(/injected: .*/, ""), edited.replace(/injected: .*/, ""));
  });

  test("moves after a container that a user added after it, if it no longer must be the first", () => {
    const edited = inject(listOf(""), sidecar("first")).text + element("mine");
    assert.deepEqual(inject(edited, sidecar("first")).names, ["otel-collector", "mine"]);
    assert.deepEqual(inject(edited, sidecar("last")).names, ["mine", "otel-collector"]);
  });

  test("keeps comments before the first element with that element", () => {
    const list = listOf(
      two.replace("initContainers:\n", "initContainers: # in order\n        # of one\n\n        # too\n"),
    );
    const { text } = inject(list, sidecar("first"));
    assert.match(text, /initContainers: # in order\n {8}- name: otel-collector\n/);
    assert.match(text, /\n {8}# of one\n\n {8}# too\n {8}- name: one\n/);
    assert.equal(inject(text, absent).text, list);
  });
});

describe("with kpt's id annotations, a native sidecar", () => {
  const commented = two.replace(element("two"), element("two", " # kpt-set: x"));
  const refused = /initContainers: can't be reordered: kpt copies comments by their position.*Remove the comments/;

  test("is the first of a list without comments", () =>
    assert.deepEqual(inject(listOf(two, ids), sidecar("first")).names, ["otel-collector", "one", "two"]));

  const comments = {
    "after a value": commented,
    "before the first element": two.replace("initContainers:\n", "$&        # of one\n"),
    "between elements": two.replace(element("two"), `        # of two\n${element("two")}`),
    "at the end of the last element": `${two}          # end\n`,
    "in braces": "        initContainers: [ # order\n          {name: one}]\n",
  };
  for (const [place, initContainers] of Object.entries(comments)) {
    test(`is refused as the first of a list with a comment ${place}`, () => {
      const list = listOf(initContainers, ids);
      const { status, stderr, text } = inject(list, sidecar("first"));
      assert.equal(status, 1);
      assert.match(stderr, refused);
      assert.equal(text, list);
      assert.equal(inject(list, sidecar("last")).status, 0);
    });
  }

  test("is added if what looks like a comment is a value", () => {
    const args =
      '          args: ["a #b"]\n          command:\n          - |\n            #!/bin/sh\n            # run\n';
    const list = listOf(`        initContainers:\n        - name: one\n${args}`, ids);
    assert.deepEqual(inject(list, sidecar("first")).names, ["otel-collector", "one"]);
  });

  test("stays and changes where the command line added it, and isn't moved", () => {
    const { text } = inject(listOf(commented), sidecar("first"));
    const sent = text.replace("    annotations:\n", ids);
    assert.equal(inject(sent, sidecar("first")).text, sent);
    const changed = functionConfig("    agent: {native: true, position: first, args: [--a]}\n");
    assert.equal(inject(sent, changed).status, 0);
    const { status, stderr } = inject(sent, sidecar("last"));
    assert.equal(status, 1);
    assert.match(stderr, refused);
  });

  test("is removed, without the ids only if comments would move", () => {
    const hasIds = (initContainers: string) => {
      const { text } = inject(listOf(initContainers), sidecar("first"));
      return inject(text.replace("    annotations:\n", ids), absent).text.includes("kubernetes.io/id");
    };
    assert.equal(hasIds(two), true);
    assert.equal(hasIds(commented), false);
  });
});
