import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { offsetOf, type PathStep, pathTo } from "../../src/yaml/locate";
import { parse } from "../../src/yaml/parse";
import { positionAt } from "../../src/yaml/yaml-error";

const text = `# The configuration
spec:
  plain: value
  "quoted": {flow: [one, {deep: two}]}
  block: |
    text
  empty:
  base: &base
    shared: x
    own: 1
  merged:
    <<: *base
    own: 2
  several:
    <<: [{first: 1}, *base]
  alias: *base
  list:
  - name: web
    image: a
  -   name: api
  - plain
`;

const root = parse(text) ?? assert.fail("the text has a document");

/** Returns the line and column of a path, as LINE:COLUMN. */
function place(path: readonly PathStep[], isKey = false): string {
  const { line, column } = positionAt(text, offsetOf(text, root, path, isKey));
  return `${line}:${column}`;
}

describe("the place of a path", () => {
  const cases: readonly [string, readonly PathStep[], string][] = [
    ["a value on the line of its key", ["spec", "plain"], "3:10"],
    ["the key of a mapping on the lines after it", ["spec"], "2:1"],
    ["the key of a block scalar", ["spec", "block"], "5:3"],
    ["the key of an empty value", ["spec", "empty"], "7:3"],
    ["an element of a list in brackets", ["spec", "quoted", "flow", 0], "4:21"],
    ["a value in braces", ["spec", "quoted", "flow", 1, "deep"], "4:33"],
    ["a value from a merge key, where it is written", ["spec", "merged", "shared"], "9:13"],
    ["a value beside a merge key", ["spec", "merged", "own"], "13:10"],
    ["a value from a list of merge keys", ["spec", "several", "own"], "10:10"],
    ["a value of an alias, where it is written", ["spec", "alias", "shared"], "9:13"],
    ["an element by its name", ["spec", "list", { name: "api" }], "20:7"],
    ["a field of an element by its name", ["spec", "list", { name: "web" }, "image"], "19:12"],
    ["an element by its index", ["spec", "list", 2], "21:5"],
    ["the nearest one that exists, if a field doesn't", ["spec", "quoted", "other", "field"], "4:3"],
    ["the nearest one that exists, if an element doesn't", ["spec", "list", { name: "db" }, "env"], "17:3"],
    ["the nearest one that exists, below a scalar", ["spec", "plain", "field", 0], "3:3"],
    ["the document's start, if nothing exists", ["status"], "2:1"],
  ];
  for (const [name, path, expected] of cases) test(`is ${name}`, () => assert.equal(place(path), expected));

  test("is the key on request", () => assert.equal(place(["spec", "plain"], true), "3:3"));

  test("is found in a text in which merge keys refer to each other many times", () => {
    const names = Array.from({ length: 30 }, (_, i) => `a${i}`);
    const levels = names.slice(1).map((name, i) => `${name}: &${name}\n  <<: [*a${i}, *a${i}, *a${i}]\n`);
    const bomb = `a0: &a0 {x: 1}\n${levels.join("")}`;
    const node = parse(bomb) ?? assert.fail("the text has a document");
    assert.equal(offsetOf(bomb, node, ["a29", "missing"]), bomb.indexOf("a29:"));
  });
});

describe("the path to an offset", () => {
  const pathAt = (part: string) => pathTo(root, text.indexOf(part));
  test("leads to the value or key that starts there", () => {
    assert.deepEqual(pathAt("value"), ["spec", "plain"]);
    assert.deepEqual(pathAt("{deep"), ["spec", "quoted", "flow", 1]);
    assert.deepEqual(pathAt("two"), ["spec", "quoted", "flow", 1, "deep"]);
    assert.deepEqual(pathAt("image"), ["spec", "list", { name: "web" }, "image"]);
    assert.deepEqual(pathAt("name: api"), ["spec", "list", { name: "api" }]);
  });
  test("leads to the innermost value that contains it, if nothing starts there", () => {
    assert.deepEqual(pathAt("alue"), ["spec", "plain"]);
    assert.deepEqual(pathAt("<<"), ["spec", "merged"]);
    assert.deepEqual(pathAt("# The"), []);
  });
});
