import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { buildExecutable } from "../../scripts/build-exec";
import { run } from "../../src/pipeline/run";
import { checkRequirements, codeCacheScript, codeCacheUsed, runBare } from "../hosts/executable-file";
import { find, lacks, root, temporaryFolder } from "../hosts/support";
import { inputOf } from "../support/fixture";
import { runOutsideTestRunner } from "../support/outside-test-runner";
import { runBundle } from "../support/run-bundle";
import { sameText } from "../support/same-text";
import { fixtureOutputs } from "./fixture-outputs";

/*
 * The bundle and the executable with other versions of Node, which `.ci/run` installs. They must give the same output, byte
 * for byte.
 */

const versions = ["node-22", "node-24"];

/** Tests that start the bundle, and whose results depend on how Node handles streams and files. */
const files = ["test/main/streams.test.ts", "test/cli/golden.test.ts", "test/project/supply-chain.test.ts"];

/** Runs Node with ts-node, and returns what it printed. Fails if its status isn't 0. */
function runNode(node: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = runOutsideTestRunner(node, ["--require", "ts-node/register", ...args], root);
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

/** The outputs of the sources with the Node that runs this test. */
let expectedOutputs: string | undefined;

for (const version of versions) {
  describe(version, () => {
    test("has the version that its name says", (t) => {
      if (lacks(t, version)) return;
      const { stdout } = spawnSync(find(version) as string, ["--version"], { encoding: "utf8" });
      assert.ok(stdout.startsWith(`v${version.slice("node-".length)}.`), stdout);
    });

    test("gives the same output for every fixture", (t) => {
      if (lacks(t, version)) return;
      const outputs = runNode(find(version) as string, "test/main/fixture-outputs.ts");
      expectedOutputs ??= fixtureOutputs(run);
      sameText(outputs, expectedOutputs, "the outputs");
    });

    test("passes the tests of the command line, of streams, and of the supply chain", (t) => {
      if (lacks(t, version)) return;
      const report = runNode(find(version) as string, "--test", "--test-reporter=tap", ...files);
      assert.ok(Number(/^# pass (\d+)$/m.exec(report)?.[1]) > 50, report.slice(-1000));
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
