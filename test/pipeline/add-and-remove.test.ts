import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CreatedCollections } from "../../src/pipeline/add";
import { addEdits } from "../../src/pipeline/add";
import type { InjectionRecord } from "../../src/pipeline/injection-record";
import { removeEdits } from "../../src/pipeline/remove";
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
 * Additions and records against texts that somebody has edited in between.
 */

const item = (text: string) => ({ text, node: parse(text) as Node });

/** A text from which what a record names was taken back, and what of that was not there. */
function back(
  text: string,
  record: Partial<InjectionRecord>,
): { readonly text: string; readonly missing: readonly string[] } {
  const { edits, missing } = removeEdits(item(text), {
    owner: "tracing",
    added: {},
    created: [],
    formerlyEmpty: {},
    ...record,
  });
  return { text: applyEdits(text, edits), missing };
}

const ours = { "spec.volumes": ["ours"] };

describe("a list that was made for what was added", () => {
  const made = { added: ours, created: ["spec.volumes"] };

  test("goes with it", () => {
    assert.deepEqual(back("spec:\n  a: b\n  volumes:\n  - name: ours\n", made), {
      text: "spec:\n  a: b\n",
      missing: [],
    });
  });

  for (const emptied of ["[]", "null", ""]) {
    test(`goes where somebody left nothing in it: ${emptied || "nothing"}`, () => {
      const { text, missing } = back(`spec:\n  a: b\n  volumes: ${emptied}\n`, made);
      assert.equal(text, "spec:\n  a: b\n");
      assert.deepEqual(missing, ["spec.volumes"]);
    });
  }

  test("stays with what a user put into it", () => {
    const { text } = back("spec:\n  volumes:\n  - name: ours\n  - name: mine\n", made);
    assert.equal(text, "spec:\n  volumes:\n  - name: mine\n");
  });

  test("stays where what was added is gone, and a user's is there", () => {
    const { text, missing } = back("spec:\n  volumes:\n  - name: mine\n", made);
    assert.equal(text, "spec:\n  volumes:\n  - name: mine\n");
    assert.deepEqual(missing, ["spec.volumes[ours]"]);
  });

  test("is left alone where it is no list any more", () => {
    const { text, missing } = back("spec:\n  volumes: text\n", made);
    assert.equal(text, "spec:\n  volumes: text\n");
    assert.deepEqual(missing, ["spec.volumes"]);
  });
});

describe("a collection that was there before", () => {
  test("is empty where all that is left of it was added", () => {
    const text = "spec:\n  volumes:\n  - name: ours\n  labels:\n    ours: a\n";
    const record = { added: { ...ours, "spec.labels": ["ours"] } };
    assert.equal(back(text, record).text, "spec:\n  volumes: []\n  labels: {}\n");
  });

  test("is empty behind its key, with the comments that stand there", () => {
    const text =
      "spec:\n  volumes: &a # mine\n  # above\n  - name: ours # ours\n  # below\n  labels:\n      ours: |\n        a\n";
    const record = { added: { ...ours, "spec.labels": ["ours"] }, formerlyEmpty: { "spec.labels": "" } };
    assert.equal(back(text, record).text, "spec:\n  volumes: &a [] # mine\n  # above\n  # below\n  labels:\n");
  });

  test("stays as it is where somebody emptied it", () => {
    for (const emptied of ["[]", "null", "~"]) {
      assert.equal(back(`spec:\n  volumes: ${emptied}\n`, { added: ours }).text, `spec:\n  volumes: ${emptied}\n`);
    }
  });

  test("and was empty, gets back what stood for that", () => {
    const record = { added: ours, formerlyEmpty: { "spec.volumes": "~" } };
    assert.equal(back("spec:\n  volumes: [{name: ours}]\n", record).text, "spec:\n  volumes: ~\n");
    assert.equal(back("spec:\n  volumes: [{name: mine}]\n", record).text, "spec:\n  volumes: [{name: mine}]\n");
    assert.equal(
      back("spec:\n  volumes: []\n", record).text,
      "spec:\n  volumes: []\n",
      "somebody's own spelling stays",
    );
  });

  test("is not edited where its keys are not written plainly", () => {
    const record = { added: { "spec.labels": ["ours"] } };
    assert.throws(() => back("spec:\n  labels:\n    ? mine\n    : a\n    ours: b\n", record), YamlError);
  });
});

describe("an addition to what is neither empty nor of its kind is refused", () => {
  const element = { path: ["spec", "volumes"], elements: [{ name: "ours" }] };
  const entries = { path: ["spec", "labels"], entries: { ours: "a" } };
  const annotation = { name: "record", value: () => "r" };
  const cases = [
    { text: "spec: {volumes: {a: b}}\n", addition: element, message: "spec.volumes must be a list" },
    { text: "spec: {volumes: text}\n", addition: element, message: "spec.volumes must be a list" },
    { text: 'spec: {volumes: ""}\n', addition: element, message: "spec.volumes must be a list" },
    { text: "spec: {labels: [a]}\n", addition: entries, message: "spec.labels must be a mapping" },
    { text: "spec: {labels: 5}\n", addition: entries, message: "spec.labels must be a mapping" },
    { text: "spec: [a]\n", addition: entries, message: "spec must be a mapping" },
  ];
  for (const { text, addition, message } of cases) {
    test(`${text.trimEnd()}: ${message}`, () => {
      assert.throws(() => addEdits(item(text), [addition], annotation, new Map()), { name: "YamlError", message });
    });
  }

  test("by name, in a run", () => {
    const config = functionConfig(`    pod: {labels: {traced: "yes"}}\n`);
    const list = (labels: string) =>
      head + deployment().replace("    template:\n", `    template:\n      metadata: {labels: ${labels}}\n`) + config;
    const refused = run(list("[a]"));
    assert.match(
      refused.stderr,
      /^error: Deployment web: spec\.template\.metadata\.labels must be a mapping \(line \d+/,
    );
    assert.deepEqual(codesOf(run(list("{}"))).includes("injected"), true);
  });
});

test("an addition goes into the element of its name, and elements without one are passed over", () => {
  const text = "spec:\n  containers:\n  - image: a\n  - name: 5\n  - name: web\n    env:\n    - name: A\n";
  const addition = { path: ["spec", "containers", { name: "web" }, "env"], elements: [{ name: "B" }] };
  const edits = addEdits(item(text), [addition], { name: "record", value: () => "r" }, new Map());
  sameText(
    applyEdits(text, edits),
    `${text}    - name: B\nmetadata:\n  annotations:\n    record: r\n`,
    "what comes out",
  );
});

describe("where what was taken back stood is remembered, so that it comes back there", () => {
  const positions = (text: string, added: InjectionRecord["added"]) =>
    Object.fromEntries(removeEdits(item(text), { owner: "tracing", added, created: [], formerlyEmpty: {} }).positions);

  test("where something of a user's is behind it", () => {
    assert.deepEqual(positions("spec:\n  volumes: [{name: a}, {name: ours}, {name: b}]\n", ours), {
      "spec.volumes": 1,
    });
    assert.deepEqual(positions("a: b\nours: c\nd: e\n", { "": ["ours"] }), { "": 1 });
    const two = { "spec.volumes": ["one", "two"] };
    assert.deepEqual(positions("spec:\n  volumes: [{name: one}, {name: a}, {name: two}]\n", two), {
      "spec.volumes": 0,
    });
  });

  test("but not at the end, where anything new goes", () => {
    assert.deepEqual(positions("spec:\n  volumes: [{name: a}, {name: ours}]\n", ours), {});
    assert.deepEqual(positions("spec:\n  volumes: [{name: ours}]\n", ours), {});
    const two = { "spec.volumes": ["one", "two"] };
    assert.deepEqual(positions("spec:\n  volumes: [{name: a}, {name: one}, {name: two}]\n", two), {});
  });

  test("and it goes to that place", () => {
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

describe("what is added", () => {
  const annotation = {
    name: "record",
    value: (collections: CreatedCollections) => `record of ${JSON.stringify(collections).replaceAll('"', "")}`,
  };
  const added = (text: string, additions: readonly Addition[]) =>
    applyEdits(text, addEdits(item(text), additions, annotation, new Map()));
  const volume: Addition = { path: ["spec", "volumes"], elements: [{ name: "ours" }] };
  const label: Addition = { path: ["metadata", "labels"], entries: { ours: "a" } };

  test("makes the collections that are not there, and the record tells of all of them", () => {
    sameText(
      added("kind: A\n", [label, volume]),
      "kind: A\nspec:\n  volumes:\n  - name: ours\nmetadata:\n  labels:\n    ours: a\n  annotations:\n    record: record of {created:[spec,metadata],formerlyEmpty:{}}\n",
      "what comes out",
    );
    sameText(
      added("metadata:\n  name: a\nspec:\n  a: b\n", [volume, label]),
      "metadata:\n  name: a\n  labels:\n    ours: a\n  annotations:\n    record: record of {created:[spec.volumes,metadata.labels,metadata.annotations],formerlyEmpty:{}}\nspec:\n  a: b\n  volumes:\n  - name: ours\n",
      "what comes out",
    );
  });

  test("fills what is empty in its place, and the record tells how that was written", () => {
    sameText(
      added("metadata:\n  annotations: {}\n  labels: ~\nspec:\n  volumes:\n", [volume, label]),
      `metadata:\n  annotations: {record: "record of {created:[],formerlyEmpty:{spec.volumes:,metadata.labels:~,metadata.annotations:{}}}"}\n  labels: {ours: a}\nspec:\n  volumes: [{name: ours}]\n`,
      "what comes out",
    );
  });

  test("goes to elements by the names that they have, a merge key's included", () => {
    const env: Addition = { path: ["spec", "containers", { name: "web" }, "env"], elements: [{ name: "A" }] };
    const text =
      "metadata: {annotations: {a: b}}\nx: &x {name: web}\nspec:\n  containers:\n  - text\n  - {name: other}\n  - <<: *x\n    image: a\n";
    const expected = text.replace(
      "a: b}",
      `a: b, record: "record of {created:[spec.containers[web].env],formerlyEmpty:{}}"}`,
    );
    sameText(added(text, [env]), `${expected}    env:\n    - name: A\n`, "what comes out");
  });

  test("to an element alone, leaves the list around it as it is", () => {
    const env: Addition = { path: ["spec", "containers", { name: "web" }, "env"], elements: [{ name: "B" }] };
    const text = "metadata: {annotations: {a: b}}\nspec: {containers: [{name: web, env: [{name: A}]}]}\n";
    assert.match(added(text, [env]), /\nspec: \{containers: \[\{name: web, env: \[\{name: A\}, \{name: B\}\]\}\]\}\n$/);
  });

  test("is refused where it has no single place", () => {
    const refused = (text: string, message: string, offset: number) =>
      assert.throws(() => added(text, [volume]), { name: "YamlError", message, offset });
    refused("x: &x {spec: {a: b}}\n<<: *x\n", "spec cannot be extended: it comes from a merge key (<<)", 0);
    refused("spec: {}\nspec: {}\n", "spec cannot be edited: it stands twice", 9);
    refused("spec: &x {a: b}\ny: *x\n", "cannot be edited: an alias elsewhere refers to it", 9);
    refused("spec: &x {}\ny: *x\n", "cannot be edited: an alias elsewhere refers to it", 9);
    refused("spec: {volumes: {}, volumes: {}}\n", "volumes cannot be edited: it stands twice", 20);
  });

  test("is refused where two elements have the name of the one that it goes to", () => {
    const env: Addition = { path: ["spec", "containers", { name: "web" }, "env"], elements: [{ name: "A" }] };
    const text = "spec:\n  containers:\n  - name: other\n  - name: other\n  - name: web\n";
    added(text, [env]);
    const message = "spec.containers[web] must stand once: two of one name cannot be told apart";
    assert.throws(() => added(`${text}  - name: web\n`, [env]), { name: "YamlError", message, offset: 70 });
  });
});

describe("what a record names", () => {
  test("and is not there is told, and the rest goes", () => {
    const added = { "": ["a"], "spec.volumes": ["ours", "gone"], "spec.gone": ["b"], "spec.list[web].env": ["A"] };
    const { text, missing } = back("kind: A\nspec:\n  volumes: [{name: mine}, {name: ours}]\n  list: []\n", { added });
    assert.equal(text, "kind: A\nspec:\n  volumes: [{name: mine}]\n  list: []\n");
    assert.deepEqual([...missing].sort(), ["a", "spec.gone", "spec.list[web]", "spec.volumes[gone]"]);
  });

  test("is left with what a user wrote where both have one name", () => {
    const refused = (text: string, added: InjectionRecord["added"], path: string, offset: number) => {
      const message = `${path} must stand once: two of one name cannot be told apart`;
      assert.throws(() => back(text, { added }), { name: "YamlError", message, offset });
    };
    const env = { "spec.list[web].env": ["A"] };
    refused("spec:\n  volumes:\n  - name: ours\n  - name: ours\n", ours, "spec.volumes[ours]", 36);
    refused("spec: {list: [{name: web}, {name: b}, {name: b}, {name: web}]}\n", env, "spec.list[web]", 49);
    refused("spec: {list: [{name: web, env: [{name: A}, {name: A}]}]}\n", env, "spec.list[web].env[A]", 43);
    refused("spec: {a: b, c: d, a: e}\n", { spec: ["a"] }, "spec.a", 19);
    refused("spec: {volumes: []}\nspec: {}\n", ours, "spec", 20);
  });

  test("is found by the name of an element, and elements without one stay", () => {
    const added = { "spec.list[web].env": ["A"] };
    const text =
      "spec:\n  list:\n  - text\n  - env: [{name: A}, {name: B}]\n  - name: web\n    env: [{name: A}, {name: B}]\n";
    assert.deepEqual(back(text, { added }), {
      text: text.replace("web\n    env: [{name: A}, ", "web\n    env: ["),
      missing: [],
    });
  });

  test("of an element leaves the element, and what was made in it goes", () => {
    const record = { added: { "spec.list[web].env": ["A"] }, created: ["spec.list[web].env"] };
    assert.equal(
      back("spec:\n  list:\n  - name: web\n    env:\n    - name: A\n  - name: b\n", record).text,
      "spec:\n  list:\n  - name: web\n  - name: b\n",
    );
  });

  test("goes from among keys that are no texts", () => {
    assert.equal(back("{[x]: y, ours: a}\n", { added: { "": ["ours"] } }).text, "{[x]: y}\n");
  });

  test("is not looked for behind an alias, not even one of nothing", () => {
    const record = { added: ours, created: ["spec.volumes"] };
    assert.throws(() => back("x: &x null\nspec:\n  a: b\n  volumes: *x\n", record), {
      name: "YamlError",
      message: "cannot be edited: it is an alias",
    });
  });

  test("of an element leaves a list there that was not made for it, where somebody emptied that", () => {
    const text = "spec:\n  list:\n  - name: web\n    env: []\n";
    assert.deepEqual(back(text, { added: { "spec.list[web].env": ["A"] }, created: ["spec.list"] }), {
      text,
      missing: ["spec.list[web].env[A]"],
    });
  });

  test("goes with all that was made around it", () => {
    const record = { added: { "a.b.c": ["ours"] }, created: ["a"] };
    assert.equal(back("kind: A\na:\n  b:\n    c:\n      ours: d\n", record).text, "kind: A\n");
    assert.equal(
      back("kind: A\na:\n  b:\n    c:\n      ours: d\n    mine: e\n", record).text,
      "kind: A\na:\n  b:\n    mine: e\n",
    );
  });
});
