import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { find, lacks, podmanRuntime, readTree, root } from "../hosts/support";
import { notRun } from "./documents";

/** A test for each command, in their order, in one copy of the project: as a reader does who starts at its root. */
export function tryAll(commands: readonly string[]): void {
  let folder = "";
  before(() => {
    folder = projectCopy();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const command of commands) {
    if (notRun[command] === undefined) test(command, (t) => tryCommand(t, folder, command));
  }
}

const left = ["node_modules", ".git", "demo", "coverage"];

/** The project without what is large and in no command, and a folder `bin` for the PATH. */
function projectCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
  const isWanted = (path: string) =>
    !left.includes(relative(root, path)) && !/^tracing-sidecar-linux-/.test(basename(path));
  cpSync(root, folder, { recursive: true, filter: isWanted });
  mkdirSync(join(folder, "demo"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(join(folder, "dist", "tracing-sidecar.js"), join(bin, "tracing-sidecar"));
  // kustomize calls `docker`, and `kpt fn doc`, alone among kpt's commands, does not ask for a container without
  // network, which not every machine can give a network to.
  const lines = [
    "#!/bin/sh",
    'case "$*" in "run "*--network*) ;; "run "*) shift; set -- run --network=none "$@" ;; esac',
    `exec ${find("podman") ?? "podman"} "$@"`,
  ];
  for (const name of ["docker", "podman"]) {
    writeFileSync(join(bin, name), lines.map((line) => `${line}\n`).join(""), { mode: 0o755 });
  }
  return folder;
}

/** Programs that a machine may lack; a shell has the others. */
const hosts = ["kpt", "kustomize", "kubectl", "git", "openssl"];
/** What runs the function's image. */
const containers = /\b(?:docker|podman) |\bkubectl kustomize |--image\b|\bkpt fn render (?!.*--allow-exec)/;

/** Lines of what a render makes. */
const made = {
  sidecar: [/^ +(?:- )?name: (?:jaeger-agent|otel-collector)$/m, /^kind: PodMonitor$/m],
  privateCa: [/^ +isCA: true$/m],
};

function tryCommand(t: TestContext, folder: string, command: string): void {
  const named = hosts.filter((program) => new RegExp(`(?:^|[|&;(] *|= ?)${program} `).test(command));
  const programs = containers.test(command) ? [...named, "podman"] : named;
  if (lacks(t, ...programs)) return;
  const path = [
    join(folder, "bin"),
    process.env["PATH"] ?? "",
    ...programs.map((program) => dirname(find(program) as string)),
  ];
  const env = { ...process.env, ...podmanRuntime, PATH: path.join(delimiter) };
  const { stdout, stderr, status } = spawnSync("sh", ["-c", command], { cwd: folder, env, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  assert.doesNotMatch(stderr, /warning/, "what a document shows must render without a warning");
  const output = renderedBy(command, folder, stdout);
  if (output === undefined) return;
  const isCa = /private-ca(?: |$)/.test(command);
  for (const line of isCa ? made.privateCa : made.sidecar) assert.match(output, line);
}

/** The manifests that a rendering command made: on stdout, in the folder it names, or in place. */
function renderedBy(command: string, folder: string, stdout: string): string | undefined {
  if (/\| grep /.test(command)) return undefined;
  if (/\bkustomize build |\bkubectl kustomize /.test(command)) return stdout;
  if (!/\bkpt fn (?:render|eval|sink) /.test(command)) return undefined;
  const target =
    /(?: --output| fn sink) (\S+)/.exec(command)?.[1] ?? /\bkpt fn (?:render|eval) (\S+)/.exec(command)?.[1];
  assert.ok(target !== undefined, "a command that renders must name its folder");
  return [...readTree(join(folder, target)).values()].join("\n");
}
