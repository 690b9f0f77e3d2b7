import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { add, takeBack } from "../src/apply";
import { run } from "../src/function";
import type { Record } from "../src/record";
import { applyEdits } from "../src/yaml/edit";
import { YamlError } from "../src/yaml/error";
import type { Node } from "../src/yaml/node";
import { parse } from "../src/yaml/parse";
import { codesOf } from "./support/fixture";
import { deployment, functionConfig, head } from "./support/hostile";
import { sameText } from "./support/same-text";

/*
 * Additions and records against texts that somebody has edited in between.
 */

const item = (text: string) => ({ text, node: parse(text) as Node });

/** A text from which what a record names was taken back, and what of that was not there. */
function back(text: string, record: Partial<Record>): { readonly text: string; readonly missing: readonly string[] } {
  const { edits, missing } = takeBack(item(text), { by: "tracing", added: {}, made: [], empty: {}, ...record });
  return { text: applyEdits(text, edits), missing };
}

const ours = { "spec.volumes": ["ours"] };

describe("a list that was made for what was added", () => {
  const made = { added: ours, made: ["spec.volumes"] };

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
    const record = { added: { ...ours, "spec.labels": ["ours"] }, empty: { "spec.labels": "" } };
    assert.equal(back(text, record).text, "spec:\n  volumes: &a [] # mine\n  # above\n  # below\n  labels:\n");
  });

  test("stays as it is where somebody emptied it", () => {
    for (const emptied of ["[]", "null", "~"]) {
      assert.equal(back(`spec:\n  volumes: ${emptied}\n`, { added: ours }).text, `spec:\n  volumes: ${emptied}\n`);
    }
  });

  test("and was empty, gets back what stood for that", () => {
    const record = { added: ours, empty: { "spec.volumes": "~" } };
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
      assert.throws(() => add(item(text), [addition], annotation, new Map()), { name: "YamlError", message });
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
  const edits = add(item(text), [addition], { name: "record", value: () => "r" }, new Map());
  sameText(
    applyEdits(text, edits),
    `${text}    - name: B\nmetadata:\n  annotations:\n    record: r\n`,
    "what comes out",
  );
});
