import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, readdirSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { notRun } from "../docs/documents";
import { patternOf, stepsOf } from "../docs/steps";
import { text } from "../docs/support";
import { find, lacks, readTree, root, temporaryFolder } from "../hosts/support";
import { freePort } from "../support/free-port";
import { lacksCluster, startCluster } from "./cluster";
import { type ControlPlane, until } from "./control-plane";
import { placePods } from "./placement";
import { images } from "./published-images";

/*
 * The tutorial in a real cluster, command by command. Each command must print what the page shows.
 */

const page = text("docs/get-started/tutorial.md");
const example = "examples/tutorial";

test("the tutorial links to every file of its example", () => {
  for (const file of readdirSync(join(root, example))) assert.ok(page.includes(`(../../${example}/${file})`), file);
});

test("the tutorial installs the version of cert-manager that runs here", () => {
  const [, version] = /cert-manager\/cert-manager (v\S+)/.exec(text("test/cluster/programs/kubernetes/go.mod")) ?? [];
  assert.ok(page.includes(`/cert-manager/releases/download/${version}/`), version);
});

test("the tutorial works in a cluster", async (t) => {
  if (lacksCluster(t) || lacks(t, "curl", "git")) return;
  const { plane, kubectl } = await startCluster(t, { issuers: "cert-manager", images: Object.values(images) });
  // The manifest of cert-manager also creates its namespace.
  kubectl(["create", "namespace", "cert-manager"]);
  const clone = await startClone(t, plane);

  // The output of each step, by its commands.
  const outputs = new Map<string, string>();
  const scriptOf = (command: string): string =>
    [...outputs.keys()].find((script) => script.includes(command)) ?? assert.fail(`${command} wasn't run`);
  const outputOf = (command: string): string => outputs.get(scriptOf(command)) as string;
  for (const { commands, output: expected } of stepsOf(await withFreePorts(page))) {
    const script = commands.filter((command) => notRun[command] === undefined).join("\n");
    if (script === "") continue;
    if (script.includes("kubectl apply")) await placePods(plane);
    // As the page says: HotROD discards spans while the agent starts, so another ride may be necessary.
    const before = script.includes("/api/traces") ? scriptOf("/dispatch") : undefined;
    await t.test(script, async () => {
      outputs.set(script, await check(clone, { script, expected, before }));
    });
  }

  await t.test("the trace has the name of HotROD's pod", () => {
    const [, pod = ""] = /"value":"(.+)"/.exec(outputOf("/api/traces")) ?? [];
    assert.match(outputOf("kubectl get pods"), new RegExp(`^${pod} `, "m"));
  });

  await t.test("the page deletes what the removal reports", () => {
    const reported = outputOf("--remove").match(/(?<=^ +)kubectl delete .*/gm) ?? [];
    assert.equal(reported.length, 2);
    assert.ok(outputs.has(reported.join("\n")));
  });

  await t.test("in the end, the files are as before, and the cluster has nothing that was added", () => {
    assert.deepEqual(readTree(join(clone.folder, example)), readTree(join(root, example)));
    const query = (...args: readonly string[]) => kubectl(["get", "--namespace=hotrod", ...args]);
    assert.equal(query("certificates,secrets", "--output=name"), "");
    assert.equal(query("deployments", "--output=jsonpath={.items[*].spec.template.spec.containers[*].name}"), "hotrod");
  });
});

/** A clone of the repository, in which a user of the cluster runs commands. */
interface Clone {
  readonly folder: string;
  /** Starts a shell. It is stopped at the end of the test. */
  start(script: string): Shell;
}

/** A shell that runs, or has ended. */
interface Shell {
  /** Returns what it has printed so far, to stdout and stderr. */
  output(): string;
  /** Returns the exit status once it has ended. It is null if the shell was killed. */
  readonly status: Promise<number | null>;
}

/** Creates a clone with the examples and the build. The user's home folder is empty. */
async function startClone(t: TestContext, { folder: cluster, kubeconfig }: ControlPlane): Promise<Clone> {
  const [folder, home] = [temporaryFolder(t), temporaryFolder(t)];
  cpSync(join(root, "examples"), join(folder, "examples"), { recursive: true });
  symlinkSync(join(root, "dist"), join(folder, "dist"));
  const programs = ["kubectl", "curl", "git"].map((program) => dirname(find(program) as string));
  const env = {
    PATH: [join(home, ".local/bin"), dirname(process.execPath), ...programs, "/usr/bin", "/bin"].join(delimiter),
    HOME: home,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(cluster, "kubectl"),
  };
  const start = (script: string): Shell => {
    // The shell is the leader of a process group, so that it can be stopped with all that it started.
    const child = spawn("sh", ["-ec", `exec 2>&1\n${script}`], { cwd: folder, env, detached: true });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const status = new Promise<number | null>((resolve) => child.once("close", resolve));
    t.after(() => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number));
    });
    return { output: () => output, status };
  };
  const commit = "git -c user.name=ci -c user.email=ci@example.com commit --quiet --message=Clone";
  const { status, output } = start(`git init --quiet\ngit add .\n${commit}`);
  assert.equal(await status, 0, output());
  return { folder, start };
}

/** A script to run. */
interface Task {
  readonly script: string;
  /** The output that the page shows. */
  readonly expected: string | undefined;
  /** A script to run before each attempt. */
  readonly before: string | undefined;
}

/**
 * Runs a script, and checks its output and exit status. Returns the output. A command that waits for nothing itself is
 * repeated until its output is as expected. A command that never ends keeps running.
 */
async function check({ start }: Clone, { script, expected = "...\n", before }: Task): Promise<string> {
  const pattern = patternOf(expected);
  const complaint = (output: string) => `${script}\n${output}\nThe page shows:\n${expected}`;
  if (script.startsWith("kubectl port-forward ")) {
    const { output } = start(script);
    await until(
      () => pattern.test(output()),
      () => complaint(output()),
    );
    return output();
  }
  let output = "";
  let status: number | null = null;
  const runOnce = async () => {
    if (before !== undefined) await start(before).status;
    const shell = start(script);
    status = await shell.status;
    output = shell.output();
    return pattern.test(output);
  };
  if (/^(?:curl|kubectl get) /.test(script)) await until(runOnce, () => complaint(output));
  else assert.ok(await runOnce(), complaint(output));
  // curl prints the status with which it fails.
  assert.equal(status, Number(/^curl: \((\d+)\)/.exec(expected)?.[1] ?? 0), complaint(output));
  return output;
}

/** Returns the page with free ports of this machine instead of those that it forwards. */
async function withFreePorts(document: string): Promise<string> {
  let changed = document;
  for (const [, port] of document.matchAll(/^kubectl port-forward .* (\d+):\d+/gm))
    changed = changed.replace(
      new RegExp(`\\b${port}(?=:\\d)|(?<=localhost:|127\\.0\\.0\\.1:)${port}\\b`, "g"),
      String(await freePort()),
    );
  return changed;
}
