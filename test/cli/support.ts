import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { disk } from "../../src/cli/node-files";
import { runCommandLine } from "../../src/cli/run";
import type { FileSystem, Signal, System } from "../../src/cli/system";
import { readTree, temporaryFolder } from "../hosts/support";
import { bundle } from "../support/run-bundle";

export const golden = join(__dirname, "golden");
const updating = process.env["UPDATE_FIXTURES"] === "1";

/** What a run gave. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** A world around the command line: a folder on disk, streams in memory. */
export interface World {
  readonly stdin?: string;
  /** Both streams are a terminal of this width. */
  readonly terminal?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends a signal at the n-th pause, from 1. */
  readonly interruptAt?: { readonly pause: number; readonly signal: Signal };
  /** Takes the place of some of the disk. */
  readonly files?: Partial<FileSystem>;
}

/** Runs the command line in this process, with a folder as its working directory. */
export async function runHere(folder: string, args: readonly string[], world: World = {}): Promise<Ran> {
  const texts = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    isTerminal: world.terminal !== undefined,
    columns: world.terminal,
    write: (text: string) => {
      texts[name] += text;
    },
  });
  let listener: ((signal: Signal) => void) | undefined;
  let pauses = 0;
  const host: System = {
    stdout: output("stdout"),
    stderr: output("stderr"),
    env: world.env ?? {},
    files: { ...within(folder, disk("test")), ...world.files },
    readInput: () => Buffer.from(world.stdin ?? ""),
    onInterrupt: (given) => {
      listener = given;
      return () => {
        listener = undefined;
      };
    },
    pause: async () => {
      if (++pauses === world.interruptAt?.pause) listener?.(world.interruptAt.signal);
    },
  };
  const status = await runCommandLine(args, host);
  assert.equal(listener, undefined, "nobody listens any more");
  return { ...texts, status };
}

function within(folder: string, files: FileSystem): FileSystem {
  const at = (path: string) => join(folder, path);
  return {
    kindOf: (path) => files.kindOf(at(path)),
    list: (path) => files.list(at(path)),
    realPath: (path) => files.realPath(at(path)),
    read: (path) => files.read(at(path)),
    replace: (path, content) => files.replace(at(path), content),
    create: (path, content) => files.create(at(path), content),
  };
}

/** Runs the bundle as a shell does, with a folder as its working directory, its streams as pipes. */
export function runThere(cwd: string, args: readonly string[], input = "", env = {}): Ran {
  const { stdout, stderr, status } = spawnSync(process.execPath, [bundle, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
  });
  return { stdout, stderr, status: status ?? -1 };
}

/** Runs the bundle in a pseudo-terminal of 80 columns; both streams come out in their order. */
export function runInTerminal(cwd: string, args: readonly string[], env = {}): { output: string; status: number } {
  const { stdout, stderr, status } = spawnSync(
    "python3",
    [join(__dirname, "terminal.py"), process.execPath, bundle, ...args],
    { cwd, encoding: "utf8", env: { PATH: process.env["PATH"], TERM: "xterm", ...env } },
  );
  assert.equal(stderr, "");
  return { output: stdout, status: status ?? -1 };
}

/** A folder with the golden manifests in it. */
export function manifests(t: TestContext): string {
  const folder = temporaryFolder(t);
  cpSync(join(golden, "input"), folder, { recursive: true });
  return folder;
}

/** A folder with files of a test's own. */
export function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(t);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Compares a text with the golden one, or writes that where UPDATE_FIXTURES is 1. */
export function mustBeGolden(name: string, text: string): void {
  const file = join(golden, name);
  if (updating) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  assert.ok(existsSync(file), `${name} is missing: UPDATE_FIXTURES=1 writes it`);
  assert.equal(text, readFileSync(file, "utf8"), name);
}

/** As `mustBeGolden`, for all files of a folder. */
export function mustBeGoldenTree(name: string, folder: string): void {
  if (updating) {
    rmSync(join(golden, name), { recursive: true, force: true });
    cpSync(folder, join(golden, name), { recursive: true });
  }
  assert.deepEqual(Object.fromEntries(readTree(folder)), Object.fromEntries(readTree(join(golden, name))), name);
}

/** A configuration that selects every Deployment, in a few lines. */
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

/** A Deployment without what would be warned of. */
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
