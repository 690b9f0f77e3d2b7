import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { buildExecutable } from "../../scripts/build-exec";
import { checkRequirements, codeCacheScript, codeCacheUsed, runBare } from "../hosts/executable-file";
import { find, lacks, root, temporaryFolder } from "../hosts/support";
import { inputOf } from "../support/fixture";
import { runBundle } from "../support/run-bundle";

/*
 * The bundle and the executable with other versions of Node, which `.ci/run` installs. They must give the same output, byte
 * for byte.
 */

const versions = ["node-22", "node-24"];

/** The tests that compare output with files, and those that depend on how Node uses streams and files. */
const files = [
  "test/pipeline/fixtures.test.ts",
  "test/main/bundle.test.ts",
  "test/main/streams.test.ts",
  "test/cli/golden.test.ts",
  "test/project/supply-chain.test.ts",
];

/** Runs test files with a Node program. Returns the report. Fails if no test has run, or one has failed. */
function runTests(node: string): string {
  // With NODE_TEST_CONTEXT, Node would not run any file.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ["--require", "ts-node/register", "--test", "--test-reporter=tap", ...files];
  const { status, stdout, stderr } = spawnSync(node, args, { cwd: root, env, encoding: "utf8", maxBuffer: 2 ** 26 });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

for (const version of versions) {
  describe(version, () => {
    test("has the version that its name says", (t) => {
      if (lacks(t, version)) return;
      const { stdout } = spawnSync(find(version) as string, ["--version"], { encoding: "utf8" });
      assert.ok(stdout.startsWith(`v${version.slice("node-".length)}.`), stdout);
    });

    test("gives the expected output for every fixture and on the command line", (t) => {
      if (lacks(t, version)) return;
      const report = runTests(find(version) as string);
      assert.ok(Number(/^# pass (\d+)$/m.exec(report)?.[1]) > 1000, report.slice(-1000));
    });

    test("makes an executable that gives the same output as the bundle, and whose compiled code V8 accepts", (t) => {
      if (lacks(t, version, "ldd")) return;
      const { file } = buildExecutable(find(version) as string, temporaryFolder(t));
      checkRequirements(file);
      for (const input of [inputOf("article"), inputOf("conflict-container"), ""]) {
        const { stdout, stderr, status } = runBundle(input);
        assert.deepEqual(runBare(file, [], { input }), { stdout, stderr, status });
      }
      const { stderr } = runBare(file, ["--version"], { env: { NODE_OPTIONS: `--require=${codeCacheScript(t)}` } });
      assert.equal(stderr, codeCacheUsed);
    });
  });
}
