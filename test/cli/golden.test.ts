import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { lacks, readTree } from "../hosts/support";
import {
  assertGolden,
  assertGoldenTree,
  copyGoldenInput,
  golden,
  runAsProcess,
  runInBundle,
  runInProcess,
  runInTerminal,
} from "./support";

/*
 * The output of the command line for the folder `golden/input`, byte for byte. The other files of `golden` are the
 * expected output. `UPDATE_FIXTURES=1` updates them: review the diff before you commit it.
 */

const cases: Readonly<Record<string, { readonly args: readonly string[]; readonly status: number }>> = {
  print: { args: ["-c", "tracing.yaml", "."], status: 0 },
  diff: { args: ["-c", "tracing.yaml", "--diff", "shop"], status: 0 },
  check: { args: ["-c", "tracing.yaml", "--check", "."], status: 1 },
  json: { args: ["-c", "tracing.yaml", "--output", "json", "shop", "more"], status: 0 },
  github: { args: ["-c", "tracing.yaml", "--check", "--output", "github", "shop", "more"], status: 1 },
  gitlab: { args: ["-c", "tracing.yaml", "--check", "--output", "gitlab", "shop", "more"], status: 1 },
  quiet: { args: ["-c", "tracing.yaml", "--check", "--quiet", "."], status: 1 },
  usage: { args: ["-c", "tracing.yaml", "--chek", "."], status: 2 },
};

for (const [name, { args, status }] of Object.entries(cases)) {
  describe(name, () => {
    test("prints the golden output to pipes and writes no file", (t) => {
      const folder = copyGoldenInput(t);
      const output = runAsProcess(folder, args);
      assertGolden(`${name}.stdout`, output.stdout);
      assertGolden(`${name}.stderr`, output.stderr);
      assert.equal(output.status, status);
      assert.deepEqual(readTree(folder), readTree(join(golden, "input")));
    });

    test("prints the golden output to a terminal", (t) => {
      if (lacks(t, "python3")) return;
      const terminal = runInTerminal(copyGoldenInput(t), args);
      assertGolden(`${name}.terminal`, terminal.output);
      assert.equal(terminal.status, status);
    });

    test("prints the same when it runs in this process, from the sources and from the bundle", async (t) => {
      const folder = copyGoldenInput(t);
      const output = await runInProcess(folder, args);
      assertGolden(`${name}.stdout`, output.stdout);
      assertGolden(`${name}.stderr`, output.stderr);
      assert.equal(output.status, status);
      assert.deepEqual(await runInBundle(folder, args), output);
    });
  });
}

test("--write writes the golden files, --check finds them up to date, and --remove --write restores the input", async (t) => {
  const folder = copyGoldenInput(t);
  const written = runAsProcess(folder, ["-c", "tracing.yaml", "--write", "."]);
  assert.deepEqual([written.stdout, written.status], ["", 0]);
  assertGolden("write.stderr", written.stderr);
  assertGoldenTree("written", folder);

  assert.equal((await runInBundle(folder, ["-c", "tracing.yaml", "--check", "."])).status, 0);
  assert.equal((await runInBundle(folder, ["-c", "tracing.yaml", "--check", "--remove", "."])).status, 1);
  const removed = runAsProcess(folder, ["-c", "tracing.yaml", "--remove", "--write", "."]);
  assertGolden("remove.stderr", removed.stderr);
  assert.deepEqual(readTree(folder), readTree(join(golden, "input")));
});

test("git applies the diff, with the same result as --write", (t) => {
  if (lacks(t, "git")) return;
  const folder = copyGoldenInput(t);
  const { stdout } = runAsProcess(folder, ["-c", "tracing.yaml", "--diff", "."]);
  const { status, stderr } = runGit(folder, stdout);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readTree(folder), readTree(join(golden, "written")));
});

function runGit(cwd: string, input: string) {
  return spawnSync("git", ["apply", "--whitespace=nowarn"], { cwd, input, encoding: "utf8" });
}

test("every golden file belongs to one of the cases", () => {
  const streams = Object.keys(cases).flatMap((name) => [`${name}.stdout`, `${name}.stderr`, `${name}.terminal`]);
  const expected = [
    ...streams,
    ".gitattributes",
    "input",
    "written",
    "write.stderr",
    "remove.stderr",
    "messages.txt",
  ].sort();
  assert.deepEqual(readdirSync(golden).sort(), expected);
  assert.ok(existsSync(join(golden, "input", ".hidden")));
});
