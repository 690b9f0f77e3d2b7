import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../hosts/support";
import { runOutsideTestRunner } from "../support/outside-test-runner";

/*
 * The report of `npm test`.
 */

const tests = `
const assert = require("node:assert/strict");
const { describe, test } = require("node:test");
describe("a suite", () => {
  test("passes", (t) => t.diagnostic("pass a hundred"));
  test("fails", () => assert.equal(1, 2, "one isn't two"));
  test("needs kpt", { skip: "kpt is not installed" }, () => {});
});
`;

test("shows failures, what was skipped and why, and the totals", () => {
  const folder = mkdtempSync(join(tmpdir(), "reporter-"));
  try {
    const file = join(folder, "one.test.js");
    writeFileSync(file, tests);
    const reporter = join(root, "scripts", "test-reporter.mjs");
    const args = ["--test", `--test-reporter=${reporter}`, file];
    const { stdout, status } = runOutsideTestRunner(process.execPath, args, folder);
    assert.equal(status, 1);
    assert.match(
      stdout,
      /^FAILED: a suite > fails \(one\.test\.js:\d+\)\n {2}AssertionError \[ERR_ASSERTION\]: one isn't two\n/m,
    );
    assert.match(stdout, /^Skipped, kpt is not installed:\n {2}a suite > needs kpt\n# tests 3\n/m);
    assert.match(stdout, /^# pass 1\n# fail 1\n# cancelled 0\n# skipped 1\n/m);
    assert.doesNotMatch(stdout, /passes|node:internal|a hundred/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
