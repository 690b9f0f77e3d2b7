import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { TestContext } from "node:test";
import { asRoot } from "../support/as-root";

/*
 * Limits a process's memory as the container runtime does: with a cgroup, whose processes the kernel kills if they exceed
 * it.
 */

/**
 * Returns true and skips the test with a reason if this machine can't limit a process's memory. If CI is set, the test fails
 * instead.
 */
export function lacksMemoryCgroup(t: TestContext): boolean {
  if (runAsRoot('[ -d "$folder" ]').status === 0) return false;
  const reason = "needs root and a cgroup with the memory controller";
  assert.ok(!process.env["CI"], `${reason}; with CI set, no test may be skipped`);
  t.skip(reason);
  return true;
}

/** The controller's folder and files, in version 1 of cgroups or version 2. Without swap, too much memory is fatal. */
const preamble = `
folder=/sys/fs/cgroup/memory limit=memory.limit_in_bytes swap=memory.memsw.limit_in_bytes
if [ ! -d "$folder" ]; then
  grep -qw memory /sys/fs/cgroup/cgroup.subtree_control || exit 1
  folder=/sys/fs/cgroup limit=memory.max swap=memory.swap.max
fi
group=$folder/tracing-sidecar-$1
`;

function runAsRoot(script: string, ...args: readonly string[]) {
  const [program = "", ...rest] = [...asRoot, "/bin/sh", "-ec", preamble + script, "sh", ...args];
  return spawnSync(program, rest, { encoding: "utf8" });
}

/** Returns a function that limits the memory of a process. The limit is removed at the end of the test. */
export function memoryCgroup(t: TestContext, bytes: number): (pid: number) => void {
  return (pid) => {
    const { status, stderr } = runAsRoot(
      `
mkdir "$group"
echo "$2" > "$group/$limit"
if [ "$limit" = memory.max ]; then swapLimit=0; else swapLimit=$2; fi
if [ -e "$group/$swap" ]; then echo "$swapLimit" > "$group/$swap"; fi
echo "$1" > "$group/cgroup.procs"
`,
      String(pid),
      String(bytes),
    );
    assert.equal(status, 0, stderr);
    // It runs after the hook that stops the process.
    t.after(() => assert.equal(runAsRoot('rmdir "$group"', String(pid)).status, 0));
  };
}
