import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { lacks, readTree } from "../hosts/support";
import { golden, manifests, mustBeGolden, mustBeGoldenTree, runHere, runInTerminal, runThere } from "./support";

/*
 * What the command line makes of one folder, byte for byte: `golden/input` in, the other files of `golden` out.
 * `UPDATE_FIXTURES=1` writes what comes out: look at the difference before you commit it.
 */

const cases: Readonly<Record<string, { readonly args: readonly string[]; readonly status: number }>> = {
  print: { args: ["-c", "tracing.yaml", "."], status: 0 },
  diff: { args: ["-c", "tracing.yaml", "--diff", "shop"], status: 0 },
  check: { args: ["-c", "tracing.yaml", "--check", "."], status: 1 },
  json: { args: ["-c", "tracing.yaml", "--output", "json", "shop", "more"], status: 0 },
  quiet: { args: ["-c", "tracing.yaml", "--check", "--quiet", "."], status: 1 },
  usage: { args: ["-c", "tracing.yaml", "--chek", "."], status: 2 },
};

for (const [name, { args, status }] of Object.entries(cases)) {
  describe(name, () => {
    test("through pipes", (t) => {
      const ran = runThere(manifests(t), args);
      mustBeGolden(`${name}.stdout`, ran.stdout);
      mustBeGolden(`${name}.stderr`, ran.stderr);
      assert.equal(ran.status, status);
    });

    test("in a terminal", (t) => {
      if (lacks(t, "python3")) return;
      const ran = runInTerminal(manifests(t), args);
      mustBeGolden(`${name}.terminal`, ran.output);
      assert.equal(ran.status, status);
    });

    test("in this process, as through pipes", async (t) => {
      const folder = manifests(t);
      assert.deepEqual(await runHere(folder, args), runThere(folder, args));
    });

    test("nothing is written", (t) => {
      const folder = manifests(t);
      runThere(folder, args);
      assert.deepEqual(readTree(folder), readTree(join(golden, "input")));
    });
  });
}

test("--write, then --check, then --remove --write", (t) => {
  const folder = manifests(t);
  const written = runThere(folder, ["-c", "tracing.yaml", "--write", "."]);
  assert.deepEqual([written.stdout, written.status], ["", 0]);
  mustBeGolden("write.stderr", written.stderr);
  mustBeGoldenTree("written", folder);

  assert.equal(runThere(folder, ["-c", "tracing.yaml", "--check", "."]).status, 0);
  assert.equal(runThere(folder, ["-c", "tracing.yaml", "--check", "--remove", "."]).status, 1);
  const removed = runThere(folder, ["-c", "tracing.yaml", "--remove", "--write", "."]);
  mustBeGolden("remove.stderr", removed.stderr);
  assert.deepEqual(readTree(folder), readTree(join(golden, "input")));
});

test("the diff is one that git applies, and gives the bytes that --write gives", (t) => {
  if (lacks(t, "git")) return;
  const folder = manifests(t);
  const { stdout } = runThere(folder, ["-c", "tracing.yaml", "--diff", "."]);
  const { status, stderr } = runGit(folder, stdout);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readTree(folder), readTree(join(golden, "written")));
});

function runGit(cwd: string, input: string) {
  return spawnSync("git", ["apply", "--whitespace=nowarn"], { cwd, input, encoding: "utf8" });
}

test("every golden file is one of these cases", () => {
  const streams = Object.keys(cases).flatMap((name) => [`${name}.stdout`, `${name}.stderr`, `${name}.terminal`]);
  const expected = [...streams, ".gitattributes", "input", "written", "write.stderr", "remove.stderr"].sort();
  assert.deepEqual(readdirSync(golden).sort(), expected);
  assert.ok(existsSync(join(golden, "input", ".hidden")));
});
