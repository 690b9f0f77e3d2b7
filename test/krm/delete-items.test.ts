import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { printRecord } from "../../src/pipeline/injection-record";
import { run } from "../../src/pipeline/run";
import { splitResults } from "../support/fixture";
import { functionConfig, head } from "../support/hostile";

/*
 * Adding or deleting a generated object leaves the text around it unchanged, and the value of a block scalar before it.
 */

const configuration = (more = "") => functionConfig(`    podMonitor: {}\n${more}`);
const absent = configuration("    state: absent\n");

/** A Deployment that ends with a block scalar. */
const deployment = (header: string) => `- apiVersion: apps/v1
  kind: Deployment
  spec:
    template:
      metadata:
        labels: {app: web}
      spec:
        containers:
        - name: web
  metadata:
    name: web
    namespace: shop
    annotations:
      note: ${header}
        x
`;

/** The outcome of deleting the PodMonitor: the list before and after, up to its functionConfig. */
interface Deletion {
  readonly before: string;
  readonly after: string;
  readonly stderr: string;
  readonly status: number;
}

/**
 * Injects a Deployment that ends with a block scalar, then deletes the PodMonitor.
 *
 * @param header the block scalar's header.
 * @param more further lines after the PodMonitor.
 */
function deletePodMonitor(header: string, more: string, listHead = head): Deletion {
  return deleteAfter(deployment(header), more, listHead);
}

/** Does the same with any items. */
function deleteAfter(items: string, more: string, listHead = head): Deletion {
  const first = run(listHead + items + configuration());
  assert.equal(first.status, 0, first.stderr);
  const before = first.stdout.replace("functionConfig:", `${more}functionConfig:`).replace(configuration(), absent);
  const { stdout, stderr, status } = run(before);
  return { before: upToConfig(before), after: upToConfig(stdout), stderr, status };
}

function upToConfig(text: string): string {
  return text.slice(0, text.indexOf("functionConfig:"));
}

for (const header of ["|", "|+", ">-"]) {
  test(`deletes an object after a block scalar with ${header}`, () => {
    assert.equal(deletePodMonitor(header, "").after, head + deployment(header));
    const other = "- kind: ConfigMap\n  apiVersion: v1\n";
    assert.equal(deletePodMonitor(header, other).after, head + deployment(header) + other);
    assert.equal(
      deletePodMonitor(header, `# mine\n\n${other}`).after,
      `${head}${deployment(header)}# mine\n\n${other}`,
    );
  });
}

for (const [header, blank] of [
  ["|+", "\n"],
  ["|+", " \n# mine\n"],
  ["|", "          \n"],
  [">-", "\n           \n"],
] as const) {
  test(`keeps an object between a block scalar with ${header} and ${JSON.stringify(blank)}, which would become text`, () => {
    const { before, after, stderr, status } = deletePodMonitor(header, blank);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^error: PodMonitor shop\/\S+: generated lines can't be removed: the blank line after them would become part of the block scalar before them\. Delete the blank line\. \[invalid-object\]\n$/,
    );
    assert.equal(after, before);
  });
}

test("deletes an object after a block scalar with | and keeps the blank line after it", () => {
  assert.equal(deletePodMonitor("|", "\n").after, `${head}${deployment("|")}\n`);
  assert.equal(deletePodMonitor("|", "    \n").after, `${head}${deployment("|")}    \n`);
});

test("deletes the comments that are indented deeper than the object's dash, also if the parser finds the items", () => {
  const quoted = head.replace("items:", '"items":');
  for (const listHead of [head, quoted]) {
    const { after } = deletePodMonitor("|", "        # its\n\n      # its too\n# mine\n", listHead);
    assert.equal(after, `${listHead}${deployment("|")}# mine\n`);
  }
});

test("deletes an object if a comment ends the block scalar before it, with any blank line after it", () => {
  for (const header of ["|", "|+", ">-"]) {
    for (const comment of ["    # his\n", "\n  # his\n", "    \t\n"]) {
      for (const blank of ["\n", "          \n", "\t\n"]) {
        const items = deployment(header) + comment;
        assert.equal(deleteAfter(items, blank).after, head + items + blank);
      }
    }
  }
});

test("deletes an object before a line with a tab, which can't be part of a block scalar before its text's column", () => {
  assert.equal(deletePodMonitor("|+", "  \t\n").after, `${head}${deployment("|+")}  \t\n`);
});

describe("an object after an item that ends the text without a line break", () => {
  const list = (end: string) =>
    `${configuration()}${head}${deployment("|").replace("      note: |\n        x\n", "")}${end}`;
  const nothing = { owner: "tracing", added: {}, created: [], formerlyEmpty: {}, first: [] };
  const record = `      tracing-sidecar.dev/injected: '${printRecord(nothing, "spec.template.spec")}'\n`;

  test("is refused if the line break would become part of a block scalar", () => {
    const before = list(`${record}      note: |\n        x`);
    const { stdout, stderr, status } = run(before);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^error: Deployment shop\/web: can't add an object after this one: add a line break at the end of the file\./,
    );
    assert.equal(splitResults(stdout).rest, before);
  });

  test("is added if no block scalar would change", () => {
    for (const end of [
      `${record}      note: x`,
      `${record}      note: |-\n        x`,
      "      note: |+\n        x\n\n  ",
      "      note: [x]",
    ]) {
      const { stdout, stderr, status } = run(list(end));
      assert.equal(status, 0, stderr);
      assert.match(stdout, /\n- apiVersion: monitoring\.coreos\.com\/v1\n {2}kind: PodMonitor\n/);
      assert.doesNotMatch(stdout, /\n$/);
      assert.equal(splitResults(run(stdout).stdout).rest, splitResults(stdout).rest);
    }
  });
});
