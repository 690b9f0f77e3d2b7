import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { checkBuild, checkOverlay, checkPrivateCa, checkWhole } from "../hosts/building";
import { find, lacks, podmanRuntime, readTree, root } from "../hosts/support";
import { notRun } from "./documents";

/** Registers a test for each command. They run in order, in one copy of the project, starting from its root folder. */
export function tryAll(commands: readonly string[]): void {
  const notTried = commands.filter((command) => notRun[command] === undefined && !tried.has(command));
  if (notTried.length === 0) return;
  let folder = "";
  before(() => {
    folder = projectCopy({ withSources: notTried.some((command) => imageBuilds.test(command)) });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const command of notTried) {
    if (builds.test(command) || imageBuilds.test(command)) tried.add(command);
    test(command, (t) => tryCommand(t, folder, command));
  }
}

/** Matches commands that only print a build. */
const builds = /^(?:kubectl kustomize|kustomize build) [^|>&]*$/;
/** Matches commands that build an image. */
const imageBuilds = /^(?:docker|podman) build [^|>&]* \.$/;
/**
 * The commands of both that already have a test. If several documents contain the same one, it runs once, because its input
 * is the same in each.
 */
const tried = new Set<string>();

/** Matches files and folders that no command needs. */
const excluded =
  /^(?:node_modules|\.git|\.fuzz|\.stryker|bench|demo|docs|test|site|dist\/(?:release|tracing-sidecar-linux-\w+))$/;
/** Matches the sources, which only the build of the image needs. */
const sources = /^(?:src|scripts)$/;
/** Matches all fixtures except the one that this build needs. */
const otherFixtures = /^fixtures\/(?!article)/;

/**
 * Copies the project without files that no command needs, and adds a folder `bin` for the PATH.
 *
 * @param withSources If true, also copies the sources.
 */
function projectCopy({ withSources }: { readonly withSources: boolean }): string {
  const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
  const notCopied = [excluded, otherFixtures, ...(withSources ? [] : [sources])];
  const filter = (path: string) => !notCopied.some((pattern) => pattern.test(relative(root, path)));
  cpSync(root, folder, { recursive: true, filter });
  mkdirSync(join(folder, "demo"));
  // The reader's own manifests.
  cpSync(join(root, "examples/plain/k8s"), join(folder, "k8s"), { recursive: true });
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(join(folder, "dist", "tracing-sidecar.js"), join(bin, "tracing-sidecar"));
  // kustomize always runs `docker`. Of kpt's commands, only `kpt fn doc` doesn't request a container without network, and
  // not every machine can give containers a network.
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

/** Programs that may not be installed. */
const hosts = ["kpt", "kustomize", "kubectl", "git", "openssl"];
/** Matches commands that run the function's image. */
const containers = /\b(?:docker|podman) |\bkubectl kustomize |--image\b|\bkpt fn render (?!.*--allow-exec)/;

/** The checks of the examples that kustomize builds, by the end of the command. */
const checksOfBuilds: readonly (readonly [RegExp, (text: string) => void])[] = [
  [/\/kustomize\/(?:image|exec)$/, checkBuild],
  [/\/kustomize\/overlay\/prod$/, checkOverlay],
  [/\/kustomize\/private-ca$/, checkPrivateCa],
  [/\/kustomize\/whole$/, (text) => checkWhole(text, "my-namespace")],
];

/** Lines that a render must add. */
const renderedLines = {
  sidecar: [/^ +(?:- )?name: (?:jaeger-agent|otel-collector)$/m, /^kind: PodMonitor$/m],
  privateCa: [/^ +isCA: true$/m],
};

function tryCommand(t: TestContext, folder: string, command: string): void {
  const usedHosts = hosts.filter((program) => new RegExp(`(?:^|[|&;(] *|= ?)${program} `).test(command));
  const programs = containers.test(command) ? [...usedHosts, "podman"] : usedHosts;
  if (lacks(t, ...programs)) return;
  const path = [
    join(folder, "bin"),
    process.env["PATH"] ?? "",
    ...programs.map((program) => dirname(find(program) as string)),
  ];
  const env = { ...process.env, ...podmanRuntime, PATH: path.join(delimiter) };
  const { stdout, stderr, status } = spawnSync("sh", ["-c", command], { cwd: folder, env, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  assert.doesNotMatch(stderr, /warning/, "a documented command must not give a warning");
  for (const [end, check] of builds.test(command) ? checksOfBuilds : []) if (end.test(command)) check(stdout);
  const output = renderedBy(command, folder, stdout);
  if (output === undefined) return;
  const isCa = /private-ca(?: |$)/.test(command);
  for (const line of isCa ? renderedLines.privateCa : renderedLines.sidecar) assert.match(output, line);
}

/**
 * Returns the manifests that a command has rendered: from stdout, the folder in its arguments, or in place. Returns undefined
 * if the command doesn't render.
 */
function renderedBy(command: string, folder: string, stdout: string): string | undefined {
  if (/\| grep /.test(command)) return undefined;
  if (/\bkustomize build |\bkubectl kustomize /.test(command)) return stdout;
  if (!/\bkpt fn (?:render|eval|sink) /.test(command)) return undefined;
  const target =
    /(?: --output| fn sink) (\S+)/.exec(command)?.[1] ?? /\bkpt fn (?:render|eval) (\S+)/.exec(command)?.[1];
  assert.ok(target !== undefined, "a command that renders must have a folder as an argument");
  return [...readTree(join(folder, target)).values()].join("\n");
}
