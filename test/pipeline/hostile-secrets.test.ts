import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run } from "../../src/pipeline/run";
import { splitResults } from "../support/fixture";
import { deployment, functionConfig, head, unreadable } from "../support/hostile";

/*
 * Nothing that could be a secret is told: results go to the screen, to pipelines' logs and into stored reports. A marker
 * stands wherever one can be: in Secrets, env values, args, annotations, tags. The input is then broken in every place
 * in every way, and the marker must be in no message and in no result.
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

/** What a run of `broken` tells: on stderr and in the results. */
function told(broken: string): string {
  const { stdout, stderr } = run(broken);
  return stderr + (stdout.startsWith(unreadable) ? stdout : splitResults(stdout).results);
}

/** Every place at which a character, or a text, can be put in. */
function everywhere(change: (before: string, behind: string) => string): void {
  const leaks = new Set<string>();
  for (let at = 0; at <= input.length; at++) {
    const tells = told(change(input.slice(0, at), input.slice(at)));
    if (tells.includes(marker)) leaks.add(tells);
  }
  assert.deepEqual([...leaks], []);
}

test("the input as it is", () => assert.ok(!told(input).includes(marker)));

describe("the input broken at every character", () => {
  test("cut off", () => everywhere((before) => before));
  test("one character left out", () => everywhere((before, behind) => before + behind.slice(1)));
  for (const text of ['"', "'", "{", "]", ": ", ",", "\n", "\t", "*", "!", "|", "#", "\\", "- "]) {
    test(`${JSON.stringify(text)} put in`, () => everywhere((before, behind) => before + text + behind));
  }
});

describe("a wrong type, with the marker in it", () => {
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
        const tells = told(head + deployment() + functionConfig(`    ${field.replace("X", value)}\n`));
        assert.ok(!tells.includes(marker), tells);
      }
    });
  }
});
