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
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { transformSync } from "esbuild";

/*
 * Builds a single executable application: Node's own program with the bundle in it. postject injects the bundle, as
 * Node's documentation describes for versions before 25.5. Later versions can do it themselves (`--build-sea`), but the
 * program that is shipped is a long-term support version. Only official Node programs work: those of distributions keep
 * most of Node in a shared library, where nothing can be injected.
 */

const root = join(__dirname, "..");
const bundle = "dist/tracing-sidecar.js";
/** A list of the usual kind and size. The functions that a run over it calls are compiled in advance. */
const usualInput = "fixtures/article/input.yaml";
const postject = require.resolve("postject/dist/cli.js");

/** The marker in Node's program that shows whether it contains an application. It ends with `:0` if there is none. */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** By the machine number in an ELF file's header. */
const machines: Readonly<Record<number, Machine>> = {
  62: { architecture: "amd64", node: "x64", strip: "x86_64-linux-gnu-strip" },
  183: { architecture: "arm64", node: "arm64", strip: "aarch64-linux-gnu-strip" },
};

interface Machine {
  /** The name in files and images. */
  readonly architecture: string;
  /** The name in `process.arch`. */
  readonly node: string;
  /** GNU's `strip` for that machine (Debian packages binutils, binutils-*). */
  readonly strip: string;
}

/** A Node program, with what its bytes show. */
interface NodeProgram {
  readonly path: string;
  readonly machine: Machine;
  readonly version: string;
}

/**
 * Reads a Node program's machine and version.
 *
 * @throws Error if the program can't contain an application, with what it must be.
 */
export function inspect(path: string): NodeProgram {
  const bytes = readFileSync(path);
  const isElf = bytes.length > 20 && bytes.readUInt32BE(0) === 0x7f454c46;
  const machine = isElf ? machines[bytes.readUInt16LE(18)] : undefined;
  if (machine === undefined) throw new Error(`${path} must be a Linux program for amd64 or arm64`);
  if (!bytes.includes(`${fuse}:0`)) {
    throw new Error(`${path} has no place for an application: it must be an official program of nodejs.org`);
  }
  const version = /\/(v\d+\.\d+\.\d+)\/node-\1\.tar\.gz/.exec(sourceUrl(bytes))?.[1];
  if (version === undefined)
    throw new Error(`${path} doesn't contain its version: it must be an official program of nodejs.org`);
  return { path, machine, version };
}

/** Returns the URL of the sources, which every official program contains (`process.release.sourceUrl`). */
function sourceUrl(bytes: Buffer): string {
  const at = bytes.indexOf("https://nodejs.org/download/release/");
  return at < 0 ? "" : bytes.toString("latin1", at, at + 100);
}

/**
 * Packs the bundle into a blob for a Node program, and returns the blob's path. If this machine can run the program, the
 * program itself does it, and V8's compiled code is added (`scripts/executable/`).
 *
 * A blob is for one version of Node only. V8's code is for one version and one architecture, so a blob for another
 * architecture has none. The random seed makes V8's code reproducible. It isn't one of the flags that must be the same
 * when V8 reads the code.
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
  // No folders, since the names become part of the blob.
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

/** Returns a script of `scripts/executable/` as JavaScript. */
function script(name: string): string {
  const source = readFileSync(join(__dirname, "executable", `${name}.ts`), "utf8");
  return transformSync(source, { loader: "ts", format: "cjs", target: "node20" }).code;
}

/**
 * Runs a program.
 *
 * @throws Error with the program's stderr if it fails.
 */
function run(program: string, args: readonly string[], options: { cwd?: string; input?: Buffer } = {}): void {
  // V8 accepts compiled code only under the options that it was compiled with.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { status, stderr, error } = spawnSync(program, args, { input: "", ...options, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} failed: ${error?.message ?? stderr}`);
}

/**
 * Removes the debugging symbols if `strip` is installed: an eighth of the size, with no effect on how the program works.
 * Returns what was done.
 */
function strip(file: string, { strip }: Machine): string {
  if (spawnSync(strip, ["--version"]).error !== undefined) return `not stripped because ${strip} is not installed`;
  run(strip, [file]);
  return "stripped";
}

/**
 * Builds `tracing-sidecar-linux-ARCHITECTURE` from the bundle. The file is written atomically.
 *
 * @param node the path of a Node program.
 * @param folder the folder to write it to. Default: `dist`.
 * @returns the path, and one line for the console.
 * @throws Error if the Node program can't contain an application.
 */
export function buildExecutable(
  node: string,
  folder = join(root, "dist"),
): { readonly file: string; readonly description: string } {
  const target = inspect(node);
  const file = join(folder, `tracing-sidecar-linux-${target.machine.architecture}`);
  // In the target's folder, so that the last step can be a rename.
  const building = mkdtempSync(join(folder, "building-"));
  try {
    const program = join(building, "executable");
    copyFileSync(target.path, program);
    // npm's packages of Node come without write permission for some users.
    chmodSync(program, 0o755);
    const note = strip(program, target.machine);
    const blob = writeBlob(target, building);
    // It warns about notes whose names it can't find in Node's program. That has no consequences.
    run(process.execPath, [postject, program, "NODE_SEA_BLOB", blob, "--sentinel-fuse", fuse]);
    renameSync(program, file);
    const size = (statSync(file).size / 1e6).toFixed(1);
    return { file, description: `${relative(root, file)}: ${size} MB, Node ${target.version}, ${note}` };
  } finally {
    rmSync(building, { recursive: true });
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
