import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import type { TestContext } from "node:test";
import { loadAll } from "js-yaml";

/** The root folder of the project. */
export const root = join(__dirname, "..", "..");
/** The image's name in the examples. It needs a slash: kpt looks up a name without one in its own catalog. */
export const image = "localhost/tracing-sidecar:0.1.0";

export { bundle } from "../support/run-bundle";

/** Environment variables that make kpt run images with podman. The variable's name depends on kpt's version. */
export const podmanRuntime = { KPT_FN_RUNTIME: "podman", KRM_FN_RUNTIME: "podman" };

/** The folders to search for programs: the one where `.ci/run` installs them in the tested versions, then PATH. */
const programs = [join(homedir(), ".cache/tracing-sidecar/bin"), ...(process.env["PATH"] ?? "").split(delimiter)];

/** Returns the path of an installed program, or undefined. */
export function find(program: string): string | undefined {
  return programs.map((folder) => join(folder, program)).find(isExecutable);
}

/** Returns the names of the installed programs that match a pattern, without duplicates. */
export function findAll(pattern: RegExp): string[] {
  const names = programs.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder));
  return [...new Set(names)].filter((name) => pattern.test(name) && find(name) !== undefined);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns true and skips the test with a reason if a program isn't installed. If CI is set, the test fails instead.
 */
export function lacks(t: TestContext, ...hosts: readonly string[]): boolean {
  const missing = hosts.filter((host) => find(host) === undefined);
  if (missing.length === 0) return false;
  const reason = `not installed: ${missing.join(", ")}`;
  assert.ok(!process.env["CI"], `${reason}; with CI set, no host may be missing`);
  t.skip(reason);
  return true;
}

/** The outcome of a process. */
export interface Outcome {
  /** The exit status; null if the process was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program and returns its outcome. Throws an error if it can't be started or takes more than 10 minutes. */
export function run(program: string, args: readonly string[], { input = "", env = {} }: RunOptions = {}): Outcome {
  const path = [env["PATH"] ?? [], programs].flat().join(delimiter);
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env, PATH: path },
    input,
    maxBuffer: 2 ** 26,
    timeout: 600_000,
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** Runs a program that must succeed, and returns its stdout. */
export function succeed(program: string, args: readonly string[], options?: RunOptions): string {
  const { status, stdout, stderr } = run(program, args, options);
  assert.equal(status, 0, `${[program, ...args].join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

/** Returns a new folder that is deleted when the test ends. It is empty, or a copy of a folder of the project. */
export function temporaryFolder(t: TestContext, source?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
  t.after(() => rmSync(folder, { recursive: true }));
  if (source !== undefined) cpSync(join(root, source), folder, { recursive: true });
  return folder;
}

/** Returns every file below a folder: its relative path, and its text. Sorted by path. */
export function readTree(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, "utf8")]));
}

/** Replaces a text in a file. Fails if the file doesn't contain it. */
export function replaceIn(file: string, old: string | RegExp, text: string): void {
  const before = readFileSync(file, "utf8");
  const after = before.replace(old, text);
  assert.notEqual(after, before, `${file} must contain ${old}`);
  writeFileSync(file, after);
}

/** The fields of an object that these tests read. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // biome-ignore lint/suspicious/noExplicitAny: the tests read objects of many kinds
  readonly spec: any;
}

/** Returns the objects of a YAML stream, without empty documents. */
export function parse(text: string): Manifest[] {
  return (loadAll(text) as (Manifest | null)[]).filter((manifest) => manifest !== null);
}

/** Returns the only object of a kind. Fails if there are none or several. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const [first, ...others] = manifests.filter((manifest) => manifest.kind === kind);
  assert.ok(first !== undefined && others.length === 0, `${others.length + (first ? 1 : 0)} of kind ${kind}, not one`);
  return first;
}
