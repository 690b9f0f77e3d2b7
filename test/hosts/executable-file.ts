import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildExecutable } from "../../scripts/build-exec";
import { bundle, type Outcome, root } from "./support";

const architecture = process.arch === "x64" ? "amd64" : "arm64";

/** The executable for this machine. */
export const executable = join(root, "dist", `tracing-sidecar-linux-${architecture}`);

/** Builds the executable from the bundle, unless it has been since the bundle was. */
export function needExecutable(): void {
  const built = (file: string) => statSync(file).mtimeMs;
  if (!existsSync(executable) || built(executable) < built(bundle)) buildExecutable(process.execPath);
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
