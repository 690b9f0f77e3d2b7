import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toObject } from "../../src/kube/object";
import { matchGenerated } from "../../src/pipeline/generated-objects";
import { splitResults } from "../support/fixture";
import { deployment, functionConfig, head } from "../support/hostile";
import { type BundleRun, runBundle } from "../support/run-bundle";

/*
 * Input that is large in one dimension. Each case runs in a separate process with a limited heap, and must end with the
 * right output, or with an error that names the limit. Input that aliases make large is in hostile-size.test.ts.
 */

const tail = deployment() + functionConfig();

/** Checks that a large input stays unchanged, and that the workload after it is injected. */
function requirePassedOn(large: string, megabytes: number): void {
  const input = large + tail;
  const outcome = runBundle(input, { nodeOptions: [`--max-old-space-size=${megabytes}`], timeout: 300_000 });
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.ok(outcome.stdout.startsWith(large), "everything before the workload must stay unchanged");
  assert.match(outcome.stdout, /\n {8}- name: otel-collector\n/);
}

function requireRefused({ stdout, stderr, status }: BundleRun, message: RegExp): void {
  assert.equal(status, 1);
  assert.match(stderr, /^error: [^\n]* \[[a-z-]+\]\n$/);
  assert.match(stderr, message);
  assert.match(stdout, /^apiVersion: config\.kubernetes\.io\/v1\nkind: ResourceList\nitems:/);
}

const million = 1_000_000;

describe("passes on an object with", () => {
  const data = `${head}- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: large\n  data:\n`;

  test("300,000 keys on as many lines", () => {
    requirePassedOn(data + Array.from({ length: 300_000 }, (_, i) => `    key-${i}: v\n`).join(""), 500);
  });

  test("300,000 keys on one line", () => {
    const keys = Array.from({ length: 300_000 }, (_, i) => `key-${i}: v`).join(", ");
    requirePassedOn(data.replace(/:\n$/, `: {${keys}}\n`), 1500);
  });

  test("a plain scalar, a quoted scalar and a block scalar of 20 MB each", () => {
    const text = "0123456789 abcdef ".repeat(1_200_000).trimEnd();
    requirePassedOn(`${data}    plain: ${text}\n    quoted: "${text}"\n    block: |\n      ${text}\n`, 1000);
  });

  test("a scalar of 500,000 lines", () => {
    requirePassedOn(`${data}    text: "${"a line\n      ".repeat(500_000)}"\n`, 1500);
  });

  test("a comment of 20 MB, and a million comments", () => {
    requirePassedOn(`${data}    # ${"c".repeat(20_000_000)}\n${"    # a comment\n".repeat(million)}    key: v\n`, 1000);
  });
});

describe("handles many items:", () => {
  // hostile-size.test.ts has 150,000 that aren't workloads.
  test("5,000 workloads, each injected", () => {
    const workloads = Array.from({ length: 5_000 }, (_, i) =>
      deployment().replace("name: web\n", `name: web-${i}\n`),
    ).join("");
    const { stdout, stderr, status } = runBundle(head + workloads + functionConfig(), {
      nodeOptions: ["--max-old-space-size=375"],
      timeout: 300_000,
    });
    assert.equal(status, 0, stderr);
    assert.equal(stdout.match(/^ {8}- name: otel-collector$/gm)?.length, 5_000);
  });

  test("200,000 in one file, each with a generated object at the next free index", () => {
    const count = 200_000;
    const sources = Array.from({ length: count }, (_, index) => ({
      object: toObject({
        metadata: {
          annotations: { "config.kubernetes.io/path": "all.yaml", "config.kubernetes.io/index": `${index}` },
        },
      }),
      objects: [{ kind: "Certificate", metadata: {} }],
    }));
    const { create } = matchGenerated(
      sources,
      [],
      sources.map(({ object }) => object),
    );
    assert.deepEqual(
      create.map(({ index }) => index),
      Array.from({ length: count }, (_, i) => count + i),
    );
  });
});

describe("refuses input beyond a limit, with a clear error:", () => {
  const limited = { nodeOptions: ["--max-old-space-size=1000"], timeout: 300_000 };

  test("a hundred thousand documents", () => {
    requireRefused(runBundle(`${head}${tail}${"---\na: b\n".repeat(100_000)}`, limited), /single YAML document/);
  });

  test("nesting of a million levels", () => {
    for (const [open, close] of ["[]", "{}"]) {
      const deep = `${head}- data: ${(open as string).repeat(million)}${(close as string).repeat(million)}\n${tail}`;
      requireRefused(runBundle(deep, limited), /nested too deeply/);
    }
  });

  test("a selected workload of more than 100,000 nodes", () => {
    const annotations = Array.from({ length: 120_000 }, (_, i) => `      a${i}: b\n`).join("");
    const large = deployment().replace("    name: web\n", `    name: web\n    annotations:\n${annotations}`);
    const { stdout, stderr, status } = runBundle(head + large + functionConfig(), limited);
    assert.equal(status, 1);
    assert.match(stderr, /^error: Deployment web: .*more than 100,000 values/);
    assert.equal(splitResults(stdout).rest, head + large + functionConfig());
  });

  test("a functionConfig of more than 100,000 nodes", () => {
    const names = Array.from({ length: 120_000 }, (_, i) => `      - name-${i}\n`).join("");
    const large = functionConfig().replace("    selector: {}\n", `    selector:\n      names:\n${names}`);
    requireRefused(runBundle(head + deployment() + large, limited), /more than 100,000 values/);
  });
});
