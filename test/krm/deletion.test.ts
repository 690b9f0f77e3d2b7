import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run } from "../../src/pipeline/run";
import { splitResults } from "../support/fixture";
import { functionConfig, head } from "../support/hostile";

/*
 * A generated object that comes or goes leaves what is around it as it was, and a block scalar before it.
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

interface Deleted {
  readonly before: string;
  readonly after: string;
  readonly stderr: string;
  readonly status: number;
}

/** A list whose Deployment was injected, with further lines behind the PodMonitor, and what becomes of it. */
function deleted(header: string, more: string, listHead = head): Deleted {
  return deletedOf(deployment(header), more, listHead);
}

function deletedOf(items: string, more: string, listHead = head): Deleted {
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
  test(`behind ${header}, it goes`, () => {
    assert.equal(deleted(header, "").after, head + deployment(header));
    const other = "- kind: ConfigMap\n  apiVersion: v1\n";
    assert.equal(deleted(header, other).after, head + deployment(header) + other);
    assert.equal(deleted(header, `# mine\n\n${other}`).after, `${head}${deployment(header)}# mine\n\n${other}`);
  });
}

for (const [header, blank] of [
  ["|+", "\n"],
  ["|+", " \n# mine\n"],
  ["|", "          \n"],
  [">-", "\n           \n"],
] as const) {
  test(`behind ${header}, it stays with ${JSON.stringify(blank)} behind it, which would become text`, () => {
    const { before, after, stderr, status } = deleted(header, blank);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^error: PodMonitor shop\/\S+: cannot be taken out: the blank line behind it would become text of the block scalar before it \(line \d+, column \d+ of the input\)\. \[invalid-object\]\n$/,
    );
    assert.equal(after, before);
  });
}

test("behind |, it goes with a blank line behind it, which stays", () => {
  assert.equal(deleted("|", "\n").after, `${head}${deployment("|")}\n`);
  assert.equal(deleted("|", "    \n").after, `${head}${deployment("|")}    \n`);
});

test("comments deeper than its dash go with it, also where the items are told apart by the parser", () => {
  const quoted = head.replace("items:", '"items":');
  for (const listHead of [head, quoted]) {
    const { after } = deleted("|", "        # its\n\n      # its too\n# mine\n", listHead);
    assert.equal(after, `${listHead}${deployment("|")}# mine\n`);
  }
});

test("it goes where a comment has ended the block scalar, whatever blank lines are behind", () => {
  for (const header of ["|", "|+", ">-"]) {
    for (const comment of ["    # his\n", "\n  # his\n", "    \t\n"]) {
      for (const blank of ["\n", "          \n", "\t\n"]) {
        const items = deployment(header) + comment;
        assert.equal(deletedOf(items, blank).after, head + items + blank);
      }
    }
  }
});

test("it goes with a line of a tab behind it, which no block scalar takes before its text's column", () => {
  assert.equal(deleted("|+", "  \t\n").after, `${head}${deployment("|+")}  \t\n`);
});

describe("behind an item that ends the text without a line break", () => {
  const list = (end: string) =>
    `${configuration()}${head}${deployment("|").replace("      note: |\n        x\n", "")}${end}`;
  const record = "      tracing-sidecar.dev/injected: x\n";

  test("nothing comes where a block scalar would get the line break", () => {
    const before = list(`${record}      note: |\n        x`);
    const { stdout, stderr, status } = run(before);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^error: Deployment shop\/web: nothing can be put behind it: its last line must end with a line break \(line \d+, column 10 of the input\)\./,
    );
    assert.equal(splitResults(stdout).rest, before);
  });

  test("an object comes where there is none", () => {
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
