import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { changeLines, runWithChanges } from "../support/changes";
import { splitResults } from "../support/fixture";
import { deployment, functionConfig, head, unreadable } from "../support/hostile";

/*
 * No message contains a value that could be a secret, because results end up on screens, in pipeline logs and in stored
 * reports. The input has a marker wherever a secret can be: in Secrets, env values, args, annotations and tags. It is then
 * broken at every position in many ways, and the marker must not be in any message or result.
 */

const marker = "hunter2";

const input = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: Secret
  metadata:
    name: credentials
    annotations:
      last-applied: '${marker}'
  data:
    a: ${marker}
  stringData: {b: "${marker}", c: '${marker}'}
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: web
    annotations:
      note: ${marker}
  spec:
    template:
      metadata:
        annotations: {note: "${marker}"}
      spec:
        containers:
        - name: web
          args: [--token, ${marker}]
          env:
          - name: TOKEN
            value: ${marker}
          - {name: OTHER, value: "${marker}"}
functionConfig:
  apiVersion: tracing-sidecar.dev/v1alpha1
  kind: TracingSidecar
  metadata:
    name: tracing
    annotations: {note: ${marker}}
  spec:
    selector: {}
    collector:
      endpoint: jaeger-collector:14250
    agent:
      env:
      - {name: TOKEN, value: ${marker}}
      args: [--token=${marker}]
      tags: {token: ${marker}}
    app:
      env:
      - name: A
        value: ${marker}
    pod:
      annotations: {note: ${marker}}
`;

/** Returns everything that a run reports about an input: on stderr, in the results, and on the command line. */
function reportOf(broken: string): string {
  const { stdout, stderr, changes } = runWithChanges(broken);
  const results = stdout.startsWith(unreadable) ? stdout : splitResults(stdout).results;
  return [stderr, results, ...changeLines(changes)].join("");
}

const everywhere = Array.from({ length: input.length + 1 }, (_, at) => at);
/** Within a word, every position after the first character is alike to YAML. */
const distinct = everywhere.filter((at) => !/\w\w$/.test(input.slice(0, at)) || !/^\w/.test(input.slice(at)));

/** Runs the function once per position in the input, with the result of `change`, and checks every report. */
function breakAt(positions: readonly number[], change: (before: string, after: string) => string): void {
  const leaks = new Set<string>();
  let reports = 0;
  for (const at of positions) {
    const report = reportOf(change(input.slice(0, at), input.slice(at)));
    if (report.includes(marker)) leaks.add(report);
    if (report !== "") reports++;
  }
  assert.deepEqual([...leaks], []);
  assert.ok(reports > positions.length / 2, `${reports} of ${positions.length} runs report something`);
}

test("the unchanged input", () => assert.ok(!reportOf(input).includes(marker)));

describe("the input broken at every character", () => {
  test("truncated", () => breakAt(everywhere, (before) => before));
  test("without one character", () => breakAt(everywhere, (before, after) => before + after.slice(1)));
  for (const text of ['"', "'", "{", "]", ": ", ",", "\n", "\t", "*", "!", "|", "#", "\\", "- "]) {
    test(`with ${JSON.stringify(text)} inserted`, () => breakAt(distinct, (before, after) => before + text + after));
  }
});

describe("a wrong type that contains the marker", () => {
  const fields = [
    "agent: {env: X}",
    "agent: {env: [X]}",
    "agent: {args: X}",
    "agent: {args: [X]}",
    "agent: {tags: X}",
    "agent: {tags: {a: X}}",
    "app: {env: X}",
    "app: {env: [X]}",
    "pod: {annotations: X}",
    "pod: {annotations: {a: X}}",
    "podMonitor: {annotations: {a: X}}",
  ];
  const values = [marker, `[${marker}]`, `[[${marker}]]`, `{a: ${marker}}`, `{name: A, value: {a: ${marker}}}`];
  for (const field of fields) {
    test(field, () => {
      for (const value of values) {
        const report = reportOf(head + deployment() + functionConfig(`    ${field.replace("X", value)}\n`));
        assert.notEqual(report, "");
        assert.ok(!report.includes(marker), report);
      }
    });
  }
});
