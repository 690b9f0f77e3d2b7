import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { load } from "js-yaml";
import { executable, lacksExecutable } from "../hosts/executable-file";
import { find, lacks, only, parse, root, temporaryFolder } from "../hosts/support";
import { notRun } from "./documents";
import { blocks, commandsOf, text } from "./support";

/*
 * What docs/ says of the executable and of the hosts that have no Node is tried here, command by command, in a
 * repository of Git that holds the examples.
 */

const hosts = ["kustomize", "kpt", "kubectl", "git"];

/** A checkout of this repository, for commands that write; its home is a folder of its own. */
interface Checkout {
  readonly folder: string;
  readonly home: string;
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

/** Puts the executable on the PATH, as docs/executable.md says. */
function install({ home }: Checkout): void {
  mkdirSync(join(home, ".local/bin"), { recursive: true });
  symlinkSync(executable, join(home, ".local/bin/tracing-sidecar"));
}

describe("commands in the documents of hosts", () => {
  for (const path of ["docs/executable.md", "docs/argo-cd.md", "docs/flux.md"]) {
    const commands = commandsOf(text(path)).filter((command) => notRun[command] === undefined);
    test(`${path}: every command does what it says, twice`, (t) => {
      if (lacks(t, ...hosts) || lacksExecutable(t)) return;
      const here = checkout(t);
      if (!commands.some((command) => command.startsWith("install "))) install(here);
      for (const command of [...commands, ...commands]) {
        const { status, stdout, stderr } = here.run(command);
        assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
        if (stdout.includes("kind: Deployment")) assert.match(stdout, /name: jaeger-agent$/m, command);
        const target = / --output (\S+)$/.exec(command)?.[1];
        const written = target && readFileSync(join(here.folder, target, "deployment.yaml"), "utf8");
        assert.match(written ?? "name: jaeger-agent", /name: jaeger-agent$/m, command);
        // kpt writes no folder that is there.
        if (target !== undefined) assert.equal(here.run(`rm -r ${target}`).status, 0);
      }
      const commits = here.run("git log --format=%s 2>/dev/null").stdout;
      assert.equal(commits, path === "docs/flux.md" ? "Render hotrod\n" : "", "a second run has nothing to commit");
    });
  }
});

describe("docs/argo-cd.md", () => {
  const example = "deploy/argocd/example";
  const build = "kustomize build --enable-alpha-plugins --enable-exec";

  test("its Application is the one that is there, and its function annotation the example's", () => {
    const yaml = blocks(text("docs/argo-cd.md"), "yaml");
    assert.ok(yaml.includes(text("deploy/argocd/plugin/application.yaml")));
    const { metadata } = load(text(`${example}/tracing.yaml`)) as { metadata: unknown };
    for (const path of ["docs/argo-cd.md", "docs/executable.md"]) {
      assert.deepEqual(
        blocks(text(path), "yaml")
          .map((block) => load(block))
          .find(isFunction),
        { metadata },
        path,
      );
    }
  });

  test("its kustomization adds the sidecar, with the image of the user's registry", (t) => {
    if (lacks(t, ...hosts) || lacksExecutable(t)) return;
    const here = checkout(t);
    const block = blocks(text("docs/argo-cd.md"), "yaml").find((one) => one.includes("components:"));
    copyFileSync(join(root, "test/hosts/argocd/base/install.yaml"), join(here.folder, "install.yaml"));
    for (const [component, tag] of [
      ["plugin", "cmp"],
      ["repo-server", "executable"],
    ] as const) {
      const kustomization = block?.replace("deploy/argocd/plugin", `deploy/argocd/${component}`);
      writeFileSync(join(here.folder, "kustomization.yaml"), kustomization as string);
      const { stdout, stderr } = here.run("kubectl kustomize .");
      assert.ok(stdout.includes(`image: registry.acme.example/platform/tracing-sidecar:0.1.0-${tag}\n`), stderr);
    }
  });

  test("without --enable-exec the function is left out silently; without plugins or the executable the build fails", (t) => {
    if (lacks(t, ...hosts) || lacksExecutable(t)) return;
    const here = checkout(t);
    install(here);
    const silent = here.run(`kustomize build --enable-alpha-plugins ${example}`);
    assert.deepEqual([silent.status, silent.stderr, silent.stdout.includes("jaeger-agent")], [0, "", false]);
    assert.match(here.run(`kustomize build ${example}`).stderr, /external plugins disabled/);
    const { status, stderr } = checkout(t).run(`${build} ${example}`);
    assert.equal(status, 1);
    assert.match(stderr, /executable file not found in \$PATH/);
    assert.ok(text("docs/config-sync.md").includes("`executable file not found in $PATH`"));
  });

  test("images of the kustomization that runs the function do not reach the agent; an outer overlay's do", (t) => {
    if (lacks(t, ...hosts) || lacksExecutable(t)) return;
    const here = checkout(t);
    install(here);
    const images = "images:\n- name: jaegertracing/jaeger-agent\n  newTag: 1.20.0\n";
    const agent = (folder: string) =>
      / +image: jaegertracing\/jaeger-agent:(.*)/.exec(here.run(`${build} ${folder}`).stdout)?.[1];
    writeFileSync(join(here.folder, "kustomization.yaml"), `resources:\n- ${example}\n${images}`);
    assert.equal(agent("."), "1.20.0");
    appendFileSync(join(here.folder, example, "kustomization.yaml"), images);
    assert.equal(agent(example), "1.62.0");
  });
});

function isFunction(value: unknown): boolean {
  return JSON.stringify(value).includes("config.kubernetes.io/function");
}

test("docs/flux.md: its patch turns the substitution off on the Deployment, whose tags need that", (t) => {
  if (lacks(t, ...hosts) || lacksExecutable(t)) return;
  const here = checkout(t);
  install(here);
  const patches = blocks(text("docs/flux.md"), "yaml").find((block) => block.startsWith("patches:"));
  appendFileSync(join(here.folder, "deploy/argocd/example/kustomization.yaml"), patches as string);
  const { stdout } = here.run("kustomize build --enable-alpha-plugins --enable-exec deploy/argocd/example");
  const deployment = only(parse(stdout), "Deployment");
  const { annotations } = deployment.metadata as { annotations?: Record<string, string> };
  assert.equal(annotations?.["kustomize.toolkit.fluxcd.io/substitute"], "disabled");
  assert.equal(deployment.spec.template.metadata.annotations, undefined);
  const tags = /--agent\.tags=(\S+)/.exec(JSON.stringify(deployment.spec))?.[1];
  assert.match(tags ?? "", /pod\.name=\$\{POD_NAME:\}/);
});
