import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { buildExecutable, inspect } from "../../scripts/build-exec";
import { bundle, type Outcome, root } from "./support";

const architecture = process.arch === "x64" ? "amd64" : "arm64";

/** The path of the executable for this machine's architecture. */
export const executable = join(root, "dist", `tracing-sidecar-linux-${architecture}`);

/**
 * Builds the executable from the bundle, unless it is newer than the bundle. Returns true and skips the test with a reason
 * if the executable can't be built with this machine's Node, for example one from a Linux distribution. If CI is set, the
 * test fails instead.
 */
export function lacksExecutable(t: TestContext): boolean {
  try {
    inspect(process.execPath);
  } catch (error) {
    assert.ok(!process.env["CI"], `${error}; with CI set, the executable must be built`);
    t.skip(String(error));
    return true;
  }
  const modified = (file: string) => statSync(file).mtimeMs;
  if (!existsSync(executable) || modified(executable) < modified(bundle)) buildExecutable(process.execPath);
  return false;
}

/** Runs a program with only the given environment variables. Throws an error if it can't be started. */
export function runBare(
  program: string,
  args: readonly string[],
  { input = "", env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Outcome {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    env,
    input,
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}
