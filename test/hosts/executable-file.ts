import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { buildExecutable, inspect } from "../../scripts/build-exec";
import { bundle, type Outcome, root } from "./support";

const architecture = process.arch === "x64" ? "amd64" : "arm64";

/** The executable for this machine. */
export const executable = join(root, "dist", `tracing-sidecar-linux-${architecture}`);

/**
 * Builds the executable from the bundle, unless it has been since the bundle was. Skips a test where this machine's Node
 * cannot carry it, such as a distribution's, and says why; where CI is set, that is a failure.
 */
export function lacksExecutable(t: TestContext): boolean {
  try {
    inspect(process.execPath);
  } catch (error) {
    assert.ok(!process.env["CI"], `${error}; with CI set, the executable must be built`);
    t.skip(String(error));
    return true;
  }
  const built = (file: string) => statSync(file).mtimeMs;
  if (!existsSync(executable) || built(executable) < built(bundle)) buildExecutable(process.execPath);
  return false;
}

/** Runs a program with nothing in its environment but what is given. */
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
