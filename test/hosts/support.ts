import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { accessSync, constants, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import type { TestContext } from "node:test";
import { loadAll } from "js-yaml";

export const root = join(__dirname, "..", "..");
/** As the examples name it; a name without a slash is one of kpt's own catalog to kpt. */
export const image = "localhost/tracing-sidecar:0.1.0";

export { bundle } from "../support/run-bundle";

/** Makes kpt run images by podman; the name of the variable depends on kpt's version. */
export const podmanRuntime = { KPT_FN_RUNTIME: "podman", KRM_FN_RUNTIME: "podman" };

/** Where programs are looked for: PATH, and where `.ci/run` installs what a machine lacks. */
const programs = [...(process.env["PATH"] ?? "").split(delimiter), join(homedir(), ".cache/tracing-sidecar/bin")];

/** The program's file, where it is installed. */
export function find(program: string): string | undefined {
  return programs.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Skips a test whose hosts are not all installed and says which; where CI is set, that is a failure. */
export function lacks(t: TestContext, ...hosts: readonly string[]): boolean {
  const missing = hosts.filter((host) => find(host) === undefined);
  if (missing.length === 0) return false;
  const reason = `not installed: ${missing.join(", ")}`;
  assert.ok(!process.env["CI"], `${reason}; with CI set, no host may be missing`);
  t.skip(reason);
  return true;
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end, whatever that is. */
export function run(program: string, args: readonly string[], { input = "", env = {} }: Surroundings = {}): Outcome {
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

/** Runs a program that must succeed, and gives what it printed. */
export function succeed(program: string, args: readonly string[], surroundings?: Surroundings): string {
  const { status, stdout, stderr } = run(program, args, surroundings);
  assert.equal(status, 0, `${[program, ...args].join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

/** A folder for the test alone, gone when it ends; a copy of `source`, where one is given. */
export function temporaryFolder(t: TestContext, source?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
  t.after(() => rmSync(folder, { recursive: true }));
  if (source !== undefined) cpSync(join(root, source), folder, { recursive: true });
  return folder;
}

/** Every file below a folder: its path there, and its content. */
export function readTree(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, "utf8")]));
}

/** Replaces a text that must be there in a file. */
export function replaceIn(file: string, old: string | RegExp, text: string): void {
  const before = readFileSync(file, "utf8");
  const after = before.replace(old, text);
  assert.notEqual(after, before, `${file} holds no ${old}`);
  writeFileSync(file, after);
}

/** As much of an object as these tests look at. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // biome-ignore lint/suspicious/noExplicitAny: the tests reach into objects of many kinds
  readonly spec: any;
}

export function parse(text: string): Manifest[] {
  return (loadAll(text) as (Manifest | null)[]).filter((manifest) => manifest !== null);
}

/** The one object of a kind. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const [first, ...others] = manifests.filter((manifest) => manifest.kind === kind);
  assert.ok(first !== undefined && others.length === 0, `${others.length + (first ? 1 : 0)} of kind ${kind}, not one`);
  return first;
}
