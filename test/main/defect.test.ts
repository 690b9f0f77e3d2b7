import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inputOf } from "../support/fixture";
import { runBundle } from "../support/run-bundle";

/*
 * A defect of the function is reported as such, in a few lines with a stack trace. The tests cause one by breaking a
 * built-in function.
 */

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
});
after(() => rmSync(folder, { recursive: true }));

for (const [name, args] of [
  ["the function", []],
  ["the command line", ["--help"]],
] as const) {
  test(`a defect in ${name} is reported with its stack trace`, () => {
    const broken = join(folder, "broken.js");
    writeFileSync(broken, 'Array.prototype.slice = () => { throw new Error("taken away"); };');
    const run = runBundle(inputOf("article"), { args: [...args], nodeOptions: ["--require", broken] });
    assert.equal(run.status, 1);
    assert.equal(run.stdout, "");
    assert.match(
      run.stderr,
      /^error: this is a bug in tracing-sidecar\. Please report it with these lines:\nError: taken away\n(?: {4}at .*\n)+$/,
    );
    assert.match(run.stderr, /(?:tracing-sidecar|command-line)\.js:\d+:\d+/);
    assert.ok(run.stderr.length < 3000, run.stderr);
  });
}
