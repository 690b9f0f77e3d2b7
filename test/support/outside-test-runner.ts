import { type SpawnSyncReturns, spawnSync } from "node:child_process";

/**
 * Runs a Node program so that it doesn't know that this process belongs to Node's test runner. Otherwise, the test runner
 * would not run any file in it.
 */
export function runOutsideTestRunner(
  node: string,
  args: readonly string[],
  cwd: string,
): Pick<SpawnSyncReturns<string>, "status" | "stdout" | "stderr"> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return spawnSync(node, args, { cwd, env, encoding: "utf8", maxBuffer: 2 ** 26 });
}
