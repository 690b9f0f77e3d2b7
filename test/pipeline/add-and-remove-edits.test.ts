import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CreatedCollections } from "../../src/pipeline/add-edits";
import { addEdits } from "../../src/pipeline/add-edits";
import type { RecordedAdditions } from "../../src/pipeline/injection-record";
import { removeEdits } from "../../src/pipeline/remove-edits";
import { run } from "../../src/pipeline/run";
import type { Addition } from "../../src/plan/addition";
import { applyEdits } from "../../src/yaml/edit";
import type { Node } from "../../src/yaml/node";
import { parse } from "../../src/yaml/parse";
import { YamlError } from "../../src/yaml/yaml-error";
import { codesOf } from "../support/fixture";
import { deployment, functionConfig, head } from "../support/hostile";
import { sameText } from "../support/same-text";

/*
 * Additions and removals in texts that a user has edited in between.
 */

const item = (text: string) => ({ text, node: parse(text) as Node });

/** Removes what a record names from a text. Returns the new text, and the paths that the text doesn't have. */
function remove(
  text: string,
  record: Partial<RecordedAdditions>,
): { readonly text: string; readonly missing: readonly string[] } {
  const { edits, missing } = removeEdits(item(text), {
    added: {},
    created: [],
    formerlyEmpty: {},
    ...record,
  });
  return { text: applyEdits(text, edits), missing };
}

const added = { "spec.volumes": ["ours"] };

describe("a list that was created for an addition", () => {
  const record = { added, created: ["spec.volumes"] };

  test("is removed with it", () => {
    assert.deepEqual(remove("spec:\n  a: b\n  volumes:\n  - name: ours\n", record), {
      text: "spec:\n  a: b\n",
      missing: [],
    });
  });

  for (const emptied of ["[]", "null", ""]) {
    test(`is removed if a user emptied it: ${emptied || "nothing"}`, () => {
      const { text, missing } = remove(`spec:\n  a: b\n  volumes: ${emptied}\n`, record);
      assert.equal(text, "spec:\n  a: b\n");
      assert.deepEqual(missing, ["spec.volumes"]);
    });
  }

  test("stays if a user added an element to it", () => {
    const { text } = remove("spec:\n  volumes:\n  - name: ours\n  - name: mine\n", record);
    assert.equal(text, "spec:\n  volumes:\n  - name: mine\n");
  });

  test("stays if a user replaced the added element with another", () => {
    const { text, missing } = remove("spec:\n  volumes:\n  - name: mine\n", record);
    assert.equal(text, "spec:\n  volumes:\n  - name: mine\n");
    assert.deepEqual(missing, ["spec.volumes[ours]"]);
  });

  test("is left alone if it isn't a list anymore", () => {
    const { text, missing } = remove("spec:\n  volumes: text\n", record);
    assert.equal(text, "spec:\n  volumes: text\n");
    assert.deepEqual(missing, ["spec.volumes"]);
  });
});

describe("a collection that existed before", () => {
  test("becomes empty if it has only added content", () => {
    const text = "spec:\n  volumes:\n  - name: ours\n  labels:\n    ours: a\n";
    const record = { added: { ...added, "spec.labels": ["ours"] } };
    assert.equal(remove(text, record).text, "spec:\n  volumes: []\n  labels: {}\n");
  });

  test("becomes empty after its key, and keeps its comments", () => {
    const text =
      "spec:\n  volumes: &a # mine\n  # above\n  - name: ours # ours\n  # below\n  labels:\n      ours: |\n        a\n";
    const record = { added: { ...added, "spec.labels": ["ours"] }, formerlyEmpty: { "spec.labels": "" } };
    assert.equal(remove(text, record).text, "spec:\n  volumes: &a [] # mine\n  # above\n  # below\n  labels:\n");
  });

  test("stays unchanged if a user emptied it", () => {
    for (const emptied of ["[]", "null", "~"]) {
      assert.equal(remove(`spec:\n  volumes: ${emptied}\n`, { added }).text, `spec:\n  volumes: ${emptied}\n`);
    }
  });

  test("and was empty gets its former spelling back", () => {
    const record = { added, formerlyEmpty: { "spec.volumes": "~" } };
    assert.equal(remove("spec:\n  volumes: [{name: ours}]\n", record).text, "spec:\n  volumes: ~\n");
    assert.equal(remove("spec:\n  volumes: [{name: mine}]\n", record).text, "spec:\n  volumes: [{name: mine}]\n");
    assert.equal(remove("spec:\n  volumes: []\n", record).text, "spec:\n  volumes: []\n", "a user's spelling stays");
  });

  test("isn't edited if it has explicit keys (`?`)", () => {
    const record = { added: { "spec.labels": ["ours"] } };
    assert.throws(() => remove("spec:\n  labels:\n    ? mine\n    : a\n    ours: b\n", record), YamlError);
  });
});

describe("refuses to add to a value of another type that isn't empty", () => {
  const element = { path: ["spec", "volumes"], elements: [{ name: "ours" }] };
  const entries = { path: ["spec", "labels"], entries: { ours: "a" } };
  const annotation = { name: "record", value: () => "r" };
  const cases = [
    { text: "spec: {volumes: {a: b}}\n", addition: element, message: "must be a list" },
    { text: "spec: {volumes: text}\n", addition: element, message: "must be a list" },
    { text: 'spec: {volumes: ""}\n', addition: element, message: "must be a list" },
    { text: "spec: {labels: [a]}\n", addition: entries, message: "must be a mapping" },
    { text: "spec: {labels: 5}\n", addition: entries, message: "must be a mapping" },
    { text: "spec: [a]\n", addition: entries, message: "must be a mapping" },
  ];
  for (const { text, addition, message } of cases) {
    test(`${text.trimEnd()}: ${message}`, () => {
      assert.throws(() => addEdits(item(text), [addition], annotation, new Map()), { name: "YamlError", message });
    });
  }

  test("names the workload and the field in a run", () => {
    const config = functionConfig(`    pod: {labels: {traced: "yes"}}\n`);
    const list = (labels: string) =>
      head + deployment().replace("    template:\n", `    template:\n      metadata: {labels: ${labels}}\n`) + config;
    const refused = run(list("[a]"));
    assert.match(refused.stderr, /^error: Deployment web: spec\.template\.metadata\.labels: must be a mapping\. /);
    assert.deepEqual(codesOf(run(list("{}"))).includes("managed"), true);
  });
});

test("adds to the element with the given name, and skips elements without a name", () => {
  const text = "spec:\n  containers:\n  - image: a\n  - name: 5\n  - name: web\n    env:\n    - name: A\n";
  const addition = { path: ["spec", "containers", { name: "web" }, "env"], elements: [{ name: "B" }] };
  const edits = addEdits(item(text), [addition], { name: "record", value: () => "r" }, new Map());
  sameText(applyEdits(text, edits), `${text}    - name: B\nmetadata:\n  annotations:\n    record: r\n`, "the output");
});

describe("remembers the position of a removed element", () => {
  const positions = (text: string, added: RecordedAdditions["added"]) =>
    Object.fromEntries(removeEdits(item(text), { added, created: [], formerlyEmpty: {} }).positions);

  test("if a user's element follows it", () => {
    assert.deepEqual(positions("spec:\n  volumes: [{name: a}, {name: ours}, {name: b}]\n", added), {
      "spec.volumes": 1,
    });
    assert.deepEqual(positions("a: b\nours: c\nd: e\n", { "": ["ours"] }), { "": 1 });
    const two = { "spec.volumes": ["one", "two"] };
    assert.deepEqual(positions("spec:\n  volumes: [{name: one}, {name: a}, {name: two}]\n", two), {
      "spec.volumes": 0,
    });
  });

  test("but not at the end, where new elements are added anyway", () => {
    assert.deepEqual(positions("spec:\n  volumes: [{name: a}, {name: ours}]\n", added), {});
    assert.deepEqual(positions("spec:\n  volumes: [{name: ours}]\n", added), {});
    const two = { "spec.volumes": ["one", "two"] };
    assert.deepEqual(positions("spec:\n  volumes: [{name: a}, {name: one}, {name: two}]\n", two), {});
  });

  test("and adds it there again", () => {
    const text = "spec:\n  volumes: [{name: a}, {name: b}]\nmetadata: {annotations: {}}\n";
    const addition = { path: ["spec", "volumes"], elements: [{ name: "ours" }] };
    const annotation = { name: "record", value: () => "r" };
    const edits = addEdits(item(text), [addition], annotation, new Map([["spec.volumes", 1]]));
    assert.equal(
      applyEdits(text, edits),
      "spec:\n  volumes: [{name: a}, {name: ours}, {name: b}]\nmetadata: {annotations: {record: r}}\n",
    );
  });
});

describe("an addition", () => {
  const annotation = {
    name: "record",
    value: (collections: CreatedCollections) => `record of ${JSON.stringify(collections).replaceAll('"', "")}`,
  };
  const added = (text: string, additions: readonly Addition[]) =>
    applyEdits(text, addEdits(item(text), additions, annotation, new Map()));
  const volume: Addition = { path: ["spec", "volumes"], elements: [{ name: "ours" }] };
  const label: Addition = { path: ["metadata", "labels"], entries: { ours: "a" } };

  test("creates missing collections and lists them in the record", () => {
    sameText(
      added("kind: A\n", [label, volume]),
      "kind: A\nmetadata:\n  labels:\n    ours: a\n  annotations:\n    record: record of {created:[metadata,metadata.labels,metadata.annotations,spec,spec.volumes],formerlyEmpty:{}}\nspec:\n  volumes:\n  - name: ours\n",
      "the output",
    );
    sameText(
      added("metadata:\n  name: a\nspec:\n  a: b\n", [volume, label]),
      "metadata:\n  name: a\n  labels:\n    ours: a\n  annotations:\n    record: record of {created:[spec.volumes,metadata.labels,metadata.annotations],formerlyEmpty:{}}\nspec:\n  a: b\n  volumes:\n  - name: ours\n",
      "the output",
    );
  });

  test("fills empty collections in place and notes their spelling in the record", () => {
    sameText(
      added("metadata:\n  annotations: {}\n  labels: ~\nspec:\n  volumes:\n", [volume, label]),
      `metadata:\n  annotations: {record: "record of {created:[],formerlyEmpty:{spec.volumes:,metadata.labels:~,metadata.annotations:{}}}"}\n  labels: {ours: a}\nspec:\n  volumes: [{name: ours}]\n`,
      "the output",
    );
  });

  test("finds elements by name, also if the name comes from a merge key", () => {
    const env: Addition = { path: ["spec", "containers", { name: "web" }, "env"], elements: [{ name: "A" }] };
    const text =
      "metadata: {annotations: {a: b}}\nx: &x {name: web}\nspec:\n  containers:\n  - text\n  - {name: other}\n  - <<: *x\n    image: a\n";
    const expected = text.replace(
      "a: b}",
      `a: b, record: "record of {created:[spec.containers[web].env],formerlyEmpty:{}}"}`,
    );
    sameText(added(text, [env]), `${expected}    env:\n    - name: A\n`, "the output");
  });

  test("to a single element leaves the list around it unchanged", () => {
    const env: Addition = { path: ["spec", "containers", { name: "web" }, "env"], elements: [{ name: "B" }] };
    const text = "metadata: {annotations: {a: b}}\nspec: {containers: [{name: web, env: [{name: A}]}]}\n";
    assert.match(added(text, [env]), /\nspec: \{containers: \[\{name: web, env: \[\{name: A\}, \{name: B\}\]\}\]\}\n$/);
  });

  test("is refused if its position is ambiguous or shared", () => {
    const refused = (text: string, message: string, offset: number) =>
      assert.throws(() => added(text, [volume]), { name: "YamlError", message, offset });
    refused("x: &x {spec: {a: b}}\n<<: *x\n", "spec can't be extended: it comes from a merge key (<<)", 0);
    refused("spec: {}\nspec: {}\n", 'the key "spec" is duplicated; it must be unique', 9);
    refused("spec: &x {a: b}\ny: *x\n", "can't be edited: a YAML alias elsewhere refers to it", 9);
    refused("spec: &x {}\ny: *x\n", "can't be edited: a YAML alias elsewhere refers to it", 9);
    refused("spec: {volumes: {}, volumes: {}}\n", 'the key "volumes" is duplicated; it must be unique', 20);
  });

  test("is refused if two elements have the name that it looks for", () => {
    const env: Addition = { path: ["spec", "containers", { name: "web" }, "env"], elements: [{ name: "A" }] };
    const text = "spec:\n  containers:\n  - name: other\n  - name: other\n  - name: web\n";
    added(text, [env]);
    const message = '"web" is duplicated; it must be unique';
    assert.throws(() => added(`${text}  - name: web\n`, [env]), { name: "YamlError", message, offset: 70 });
  });
});

describe("removing what a record names", () => {
  test("reports missing entries and removes the rest", () => {
    const added = { "": ["a"], "spec.volumes": ["ours", "gone"], "spec.gone": ["b"], "spec.list[web].env": ["A"] };
    const { text, missing } = remove("kind: A\nspec:\n  volumes: [{name: mine}, {name: ours}]\n  list: []\n", {
      added,
    });
    assert.equal(text, "kind: A\nspec:\n  volumes: [{name: mine}]\n  list: []\n");
    assert.deepEqual([...missing].sort(), ["a", "spec.gone", "spec.list[web]", "spec.volumes[gone]"]);
  });

  test("is refused if a user's element has the same name", () => {
    const refused = (text: string, added: RecordedAdditions["added"], name: string, offset: number) => {
      const message = `"${name}" is duplicated; it must be unique`;
      assert.throws(() => remove(text, { added }), { name: "YamlError", message, offset });
    };
    const env = { "spec.list[web].env": ["A"] };
    refused("spec:\n  volumes:\n  - name: ours\n  - name: ours\n", added, "ours", 36);
    refused("spec: {list: [{name: web}, {name: b}, {name: b}, {name: web}]}\n", env, "web", 49);
    refused("spec: {list: [{name: web, env: [{name: A}, {name: A}]}]}\n", env, "A", 43);
    refused("spec: {a: b, c: d, a: e}\n", { spec: ["a"] }, "a", 19);
    refused("spec: {volumes: []}\nspec: {}\n", added, "spec", 20);
  });

  test("finds elements by name and keeps elements without a name", () => {
    const added = { "spec.list[web].env": ["A"] };
    const text =
      "spec:\n  list:\n  - text\n  - env: [{name: A}, {name: B}]\n  - name: web\n    env: [{name: A}, {name: B}]\n";
    assert.deepEqual(remove(text, { added }), {
      text: text.replace("web\n    env: [{name: A}, ", "web\n    env: ["),
      missing: [],
    });
  });

  test("inside an element keeps the element and removes the list created in it", () => {
    const record = { added: { "spec.list[web].env": ["A"] }, created: ["spec.list[web].env"] };
    assert.equal(
      remove("spec:\n  list:\n  - name: web\n    env:\n    - name: A\n  - name: b\n", record).text,
      "spec:\n  list:\n  - name: web\n  - name: b\n",
    );
  });

  test("works next to keys that aren't strings", () => {
    assert.equal(remove("{[x]: y, ours: a}\n", { added: { "": ["ours"] } }).text, "{[x]: y}\n");
  });

  test("is refused for an alias, even an alias of null", () => {
    const record = { added, created: ["spec.volumes"] };
    assert.throws(() => remove("x: &x null\nspec:\n  a: b\n  volumes: *x\n", record), {
      name: "YamlError",
      message: "can't be edited: it is a YAML alias",
    });
  });

  test("keeps a list in an element that existed before and that a user emptied", () => {
    const text = "spec:\n  list:\n  - name: web\n    env: []\n";
    assert.deepEqual(remove(text, { added: { "spec.list[web].env": ["A"] }, created: ["spec.list"] }), {
      text,
      missing: ["spec.list[web].env[A]"],
    });
  });

  test("removes all collections that were created around it", () => {
    const record = { added: { "a.b.c": ["ours"] }, created: ["a", "a.b", "a.b.c"] };
    assert.equal(remove("kind: A\na:\n  b:\n    c:\n      ours: d\n", record).text, "kind: A\n");
    assert.equal(
      remove("kind: A\na:\n  b:\n    c:\n      ours: d\n    mine: e\n", record).text,
      "kind: A\na:\n  b:\n    mine: e\n",
    );
  });
});
