import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { transformSync } from "esbuild";
import { usualInput } from "./eager";

/*
 * Node's single executable application: Node's own program with the bundle in it. postject puts it there, as Node's
 * documentation says for versions before 25.5; later ones can do it by themselves (`--build-sea`), but the program that
 * is shipped is one of a long-term version. Official Node programs only: those of distributions keep most of Node in a
 * shared library, where nothing can be injected.
 */

const root = join(__dirname, "..");
const bundle = "dist/tracing-sidecar.js";
const postject = require.resolve("postject/dist/cli.js");

/** Marks the place in Node's program that says whether it carries an application: `:0` is none. */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** By the machine in an ELF file's header. `strip` is GNU's program for that machine (Debian: binutils, binutils-*). */
const machines: Readonly<Record<number, Machine>> = {
  62: { architecture: "amd64", node: "x64", strip: "x86_64-linux-gnu-strip" },
  183: { architecture: "arm64", node: "arm64", strip: "aarch64-linux-gnu-strip" },
};

interface Machine {
  /** As in names of files and images. */
  readonly architecture: string;
  /** As in `process.arch`. */
  readonly node: string;
  readonly strip: string;
}

/** A Node program, as its bytes tell. */
interface NodeProgram {
  readonly path: string;
  readonly machine: Machine;
  readonly version: string;
}

/** What a Node program is for. @throws with what is wrong and what would be right, where it cannot carry an application. */
export function inspect(path: string): NodeProgram {
  const bytes = readFileSync(path);
  const isElf = bytes.length > 20 && bytes.readUInt32BE(0) === 0x7f454c46;
  const machine = isElf ? machines[bytes.readUInt16LE(18)] : undefined;
  if (machine === undefined) throw new Error(`${path} must be a Linux program for amd64 or arm64`);
  if (!bytes.includes(`${fuse}:0`)) {
    throw new Error(`${path} has no place for an application: it must be an official program of nodejs.org`);
  }
  const version = /\/(v\d+\.\d+\.\d+)\/node-\1\.tar\.gz/.exec(releaseAddress(bytes))?.[1];
  if (version === undefined)
    throw new Error(`${path} does not say its version: it must be an official program of nodejs.org`);
  return { path, machine, version };
}

/** The address of the sources, which every official program holds (`process.release.sourceUrl`). */
function releaseAddress(bytes: Buffer): string {
  const at = bytes.indexOf("https://nodejs.org/download/release/");
  return at < 0 ? "" : bytes.toString("latin1", at, at + 100);
}

/**
 * The bundle as a blob for a Node program, made by that program where this machine runs it: `scripts/executable/`.
 *
 * A blob is for one version of Node only. V8's code is for one version and one architecture: another's has none. The
 * seed makes its bytes the same each time; V8 does not count it among the flags that must be alike when it is read.
 */
function writeBlob(target: NodeProgram, folder: string): string {
  const native = target.machine.node === process.arch;
  if (!native && target.version !== process.version) {
    throw new Error(`${target.path} is ${target.version}: it must be of the version that builds, ${process.version}`);
  }
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const text = readFileSync(join(root, bundle), "utf8").replace(/^#!.*/, "");
  write("bundle.js", `(function (exports, require, module, __filename, __dirname) {${text}\n})`);
  write("code", "");
  write("compile.js", script("compile"));
  write("start.js", script("start"));
  // Names without a folder: they are in the blob.
  const assets = { bundle: "bundle.js", code: "code" };
  const settings = { main: "start.js", output: "application.blob", assets, disableExperimentalSEAWarning: true };
  write("sea-config.json", JSON.stringify(settings));
  const program = native ? resolve(target.path) : process.execPath;
  if (native) {
    const input = readFileSync(join(root, usualInput));
    run(program, ["--random-seed=1", "compile.js", assets.bundle, assets.code], { cwd: folder, input });
  }
  run(program, ["--experimental-sea-config", "sea-config.json"], { cwd: folder });
  return join(folder, settings.output);
}

/** A script of `scripts/executable/` as Node runs it. */
function script(name: string): string {
  const source = readFileSync(join(__dirname, "executable", `${name}.ts`), "utf8");
  return transformSync(source, { loader: "ts", format: "cjs", target: "node20" }).code;
}

/** Runs a program. @throws with what it printed, where it fails. */
function run(program: string, args: readonly string[], options: { cwd?: string; input?: Buffer } = {}): void {
  // V8 takes code only under the options that it was compiled with.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { status, stderr, error } = spawnSync(program, args, { input: "", ...options, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} failed: ${error?.message ?? stderr}`);
}

/** Takes the debugging symbols out, where the machine has the program for it: an eighth of the size, no change in work. */
function strip(file: string, { strip }: Machine): string {
  if (spawnSync(strip, ["--version"]).error !== undefined) return `not stripped, since ${strip} is not installed`;
  run(strip, [file]);
  return "stripped";
}

/** Builds `dist/tracing-sidecar-linux-ARCHITECTURE` from the bundle and a Node program. It appears whole or not at all. */
export function buildExecutable(node: string): { readonly file: string; readonly description: string } {
  const target = inspect(node);
  const name = `dist/tracing-sidecar-linux-${target.machine.architecture}`;
  // Beside its target, for the last step to be a rename.
  const folder = mkdtempSync(join(root, "dist", "building-"));
  try {
    const file = join(folder, "executable");
    copyFileSync(target.path, file);
    // npm's packages of Node come without write permission for some users.
    chmodSync(file, 0o755);
    const note = strip(file, target.machine);
    const blob = writeBlob(target, folder);
    // Its warnings, of notes whose names it cannot find in Node's program, are of no consequence.
    run(process.execPath, [postject, file, "NODE_SEA_BLOB", blob, "--sentinel-fuse", fuse]);
    renameSync(file, join(root, name));
    const size = (statSync(join(root, name)).size / 1e6).toFixed(1);
    return { file: join(root, name), description: `${name}: ${size} MB, Node ${target.version}, ${note}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (require.main === module) {
  const { values } = parseArgs({ options: { node: { type: "string", default: process.execPath } } });
  try {
    console.log(buildExecutable(values.node).description);
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
