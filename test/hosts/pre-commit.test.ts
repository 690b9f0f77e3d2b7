import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, test } from "node:test";
import { find, lacks, root, run } from "./support";

/*
 * The hooks in the real pre-commit, which installs them from a clone of this repository as a user's does: npm builds the
 * bundle in it. npm takes the packages from its cache, where `npm ci` has put them.
 */

const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const [source, user] = [join(folder, "tracing-sidecar"), join(folder, "user")];

const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgSign=false"];

function execute(program: string, cwd: string, args: readonly string[]) {
  const path = [dirname(find("pre-commit") ?? "."), process.env["PATH"]].join(delimiter);
  const env = { ...process.env, PATH: path, PRE_COMMIT_HOME: join(folder, "cache"), PRE_COMMIT_COLOR: "never" };
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: "utf8" });
  if (error !== undefined) throw error;
  return { status, output: stdout + stderr };
}

function git(cwd: string, ...args: readonly string[]): string {
  const { status, output } = execute("git", cwd, [...identity, ...args]);
  assert.equal(status, 0, output);
  return output.trim();
}

/** Commits this working tree, without ignored files, to a repository of its own, and returns the commit. */
function commitProject(): string {
  const { stdout } = run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  const isNeeded = (path: string) => path !== "" && !/^(?:test|fixtures|bench|docs)\//.test(path);
  for (const path of stdout.split("\0").filter(isNeeded)) {
    if (!existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(source, path)), { recursive: true });
    cpSync(join(root, path), join(source, path));
  }
  git(source, "init", "--quiet");
  git(source, "add", "--all");
  git(source, "commit", "--quiet", "--message=test");
  return git(source, "rev-parse", "HEAD");
}

test("pre-commit installs the hooks, checks and updates the manifests, and passes when they are up to date", (t) => {
  if (lacks(t, "pre-commit", "git")) return;
  assert.equal(run(find("pre-commit") as string, ["validate-manifest", ".pre-commit-hooks.yaml"]).status, 0);
  const commit = commitProject();
  cpSync(join(root, "examples/plain"), user, { recursive: true });
  writeFileSync(join(user, "k8s/extra.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\n");
  git(user, "init", "--quiet");
  const hooks = ["tracing-sidecar-check", "tracing-sidecar"].map((id) => `  - id: ${id}\n    args: [k8s]\n`).join("");
  writeFileSync(
    join(user, ".pre-commit-config.yaml"),
    `repos:\n- repo: ${source}\n  rev: ${commit}\n  hooks:\n${hooks}`,
  );
  git(user, "add", "--all");
  const preCommit = (...args: readonly string[]) => execute("pre-commit", user, args);
  const manifest = () => readFileSync(join(user, "k8s/shop.yaml"), "utf8");
  const original = manifest();

  assert.equal(preCommit("validate-config").status, 0);
  const checked = preCommit("run", "tracing-sidecar-check");
  assert.equal(checked.status, 1);
  assert.match(
    checked.output,
    /^tracing-sidecar \(check\)\.+Failed\n- hook id: tracing-sidecar-check\n- exit code: 1$/m,
  );
  assert.match(checked.output, /^k8s\/shop\.yaml:13: Deployment shop\/web: Injected\.$/m);
  assert.equal(manifest(), original);

  // A commit is refused, and the second hook has updated the file.
  preCommit("install");
  const refused = execute("git", user, [...identity, "commit", "--message=one"]);
  assert.equal(refused.status, 1);
  assert.match(
    refused.output,
    /^tracing-sidecar\.+Failed\n- hook id: tracing-sidecar\n- files were modified by this hook$/m,
  );
  assert.match(manifest(), /^ +- name: otel-collector$/m);

  git(user, "add", "--all");
  const { output } = execute("git", user, [...identity, "commit", "--message=one"]);
  assert.match(output, /^tracing-sidecar \(check\)\.+Passed\ntracing-sidecar\.+Passed$/m);

  // A commit that only deletes a manifest can make other files outdated too.
  git(user, "rm", "--quiet", "k8s/extra.yaml");
  assert.match(preCommit("run", "tracing-sidecar-check").output, /^tracing-sidecar \(check\)\.+Passed$/m);
});
