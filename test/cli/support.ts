import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { TestContext } from "node:test";
import { runCommandLine } from "../../src/cli/command-line";
import { nodeFileSystem } from "../../src/cli/file-system";
import type { FileSystem, Signal, System } from "../../src/cli/system";
import { readTree, temporaryFolder } from "../hosts/support";
import { bundle, commandsInProcess } from "../support/run-bundle";

export const golden = join(__dirname, "golden");
const updating = process.env["UPDATE_FIXTURES"] === "1";

/** The output of a run. */
export interface RunOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** The environment of a run. Files are in a folder on disk, streams in memory. */
export interface TestSystem {
  readonly stdin?: string;
  /** The width of the terminal, in characters. If omitted, the streams are not a terminal. */
  readonly terminal?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends a signal at a pause, counted from 1. */
  readonly interruptAt?: { readonly pause: number; readonly signal: Signal };
  /** Replaces methods of the file system on disk. */
  readonly files?: Partial<FileSystem>;
}

/** Runs the command line in this process, with a folder as its working directory. */
export async function runInProcess(
  folder: string,
  args: readonly string[],
  setup: TestSystem = {},
): Promise<RunOutput> {
  const texts = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    isTerminal: setup.terminal !== undefined,
    columns: setup.terminal,
    write: (text: string) => {
      texts[name] += text;
    },
  });
  let listener: ((signal: Signal) => void) | undefined;
  let pauses = 0;
  const system: System = {
    stdout: output("stdout"),
    stderr: output("stderr"),
    env: setup.env ?? {},
    files: { ...within(folder, nodeFileSystem("test")), ...setup.files },
    readInput: () => Buffer.from(setup.stdin ?? ""),
    onInterrupt: (newListener) => {
      listener = newListener;
      return () => {
        listener = undefined;
      };
    },
    pause: async () => {
      if (++pauses === setup.interruptAt?.pause) listener?.(setup.interruptAt.signal);
    },
  };
  const status = await runCommandLine(args, system);
  assert.equal(listener, undefined, "the listener is removed");
  return { ...texts, status };
}

/** Returns a file system whose working directory is `folder`. */
function within(folder: string, files: FileSystem): FileSystem {
  const absolute = (path: string) => resolve(folder, path);
  return {
    kindOf: (path) => files.kindOf(absolute(path)),
    list: (path) => files.list(absolute(path)),
    realPath: (path) => files.realPath(absolute(path)),
    read: (path) => files.read(absolute(path)),
    replace: (path, content) => files.replace(absolute(path), content),
    create: (path, content) => files.create(absolute(path), content),
  };
}

/** Runs the bundle in a child process, with a folder as its working directory and pipes as its streams. */
export function runAsProcess(cwd: string, args: readonly string[], input = "", env = {}): RunOutput {
  const { stdout, stderr, status } = spawnSync(process.execPath, [bundle, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
  });
  return { stdout, stderr, status: status ?? -1 };
}

let bundledCommand: ReturnType<typeof commandsInProcess> | undefined;

/**
 * Like `runAsProcess`, but runs the bundle in this process, which saves starting Node. For tests that aren't about the process
 * itself.
 */
export function runInBundle(folder: string, args: readonly string[], input = "", env = {}): Promise<RunOutput> {
  bundledCommand ??= commandsInProcess();
  return bundledCommand({ folder, args, input, env: { PATH: process.env["PATH"], ...env } });
}

/** Runs the bundle in a pseudo-terminal of 80 columns. Its output has both streams in the order of writing. */
export function runInTerminal(cwd: string, args: readonly string[], env = {}): { output: string; status: number } {
  const { stdout, stderr, status } = spawnSync(
    "python3",
    [join(__dirname, "terminal.py"), process.execPath, bundle, ...args],
    { cwd, encoding: "utf8", env: { PATH: process.env["PATH"], TERM: "xterm", ...env } },
  );
  assert.equal(stderr, "");
  return { output: stdout, status: status ?? -1 };
}

/** Creates a temporary folder with a copy of the golden input. */
export function copyGoldenInput(t: TestContext): string {
  const folder = temporaryFolder(t);
  cpSync(join(golden, "input"), folder, { recursive: true });
  return folder;
}

/** Creates a temporary folder with files, by path. */
export function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(t);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Compares a text with a golden file. With UPDATE_FIXTURES=1, writes the file. */
export function assertGolden(name: string, text: string): void {
  const file = join(golden, name);
  if (updating) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  assert.ok(existsSync(file), `${name} is missing: UPDATE_FIXTURES=1 writes it`);
  assert.equal(text, readFileSync(file, "utf8"), name);
}

/** Like `assertGolden`, for all files of a folder. */
export function assertGoldenTree(name: string, folder: string): void {
  if (updating) {
    rmSync(join(golden, name), { recursive: true, force: true });
    cpSync(folder, join(golden, name), { recursive: true });
  }
  assert.deepEqual(Object.fromEntries(readTree(folder)), Object.fromEntries(readTree(join(golden, name))), name);
}

/** A short configuration that selects every Deployment. */
export const plainConfiguration = `apiVersion: tracing-sidecar.dev/v1alpha1
kind: TracingSidecar
metadata: {name: tracing}
spec:
  selector: {}
  namespace: shop
  collector: {endpoint: "collector:4317"}
  agent: {type: otelcol}
  podMonitor: {}
`;

/** A Deployment that causes no warnings. */
export function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
      - name: ${name}
        image: shop/${name}:1
`;
}
