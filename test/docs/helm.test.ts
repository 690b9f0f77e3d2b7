import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type HelmVersion, helmEnvironment, lacksHelm } from "../hosts/helm-setup";
import { only, parse, root, temporaryFolder } from "../hosts/support";
import { notRun } from "./documents";
import { blocks, commandsOf, text } from "./support";

/*
 * The commands of docs/how-to/helm.md, with the version of Helm that their section is about. The others are run with both.
 */

const document = text("docs/how-to/helm.md");
const sections = document.split(/^(?=## )/m);
const commandsIn = (section: string) => commandsOf(section).filter((command) => notRun[command] === undefined);

/** Returns a function that runs a command of the document in a copy of the example. Fails if the command fails. */
function shell(t: TestContext, version: HelmVersion) {
  const folder = temporaryFolder(t);
  for (const part of ["deploy/helm", "examples/helm"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  const environment = helmEnvironment(t, version);
  const env = { ...process.env, ...environment, PATH: [environment["PATH"], process.env["PATH"]].join(delimiter) };
  return (command: string) => {
    const { status, stdout, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", command], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    assert.equal(status, 0, `${command}\n${stderr}`);
    assert.doesNotMatch(stderr, /warning/i, command);
    return { stdout, stderr };
  };
}

/** Fails unless a command printed the chart with the agent, or a diff that adds it. */
function requireAgent(stdout: string, command: string): void {
  if (command.includes("--diff")) {
    assert.match(stdout, /^\+ +- name: otel-collector$/m);
    return;
  }
  const objects = parse(stdout);
  assert.match(JSON.stringify(only(objects, "Deployment").spec), /"name":"otel-collector"/, command);
  assert.match(only(objects, "Certificate").spec.commonName, /@shop$/);
  only(objects, "PodMonitor");
}

/** Replaces the numbers of lines, which depend on the version of Helm. */
const withoutLines = (output: string) => output.replace(/^<stdin>:\d+/gm, "<stdin>:N");

describe("docs/how-to/helm.md", () => {
  for (const version of [4, 3] as const) {
    const others = version === 4 ? "## Helm 3\n" : "## Helm 4\n";
    // HELM_NAMESPACE reaches only a plugin.
    const own = sections.filter(
      (section) => !section.startsWith(others) && (version === 4 || !/^## The name/.test(section)),
    );
    test(`every command works with Helm ${version}, and prints the documented output`, (t) => {
      if (lacksHelm(t, version)) return;
      const commands = own.flatMap(commandsIn);
      assert.ok(commands.length > 2);
      const run = shell(t, version);
      const outputs = commands.map((command) => {
        const { stdout, stderr } = run(command);
        if (command.includes(" template ")) requireAgent(stdout, command);
        return withoutLines(stdout + stderr);
      });
      for (const block of own.flatMap((section) => blocks(section, "text")))
        assert.ok(
          outputs.some((output) => output.includes(withoutLines(block))),
          `${block}\n${outputs.join("\n")}`,
        );
    });
  }
});
