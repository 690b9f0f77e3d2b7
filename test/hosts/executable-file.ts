import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TestContext } from "node:test";
import { buildExecutable, inspect } from "../../scripts/build-exec";
import { bundle, type Outcome, root, succeed, temporaryFolder } from "./support";

const architecture = process.arch === "x64" ? "amd64" : "arm64";

/** The path of the executable for this machine's architecture. */
export const executable = join(root, "dist", `tracing-sidecar-linux-${architecture}`);

/** The result of `inspectNode`, which is kept because it reads 100 MB. */
let inspected: ReturnType<typeof inspectNode> | undefined;

/**
 * Builds the executable from the bundle, unless it is newer than the bundle. Returns true and skips the test with a reason
 * if the executable can't be built with this machine's Node, for example one from a Linux distribution. If CI is set, the
 * test fails instead.
 */
export function lacksExecutable(t: TestContext): boolean {
  inspected ??= inspectNode();
  const { problem } = inspected;
  if (problem !== undefined) {
    assert.ok(!process.env["CI"], `${problem}; with CI set, the executable must be built`);
    t.skip(problem);
    return true;
  }
  const modified = (file: string) => statSync(file).mtimeMs;
  if (!existsSync(executable) || modified(executable) < modified(bundle)) buildExecutable(process.execPath);
  return false;
}

/** Inspects this machine's Node. `problem` says why the executable can't be built from it; undefined if it can. */
function inspectNode(): { readonly problem?: string } {
  try {
    inspect(process.execPath);
    return {};
  } catch (error) {
    return { problem: String(error) };
  }
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

/** Returns the names of the shared libraries that a program needs, such as `libm.so.6`. */
export function neededLibraries(program: string): string[] {
  const paths = succeed("ldd", [program]).match(/^\s+(?:\/\S+\/)?lib\S+/gm) ?? [];
  return paths.map((path) => basename(path.trim()));
}

/** Checks that an executable needs only the shared libraries and the glibc version that docs/get-started/executable.md lists. */
export function checkRequirements(program: string): void {
  const documentation = readFileSync(join(root, "docs/get-started/executable.md"), "utf8");
  const needed = neededLibraries(program);
  assert.ok(needed.length > 3);
  for (const library of needed) assert.ok(documentation.includes(`\`${library}\``), library);
  const minors = readFileSync(program)
    .toString("latin1")
    .matchAll(/GLIBC_2\.(\d+)/g);
  const latest = Math.max(...[...minors].map(([, minor]) => Number(minor)));
  assert.ok(documentation.includes(`glibc 2.${latest} `), `glibc 2.${latest}`);
}

/** Returns a script that makes an executable report, with NODE_OPTIONS=--require, whether V8 accepts its compiled code. */
export function codeCacheScript(t: TestContext): string {
  const script = join(temporaryFolder(t), "code-cache.cjs");
  writeFileSync(
    script,
    `const vm = require("node:vm");
    vm.Script = class extends vm.Script {
      constructor(...args) {
        super(...args);
        console.error(args[1].cachedData.length > 1e5, this.cachedDataRejected);
      }
    };`,
  );
  return script;
}

/** What an executable with the script of `codeCacheScript` writes to stderr if V8 accepts its compiled code. */
export const codeCacheUsed = "true false\n";
