import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { references, severityOf } from "../../scripts/reference";
import { helpText } from "../../src/cli/help";
import { changeCodes, resultCodes } from "../../src/kube/result-codes";
import { isMapping, type Value } from "../../src/yaml/value";
import { root } from "../hosts/support";
import { fixtureNames, readFixture } from "../support/fixture";
import { runBundle } from "../support/run-bundle";
import { requireValid, text } from "./support";

describe("generated documentation", () => {
  for (const [path, current] of Object.entries(references)) {
    test(`${path} is up to date; if not, run \`npm run reference\``, () => assert.equal(text(path), current()));
  }

  test("lists each code with the severity of its results", () => {
    const compared = new Set<string>();
    for (const name of fixtureNames) {
      // In strict mode, warnings are errors.
      if (/^ +strict: true$/m.test(readFixture(name, "input.yaml") ?? "")) continue;
      const { results = [], changes = [] } = load(readFixture(name, "results.yaml") ?? "") as Report;
      for (const { severity, tags } of [...results, ...changes]) {
        assert.equal(severity, severityOf(tags.code), `${name}: ${tags.code}`);
        compared.add(tags.code);
      }
    }
    assert.deepEqual([...compared].sort(), Object.keys({ ...resultCodes, ...changeCodes }).sort());
  });
});

interface Report {
  readonly results?: readonly Result[];
  readonly changes?: readonly Result[];
}

interface Result {
  readonly severity: string;
  readonly tags: { readonly code: string };
}

describe("--help", () => {
  test("is printed by the bundle", () => {
    const { stdout, stderr, status } = runBundle("", { args: ["--help"] });
    assert.deepEqual({ stdout, stderr, status }, { stdout: helpText, stderr: "", status: 0 });
  });

  test("lists every field of spec, their fields, and every key of the ConfigMap form", () => {
    const reference = text("docs/reference/tracing-sidecar.md");
    const fieldsIn = (heading: string) => {
      const start = reference.indexOf(`\n${heading}\n`) + heading.length + 2;
      const [section] = reference.slice(start).split(/^#/m);
      return [...(section ?? "").matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name as string);
    };
    const fields = fieldsIn("### `spec`");
    assert.ok(fields.length >= 10);
    for (const field of fields) assert.match(helpText, new RegExp(`^  ${field} `, "m"));
    const nested = ["selector", "collector", "collector.tls", "agent"].flatMap((path) =>
      fieldsIn(`### \`spec.${path}\``),
    );
    assert.ok(nested.length > 20);
    for (const field of [...nested, ...fieldsIn("## ConfigMap")]) assert.match(helpText, new RegExp(`\\b${field}\\b`));
  });

  test("has a valid example", () => {
    const example = /^Configuration:\n\n(.*?)\n\n/ms.exec(helpText)?.[1];
    const value = load(example ?? "") as Value;
    assert.ok(isMapping(value) && value.kind === "TracingSidecar");
    requireValid(value);
  });

  test("fits a terminal", () => {
    assert.deepEqual(
      helpText.split("\n").filter((line) => line.length > 120),
      [],
    );
  });
});

function demo(): { readonly stdout: string; readonly result: string } {
  const args = ["--require", "ts-node/register", "scripts/demo.ts"];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return { stdout, result: text("demo/deployment.yaml") };
}

test("the demo shows the changes and the path of the result, and has no colors in a pipe", () => {
  const first = demo();
  assert.match(first.stdout, /^\+ {6}- name: jaeger-agent$/m);
  assert.doesNotMatch(first.stdout, /^-[^-]/m, "no line may be removed");
  assert.match(first.stdout, /^New: Certificate example-hotrod$/m);
  assert.match(first.stdout, /^New: PodMonitor example-hotrod$/m);
  assert.match(first.stdout, /^The result is in demo\/deployment\.yaml\n$/m);
  assert.ok(!first.stdout.includes("\u001b"));

  // It is reproducible, and keeps other files in its folder.
  const file = join(root, "demo", `test-${process.pid}.txt`);
  writeFileSync(file, "mine\n");
  try {
    assert.deepEqual(demo(), first);
    assert.equal(readFileSync(file, "utf8"), "mine\n");
  } finally {
    rmSync(file, { force: true });
  }
});
