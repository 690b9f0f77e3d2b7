import assert from "node:assert/strict";
import { test } from "node:test";
import { getString, type Mapping } from "../../src/yaml/value";
import { otelcol } from "../collector/support";
import { find } from "../hosts/support";
import { type Case, cases } from "./cases";
import { fields } from "./pod";
import { findProgram, type Program } from "./programs";
import { type Outcome, type Run, runAll } from "./run";

/*
 * Real SDKs beside real agents: each app is rendered with its preset, and its span must arrive at the backend under the right
 * name, or a warning must say why it doesn't.
 */

const subjects = Object.entries(cases).map(([subject, group]) => {
  const runs = group.flatMap((testCase) => testCase.sdks.map((sdk): Run => ({ sdk, testCase })));
  return { subject, runs };
});

const missing = new Set(
  subjects.flatMap(({ runs }) => runs.flatMap(programsOf)).filter((program) => !isBuilt(program)),
);

for (const program of missing) {
  test(`the cases of ${program}`, (t) => {
    const reason = "not built: .ci/run builds it; test/sdk/programs/build.sh builds the SDKs alone";
    assert.ok(!process.env["CI"], reason);
    t.skip(reason);
  });
}

for (const { subject, runs } of subjects) {
  const possible = runs.filter((run) => programsOf(run).every((program) => !missing.has(program)));
  if (possible.length === 0) continue;
  test(`spans of real SDKs: ${subject}`, { timeout: 600_000 }, async (t) => {
    for (const [{ sdk, testCase }, outcome] of await runAll(t, possible)) {
      await t.test(`${sdk}: ${testCase.name}`, () => {
        if (outcome instanceof Error) throw outcome;
        check(testCase, outcome);
      });
    }
  });
}

/** Returns the programs that a run needs. The backend is always a Collector. */
function programsOf({ sdk, testCase }: Run): (Program | typeof otelcol)[] {
  return [otelcol, sdk, ...(testCase.agent?.["type"] === "jaeger" ? (["jaeger-agent"] as const) : [])];
}

function isBuilt(program: Program | typeof otelcol): boolean {
  return (program === otelcol ? find(otelcol) : findProgram(program as Program)) !== undefined;
}

function check({ expected }: Case, outcome: Outcome): void {
  const { span, warning = [], info, quiet } = expected;
  const { received, pod, log } = outcome;
  const warnings = messages(pod.results, "warning").filter((message) => /\b(?:OTEL|JAEGER)_[A-Z]/.test(message));
  const context = `\nenvironment: ${[...pod.app.env].join(" ")}\nwarnings: ${warnings.join("\n")}\nlog of the SDK: ${log}`;
  const isWarned = warnings.some((message) => warning.some((name) => new RegExp(`\\b${name}\\b`).test(message)));
  if (span === "lost") assert.equal(received.length, 0, `a span arrived${context}`);
  if (span === "lost" || span === "warned") assert.ok(isWarned, `no warning names ${warning.join(" or ")}${context}`);
  if (span === "arrives") assert.deepEqual(warnings, [], context);
  if (span === "arrives" || (span === "arrives or warned" && !isWarned)) {
    assert.equal(received.length, 1, `${received.length} spans arrived${context}`);
    checkResource(expected, outcome, context);
  }
  if (info) assert.match(messages(pod.results, "info").join("\n"), info);
  if (quiet) assert.doesNotMatch(log, /failed.*export|export.*failed/i, context);
}

function checkResource({ resource }: Case["expected"], { received, pod }: Outcome, context: string): void {
  const pods =
    pod.type === "jaeger"
      ? { "pod.name": fields["metadata.name"], "pod.namespace": fields["metadata.namespace"] }
      : { "k8s.pod.name": fields["metadata.name"], "k8s.namespace.name": fields["metadata.namespace"] };
  const expectedAttributes = { "service.name": "web", ...pods, ...resource };
  for (const [name, value] of Object.entries<string | RegExp | undefined>(expectedAttributes)) {
    const actual = getString(received[0], name, "stringValue");
    if (value instanceof RegExp) assert.match(actual ?? "", value, context);
    else assert.equal(actual, value, `${name}${context}`);
  }
}

function messages(results: readonly Mapping[], severity: string): string[] {
  return results.filter((result) => result["severity"] === severity).map((result) => String(result["message"]));
}
