import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { load } from "js-yaml";
import { executable, lacksExecutable } from "../hosts/executable-file";
import { find, lacks, only, parse, replaceIn, root, temporaryFolder } from "../hosts/support";
import { notRun } from "./documents";
import { blocks, commandsOf, text } from "./support";

/*
 * The documentation of the executable and of hosts without Node: every command is run in a Git repository with the
 * examples.
 */

const hosts = ["kustomize", "kpt", "kubectl", "git"];

/** A copy of the repository for commands that write files, with a separate home folder. */
interface Checkout {
  readonly folder: string;
  readonly home: string;
  /** Runs a shell command in the copy. */
  readonly run: (command: string) => {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  };
}

function checkout(t: TestContext): Checkout {
  const folder = temporaryFolder(t);
  const home = temporaryFolder(t);
  for (const part of ["deploy", "examples"]) cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, "dist"), join(folder, "dist"));
  const programs = hosts.map((program) => dirname(find(program) as string));
  const env = {
    PATH: [join(home, ".local/bin"), ...programs, "/usr/bin", "/bin"].join(delimiter),
    HOME: home,
    GIT_AUTHOR_NAME: "ci",
    GIT_AUTHOR_EMAIL: "ci@example.com",
    GIT_COMMITTER_NAME: "ci",
    GIT_COMMITTER_EMAIL: "ci@example.com",
  };
  const run = (command: string) => spawnSync("sh", ["-c", command], { cwd: folder, env, encoding: "utf8" });
  assert.equal(run("git init --quiet").status, 0);
  return { folder, home, run };
}

/** Installs the executable on the PATH, as docs/get-started/executable.md describes. */
function install({ home }: Checkout): void {
  mkdirSync(join(home, ".local/bin"), { recursive: true });
  symlinkSync(executable, join(home, ".local/bin/tracing-sidecar"));
}

describe("commands in the documentation of hosts", () => {
  for (const path of ["docs/get-started/executable.md", "docs/how-to/argo-cd.md", "docs/how-to/flux.md"]) {
    const commands = commandsOf(text(path)).filter((command) => notRun[command] === undefined);
    test(`${path}: every command works, also a second time`, (t) => {
      if (lacks(t, ...hosts) || lacksExecutable(t)) return;
      assert.ok(commands.length > 0);
      const copy = checkout(t);
      if (!commands.some((command) => command.startsWith("install "))) install(copy);
      for (const command of [...commands, ...commands]) checkCommand(copy, command);
      const commits = copy.run("git log --format=%s 2>/dev/null").stdout;
      assert.equal(
        commits,
        path === "docs/how-to/flux.md" ? "Render hotrod\n" : "",
        "a second run has nothing to commit",
      );
    });
  }
});

/** Runs a command, and checks that a Deployment that it prints or writes has the agent. */
function checkCommand({ folder, run }: Checkout, command: string): void {
  const { status, stdout, stderr } = run(command);
  assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
  const agent = /name: (?:jaeger-agent|otel-collector)$/m;
  if (stdout.includes("kind: Deployment")) assert.match(stdout, agent, command);
  const target = / --output (\S+)$/.exec(command)?.[1];
  if (target === undefined) return;
  assert.match(readFileSync(join(folder, target, "deployment.yaml"), "utf8"), agent, command);
  // kpt doesn't write to an existing folder.
  assert.equal(run(`rm -r ${target}`).status, 0);
}

describe("docs/how-to/argo-cd.md", () => {
  const example = "deploy/argocd/example";
  const build = "kustomize build --enable-alpha-plugins --enable-exec";

  test("has the Application of deploy/argocd, and the function annotation of the example", () => {
    const yaml = blocks(text("docs/how-to/argo-cd.md"), "yaml");
    assert.ok(yaml.includes(text("deploy/argocd/plugin/application.yaml")));
    const { metadata } = load(text(`${example}/tracing.yaml`)) as { metadata: unknown };
    for (const path of ["docs/how-to/argo-cd.md", "docs/get-started/executable.md"]) {
      assert.deepEqual(
        blocks(text(path), "yaml")
          .map((block) => load(block))
          .find(isFunction),
        { metadata },
        path,
      );
    }
  });

  test("has a kustomization that adds the sidecar, with an image from the user's registry", (t) => {
    if (lacks(t, ...hosts) || lacksExecutable(t)) return;
    const copy = checkout(t);
    const block = blocks(text("docs/how-to/argo-cd.md"), "yaml").find((candidate) => candidate.includes("components:"));
    copyFileSync(join(root, "test/hosts/argocd/base/install.yaml"), join(copy.folder, "install.yaml"));
    for (const [component, tag] of [
      ["plugin", "cmp"],
      ["repo-server", "executable"],
    ] as const) {
      const kustomization = block?.replace("deploy/argocd/plugin", `deploy/argocd/${component}`);
      writeFileSync(join(copy.folder, "kustomization.yaml"), kustomization as string);
      const { stdout, stderr } = copy.run("kubectl kustomize .");
      assert.ok(stdout.includes(`image: registry.acme.example/platform/tracing-sidecar:0.1.0-${tag}\n`), stderr);
    }
  });

  test("without --enable-exec, the function is skipped silently; without plugins or the executable, the build fails", (t) => {
    if (lacks(t, ...hosts) || lacksExecutable(t)) return;
    const copy = checkout(t);
    install(copy);
    const silent = copy.run(`kustomize build --enable-alpha-plugins ${example}`);
    assert.deepEqual([silent.status, silent.stderr, silent.stdout.includes("otel-collector")], [0, "", false]);
    assert.match(copy.run(`kustomize build ${example}`).stderr, /external plugins disabled/);
    const { status, stderr } = checkout(t).run(`${build} ${example}`);
    assert.equal(status, 1);
    assert.match(stderr, /executable file not found in \$PATH/);
    assert.ok(text("docs/how-to/config-sync.md").includes("`executable file not found in $PATH`"));
  });

  test("images in the kustomization that runs the function don't change the agent, but an overlay's do", (t) => {
    if (lacks(t, ...hosts) || lacksExecutable(t)) return;
    const copy = checkout(t);
    install(copy);
    const images = "images:\n- name: otel/opentelemetry-collector\n  newTag: 0.120.0\n";
    const agent = (folder: string) =>
      / +image: otel\/opentelemetry-collector:(.*)/.exec(copy.run(`${build} ${folder}`).stdout)?.[1];
    writeFileSync(join(copy.folder, "kustomization.yaml"), `resources:\n- ${example}\n${images}`);
    assert.equal(agent("."), "0.120.0");
    appendFileSync(join(copy.folder, example, "kustomization.yaml"), images);
    assert.equal(agent(example), "0.165.0");
  });
});

function isFunction(value: unknown): boolean {
  return JSON.stringify(value).includes("config.kubernetes.io/function");
}

test("docs/how-to/flux.md: with the Jaeger agent, the patch disables substitution for the Deployment, as its tags require", (t) => {
  if (lacks(t, ...hosts) || lacksExecutable(t)) return;
  const copy = checkout(t);
  install(copy);
  const build = "kustomize build --enable-alpha-plugins --enable-exec deploy/argocd/example";
  assert.doesNotMatch(copy.run(build).stdout, /\$\{/, "the Collector needs no patch");
  const preset = / {2}app:\n {4}presets: .*\n/;
  const configuration = join(copy.folder, "deploy/argocd/example/tracing.yaml");
  replaceIn(configuration, preset, "  agent: {type: jaeger}\n");
  replaceIn(configuration, "otel-collector.tracing:4317", "jaeger-collector.tracing:14250");
  const patches = blocks(text("docs/how-to/flux.md"), "yaml").find((block) => block.startsWith("patches:"));
  appendFileSync(join(copy.folder, "deploy/argocd/example/kustomization.yaml"), patches as string);
  const { stdout } = copy.run(build);
  const deployment = only(parse(stdout), "Deployment");
  const { annotations } = deployment.metadata as { annotations?: Record<string, string> };
  assert.equal(annotations?.["kustomize.toolkit.fluxcd.io/substitute"], "disabled");
  assert.equal(deployment.spec.template.metadata.annotations, undefined);
  const tags = /--agent\.tags=(\S+)/.exec(JSON.stringify(deployment.spec))?.[1];
  assert.match(tags ?? "", /pod\.name=\$\{POD_NAME:\}/);
});
