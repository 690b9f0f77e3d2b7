import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { splitResults } from "../support/fixture";
import { deployment, functionConfig, head } from "../support/hostile";
import { type BundleRun, runBundle } from "../support/run-bundle";

/*
 * Input that is large, or that becomes large through aliases. Each case runs in a separate process with a limited heap and
 * a timeout, so that an endless loop or excessive memory use fails the test instead of blocking the machine.
 */

/** Returns lists of nine aliases of the previous list, 25 levels deep: 9^25 elements in a few lines. */
function bomb(column: number): string {
  const line = (level: number) => {
    const elements = Array(9).fill(level === 0 ? "x" : `*b${level - 1}`);
    return `${" ".repeat(column)}b${level}: &b${level} [${elements.join(", ")}]\n`;
  };
  return Array.from({ length: 25 }, (_, level) => line(level)).join("");
}

const limited = { nodeOptions: ["--max-old-space-size=200"], timeout: 20_000 };

function requireInjected({ stdout, stderr, status }: BundleRun): void {
  assert.equal(status, 0, stderr);
  assert.match(stdout, /\n {8}- name: otel-collector\n/);
}

describe("alias bombs that the function doesn't need to read stay unchanged", () => {
  const configMap = `- apiVersion: v1\n  kind: ConfigMap\n  data:\n${bomb(4)}`;
  const cases: Readonly<Record<string, string>> = {
    "in another item": head + configMap + deployment() + functionConfig(),
    "across items": `${head}${configMap}- {data: *b24}\n${deployment()}${functionConfig()}`,
    "in earlier results": `${head}${deployment()}${functionConfig()}results:\n- a:\n${bomb(4)}`,
    "as merge keys": `${head}- data:\n    b0: &b0 {k: 1}\n${Array.from(
      { length: 30 },
      (_, i) => `    b${i + 1}: &b${i + 1} {<<: [*b${i}, *b${i}], k${i}: 1}\n`,
    ).join("")}${deployment()}${functionConfig()}`,
  };
  for (const [name, input] of Object.entries(cases)) test(name, () => requireInjected(runBundle(input, limited)));
});

test("an alias bomb in a workload that isn't selected stays unchanged", () => {
  const other = functionConfig().replace("selector: {}", "selector: {names: [another]}");
  const input = head + deployment().replace("  spec:\n", `  x:\n${bomb(4)}  spec:\n`) + other;
  const { stdout, stderr, status } = runBundle(input, limited);
  assert.equal(status, 0, stderr);
  assert.equal(splitResults(stdout).rest, input);
});

describe("alias bombs that the function would have to read or edit are refused", () => {
  const selected = deployment().replace("  spec:\n", `  x:\n${bomb(4)}  spec:\n`);
  const cases: Readonly<Record<string, string>> = {
    "in a selected workload": head + selected + functionConfig(),
    "defined in another item, in a selected workload": `${head}- x:\n${bomb(4)}${deployment("          x: *b24\n")}${functionConfig()}`,
    "in its selector":
      head +
      selected.replace("    template:", "    selector: {matchExpressions: *b24}\n    template:") +
      functionConfig("    podMonitor: {}\n"),
    "in its containers":
      head + selected.replace("        - name: web", "        - *b24\n        - name: web") + functionConfig(),
    "in the functionConfig": head + deployment() + functionConfig(`    x:\n${bomb(6)}`),
    "in a free-form field of the functionConfig":
      head + deployment() + functionConfig(`    agent:\n      securityContext:\n${bomb(8)}`),
    "in an env entry of the functionConfig":
      head + deployment() + functionConfig(`    agent:\n      env:\n      - name: A\n        valueFrom:\n${bomb(10)}`),
  };
  for (const [name, input] of Object.entries(cases)) {
    test(name, () => {
      const { stdout, stderr, status } = runBundle(input, limited);
      assert.equal(status, 1, stderr);
      assert.match(stderr, /^error: /);
      assert.equal(splitResults(stdout).rest, input);
    });
  }
});

test("handles 100 MB (a scalar, a list and 150,000 items) in less than a minute and 1.5 GB", () => {
  const scalar = `- apiVersion: v1\n  kind: ConfigMap\n  data:\n    text: |\n${`      ${"y".repeat(93)}\n`.repeat(650_000)}`;
  const list = `- apiVersion: v1\n  kind: ConfigMap\n  data:\n${"    - an element of a long list\n".repeat(500_000)}`;
  const items = Array.from(
    { length: 150_000 },
    (_, i) =>
      `- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: number-${i}\n    namespace: shop\n  data:\n    key: ${"v".repeat(60)}\n`,
  ).join("");
  const input = head + scalar + list + items + deployment() + functionConfig();
  assert.ok(input.length > 100_000_000, String(input.length));
  const outcome = runBundle(input, { nodeOptions: ["--max-old-space-size=1500"], timeout: 60_000 });
  requireInjected(outcome);
  // Additions are only in the last item and after it: everything before it is unchanged.
  const untouched = input.length - deployment().length - functionConfig().length;
  assert.ok(outcome.stdout.startsWith(input.slice(0, untouched)));
  assert.ok(outcome.stdout.includes(functionConfig()));
});
