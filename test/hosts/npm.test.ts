import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { freePort } from "../support/free-port";
import { runBundle } from "../support/run-bundle";
import { find, lacks, root, temporaryFolder } from "./support";

/*
 * The npm package, published to a real registry on this machine (verdaccio), and used as the documentation describes, with
 * each version of Node. Nothing comes from the internet: verdaccio has no other registry to ask.
 */

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
const nodes: readonly string[] = ["node", "node-22", "node-24"];
const input = "examples/hotrod/otelcol/deployment.yaml";
const configuration = "examples/hotrod/otelcol/tracing.yaml";

/** A registry that runs on this machine. */
interface Registry {
  readonly url: string;
  readonly process: ChildProcess;
  readonly folder: string;
}

let registry: Registry | undefined;

/** Starts an empty registry that lets everybody publish, and waits until it answers. */
async function startRegistry(program: string): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
  const settings = [
    "storage: ./storage",
    "packages: {'**': {access: $all, publish: $all}}",
    "log: {type: stdout, level: fatal}",
  ];
  writeFileSync(join(folder, "config.yaml"), `${settings.join("\n")}\n`);
  const address = `127.0.0.1:${await freePort()}`;
  const args = ["--config", join(folder, "config.yaml"), "--listen", address];
  const process = spawn(program, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  process.stderr.on("data", (data) => {
    stderr += data;
  });
  const url = `http://${address}/`;
  for (;;) {
    if (await answers(`${url}-/ping`)) return { url, process, folder };
    assert.equal(process.exitCode, null, `verdaccio ended: ${stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** A user's machine: an empty folder, a separate home folder, and a version of Node. */
interface Machine {
  /** The working directory. */
  readonly folder: string;
  readonly home: string;
  /** Runs a program that must succeed, and returns its stdout. */
  readonly succeed: (program: string, ...args: readonly string[]) => string;
}

function machine(t: TestContext, node: string): Machine {
  const [folder, home] = [temporaryFolder(t), temporaryFolder(t)];
  const bin = join(home, "node");
  mkdirSync(bin);
  symlinkSync(node === "node" ? process.execPath : (find(node) as string), join(bin, "node"));
  const env = {
    HOME: home,
    PATH: [bin, dirname(find("npm") as string), "/usr/bin", "/bin"].join(delimiter),
    npm_config_registry: registry?.url,
    npm_config_audit: "false",
    npm_config_update_notifier: "false",
  };
  const succeed: Machine["succeed"] = (program, ...args) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: "utf8", input: "" });
    assert.equal(status, 0, `${[program, ...args].join(" ")}\n${stdout}${stderr}`);
    return stdout;
  };
  return { folder, home, succeed };
}

/** Copies the example to the machine's folder, and checks that a command prints the same as the bundle. */
function requireSameOutput({ folder, succeed }: Machine, program: string, ...args: readonly string[]): void {
  copyFileSync(join(root, input), join(folder, "deployment.yaml"));
  copyFileSync(join(root, configuration), join(folder, "tracing.yaml"));
  const expected = runBundle("", { args: ["-c", configuration, input] });
  assert.match(expected.stdout, /^ +- name: otel-collector$/m);
  assert.equal(succeed(program, ...args, "deployment.yaml"), expected.stdout);
}

describe("the npm package, from a registry", () => {
  let published = "";
  before(async () => {
    const program = find("verdaccio");
    if (program === undefined || find("node-22") === undefined) return;
    registry = await startRegistry(program);
    // Without scripts: `prepare` would write the bundle, which other tests are reading. Provenance needs GitHub.
    const token = `--${registry.url.slice("http:".length)}:_authToken=any`;
    const args = ["publish", "--ignore-scripts", "--provenance=false", "--registry", registry.url, token];
    const { status, stdout, stderr } = spawnSync("npm", args, { cwd: root, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
    published = stderr;
  });
  after(() => {
    registry?.process.kill();
    if (registry !== undefined) rmSync(registry.folder, { recursive: true, force: true });
  });

  test("is published with public access, and npm has nothing to correct or to warn about", (t) => {
    if (lacks(t, "verdaccio", "node-22")) return;
    assert.match(published, /with tag latest and public access$/m);
    assert.doesNotMatch(published, /npm (?:warn|error)/);
  });

  test("has no dependencies, a README, and the repository that resolves the README's links", (t) => {
    if (lacks(t, "verdaccio", "node-22")) return;
    const { succeed } = machine(t, "node");
    const fields = ["dependencies", "repository.url", "license", "readme"];
    const metadata = JSON.parse(succeed("npm", "view", "tracing-sidecar", "--json", ...fields));
    const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    assert.equal(metadata["repository.url"], repository.url);
    assert.match(repository.url, /^git\+https:\/\/github\.com\/[\w-]+\/[\w-]+\.git$/);
    assert.deepEqual([metadata.dependencies, metadata.license], [undefined, "Apache-2.0"]);
    assert.equal(metadata.readme.trim(), readFileSync(join(root, "README.md"), "utf8").trim());
  });

  for (const node of nodes) {
    test(`runs with npx in an empty folder: ${node}`, (t) => {
      if (lacks(t, "verdaccio", "node-22", node)) return;
      requireSameOutput(machine(t, node), "npx", "--yes", "tracing-sidecar");
    });

    test(`is installed globally, with the plugin for Helm 4: ${node}`, (t) => {
      if (lacks(t, "verdaccio", "node-22", node)) return;
      const user = machine(t, node);
      const prefix = join(user.home, "with a space");
      const install = ["install", "--global", "--prefix", prefix, "tracing-sidecar"];
      assert.match(user.succeed("npm", ...install), /^added 1 package /m);
      assert.equal(user.succeed(join(prefix, "bin/tracing-sidecar"), "version"), `${version}\n`);
      const plugin = "lib/node_modules/tracing-sidecar/deploy/helm/tracing-sidecar/plugin.yaml";
      assert.ok(existsSync(join(prefix, plugin)));
    });
  }

  test("is installed in a project of ES modules, and init refers to the schema in the package", (t) => {
    if (lacks(t, "verdaccio", "node-22")) return;
    const user = machine(t, "node");
    writeFileSync(join(user.folder, "package.json"), '{"name": "shop", "private": true, "type": "module"}');
    user.succeed("npm", "install", "--save-dev", "tracing-sidecar");
    user.succeed("npx", "tracing-sidecar", "init", "--collector", "collector.tracing:4317", "--output", "tracing.yaml");
    const [line = ""] = readFileSync(join(user.folder, "tracing.yaml"), "utf8").split("\n");
    const [, schema = ""] = /^# yaml-language-server: \$schema=(.*)$/.exec(line) ?? [];
    assert.equal(schema, "node_modules/tracing-sidecar/function-config/schema.json");
    assert.ok(existsSync(join(user.folder, schema)));
    requireSameOutput(user, "npx", "tracing-sidecar");
  });
});
