import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { lacks } from "../hosts/support";
import { folderOf, runInProcess } from "./support";

/** Completes a command line in Bash. */
async function complete(folder: string, ...words: string[]): Promise<readonly string[]> {
  const { stdout } = await runInProcess(folder, ["completion", "bash"]);
  const list = ["tracing-sidecar", ...words].map((word) => `'${word}'`).join(" ");
  const script = `${stdout}COMP_WORDS=(${list}); COMP_CWORD=${words.length}; _tracing_sidecar; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const bash = spawnSync("bash", ["--norc", "-c", script], { cwd: folder, encoding: "utf8" });
  assert.equal(bash.stderr, "");
  return bash.stdout.trim().split("\n").sort();
}

describe("completion in Bash", () => {
  test("completes commands, files and options", async (t) => {
    if (lacks(t, "bash")) return;
    const folder = folderOf(t, { "explained.yaml": "", "a.yaml": "" });
    assert.deepEqual(await complete(folder, "expl"), ["explain", "explained.yaml"]);
    assert.deepEqual(await complete(folder, "--keep"), ["--keep-going"]);
    assert.deepEqual(await complete(folder, "init", "--pod"), ["--pod-monitor"]);
    assert.deepEqual(await complete(folder, "-c", "a"), ["a.yaml"]);
  });
});

const tries: Readonly<Record<string, readonly [command: string, expected: RegExp]>> = {
  bash: ["complete -p tracing-sidecar", /_tracing_sidecar/],
  zsh: ["print $_comps[tracing-sidecar]", /_tracing_sidecar/],
  fish: ['complete -C "tracing-sidecar --keep"', /^--keep-going/],
};

for (const [shell, [command, expected]] of Object.entries(tries)) {
  test(`${shell} accepts its script`, async (t) => {
    const folder = folderOf(t, {});
    const { stdout, status } = await runInProcess(folder, ["completion", shell]);
    assert.equal(status, 0);
    if (lacks(t, shell)) return;
    writeFileSync(join(folder, "script"), `${stdout}${command}\n`);
    const output = spawnSync(shell, ["script"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, HOME: folder },
    });
    assert.equal(output.stderr, "");
    assert.match(output.stdout, expected);
  });
}
