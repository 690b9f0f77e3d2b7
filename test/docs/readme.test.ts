import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { otelcol } from "../collector/support";
import { readTree, root } from "../hosts/support";
import { runBundle } from "../support/run-bundle";
import { commandsOf, text } from "./support";

const readme = text("README.md");

const example = (name: string, language: string): string => {
  const block = new RegExp(`<!-- example: ${name} -->\n\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(readme)?.[1];
  assert.ok(block !== undefined, name);
  return block;
};

const hotrod = "examples/hotrod/otelcol";

test("the README's configuration is the example's", () =>
  assert.equal(example("configuration", "yaml"), text(`${hotrod}/tracing.yaml`)));

test("the README's diff is the command's output, except for omitted parts", () => {
  const args = ["-c", `${hotrod}/tracing.yaml`, "--diff", `${hotrod}/deployment.yaml`];
  assert.ok(commandsOf(readme).includes(["node", "dist/tracing-sidecar.js", ...args].join(" ")));
  const { stdout, stderr, status } = runBundle("", { args });
  assert.equal(status, 0, stderr);
  const parts = example("diff", "diff").split(/^# \.\.\..*\n/m);
  assert.ok(parts.length > 1 && parts.every((part) => part !== ""));
  let from = 0;
  for (const [i, part] of parts.entries()) {
    const at = stdout.indexOf(part, from);
    assert.ok(at >= 0 && (i > 0 || at === 0), `the output must contain:\n${part}\n\n${stdout}`);
    from = at + part.length;
  }
  assert.equal(stdout.slice(from), "", "the end");
});

test("the README starts with the two commands that need no other setup", () => {
  assert.deepEqual(commandsOf(readme).slice(0, 2), ["npm ci && npm run demo", "npm ci && npm test"]);
  assert.ok(readme.indexOf("```sh") < readme.indexOf("\n## "));
});

test("docs/contributing/testing.md names every program whose tests are skipped without it", () => {
  const sources = [...readTree(join(root, "test")).values()].join("\n");
  const calls = [...sources.matchAll(/\blacks\(t, ([^)]*)\)|\bhosts = \[([^\]]*)\]/g)];
  const programs = calls.flatMap(([, inCall, inList]) => (inCall ?? inList ?? "").match(/(?<=")[\w-]+(?=")/g) ?? []);
  const named = new Set([...programs, otelcol]);
  assert.ok(["kpt", "podman", "strace"].every((program) => named.has(program)));
  const testing = text("docs/contributing/testing.md");
  // Every machine has `cat`. Programs can be named in prose, such as Git.
  const missing = [...named].filter(
    (program) => program !== "cat" && !new RegExp(`\\b${program}\\b`, "i").test(testing),
  );
  assert.deepEqual(missing, []);
});
