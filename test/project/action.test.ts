import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { load } from "js-yaml";
import { deployment, plainConfiguration, runAsProcess } from "../cli/support";
import { blocks, text } from "../docs/support";
import { find, lacks, root, run, temporaryFolder } from "../hosts/support";
import { type Action, type ActionSetup, runAction, runnerFolder } from "../support/composite-action";
import { readSarif } from "../support/review-reports";
import { bundle } from "../support/run-bundle";
import { workflowCommandsIn } from "../support/workflow-commands";

/*
 * The GitHub Action: its steps run in bash as the runner runs them, in a simulated environment of the runner.
 */

const source = readFileSync(join(root, "action.yml"), "utf8");
const action = load(source) as Action;

describe("action.yml", () => {
  test("is valid for SchemaStore's schema", (t) => {
    if (lacks(t, "check-jsonschema")) return;
    const args = ["--builtin-schema", "vendor.github-actions", "action.yml"];
    const { status, stdout, stderr } = run(find("check-jsonschema") as string, args);
    assert.equal(status, 0, stdout + stderr);
  });

  test("pins the actions that it uses, and has no expressions in scripts", () => {
    const uses = source.split("\n").filter((line) => /\buses:/.test(line));
    assert.equal(uses.length, 1);
    for (const line of uses) assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    for (const { run: script = "", uses } of action.runs.steps) {
      assert.doesNotMatch(script, /\$\{\{/);
      assert.ok(
        uses === undefined || readFileSync(join(root, ".github/workflows/ci.yml"), "utf8").includes(uses),
        uses,
      );
    }
  });

  test("uses every input", () => {
    for (const name of Object.keys(action.inputs)) assert.ok(source.includes(`\${{ inputs.${name} }}`), name);
  });
});

/** A Deployment whose container bypasses the agent, which is a warning. */
const bypassing = (name: string) => `${deployment(name)}        env:
        - name: OTEL_EXPORTER_OTLP_ENDPOINT
          value: http://elsewhere:4318
`;

const files: Readonly<Record<string, string>> = {
  "tracing.yaml": `${plainConfiguration}  app:\n    presets: [opentelemetry]\n`,
  "k8s/web.yaml": deployment("web"),
  "k8s/api.yaml": bypassing("api"),
  "k8s/broken.yaml": "a: [\n",
};

/** Runs all steps of an action in a workspace with files. By default, the action is that of this working tree. */
function runSteps(t: TestContext, content: Readonly<Record<string, string>>, setup: Partial<ActionSetup> = {}) {
  const folder = temporaryFolder(t);
  const workspace = join(folder, "workspace");
  for (const [path, text] of Object.entries(content)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  return { workspace, ...runAction({ action: root, workspace, temporary: runnerFolder(folder), ...setup }) };
}

/**
 * The runner's temporary folder, which contains the program. The steps before the check don't depend on the inputs, so they
 * run only once.
 */
const prepared = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
before(() => {
  const setup = { action: root, workspace: prepared, temporary: prepared };
  const { status, log } = runAction({ ...setup, isRequested: ({ id }) => id !== "check" });
  assert.equal(status, 0, log);
});
after(() => rmSync(prepared, { recursive: true }));

/** Runs the step of the action that checks the manifests. */
function check(t: TestContext, content: Readonly<Record<string, string>>, setup: Pick<ActionSetup, "inputs"> = {}) {
  return runSteps(t, content, { ...setup, temporary: prepared, isRequested: ({ id }) => id === "check" });
}

describe("the action", () => {
  test("fails if a file isn't up to date, with annotations, a summary with the diff, and outputs", (t) => {
    const { status, log, summary, outputs, scripts } = runSteps(t, files);
    assert.equal(status, 1, log);
    assert.equal(scripts.length, 2, "the program is built already");
    assert.deepEqual(
      workflowCommandsIn(log).map(({ name, properties: { title, file, line } }) => [name, title, file, line].join(" ")),
      [
        "error tracing-sidecar: outdated-file k8s/api.yaml 5",
        "error tracing-sidecar: outdated-file k8s/web.yaml 5",
        "warning tracing-sidecar: warn-bypasses-agent k8s/api.yaml 18",
        "warning tracing-sidecar: unreadable-file k8s/broken.yaml 1",
        "notice tracing-sidecar: notice-signals-rejected tracing.yaml 8",
      ],
    );
    assert.deepEqual(outputs, { changed: "true", errors: "0", warnings: "2" });
    assert.match(summary, /^### tracing-sidecar\n\n\*\*2 of 2 files aren't up to date\.\*\* Found 2 warnings\.\n/);
    assert.match(
      summary,
      /^\| ❌ error \| \[k8s\/web\.yaml:5\]\(https:\/\/github\.com\/example\/shop\/blob\/0123456789abcdef0123456789abcdef01234567\/k8s\/web\.yaml#L5\) \| The file isn't up to date with tracing\.yaml\. Run: tracing-sidecar -c tracing\.yaml --write \. \[`outdated-file`\]\(https:.*#outdated-file\) \|$/m,
    );
    assert.match(summary, /^<details><summary>Diff of 2 files<\/summary>\n\n```diff\n--- a\/k8s\/api\.yaml\n/m);
    assert.match(summary, /^\+ {6}- name: otel-collector$/m);
    assert.match(summary, /\n```\n\n<\/details>\n\n$/);
  });

  test("passes if the files are up to date", (t) => {
    const up = { "tracing.yaml": plainConfiguration, "notes.yaml": "" };
    const { status, log, summary, outputs } = check(t, up, { inputs: { paths: "notes.yaml" } });
    assert.deepEqual(outputs, { changed: "false", errors: "0", warnings: "1" });
    assert.equal(status, 0, log);
    assert.match(summary, /^The file is up to date\. Found 1 warning\.$/m);
    assert.doesNotMatch(summary, /details/);
  });

  test("with fail-on-change: false, only reports files that aren't up to date", (t) => {
    const inputs = { "fail-on-change": "false", paths: "k8s/web.yaml" };
    const { status, outputs } = check(t, files, { inputs });
    assert.deepEqual([status, outputs["changed"]], [0, "true"]);
    const strict = check(t, files, { inputs: { ...inputs, paths: "k8s", arguments: "--strict" } });
    assert.deepEqual([strict.status, strict.outputs], [1, { changed: "", errors: "2", warnings: "0" }]);
    assert.match(
      strict.summary,
      /^\*\*Because of errors, it isn't known whether the files are up to date\.\*\* Found 2 errors\.$/m,
    );
  });

  for (const diff of ["false", "False"])
    test(`with diff: ${diff}, the summary has no diff`, (t) => {
      const { summary } = check(t, files, { inputs: { diff } });
      assert.match(summary, /outdated-file/);
      assert.doesNotMatch(summary, /otel-collector|details/);
    });

  test("accepts true and false in any case", (t) => {
    const inputs = { "fail-on-change": "FALSE", diff: "TRUE", paths: "k8s/web.yaml" };
    const { status, summary } = check(t, files, { inputs });
    assert.equal(status, 0);
    assert.match(summary, /otel-collector/);
  });

  test("runs in the working directory, with paths from the root of the repository", (t) => {
    const below = Object.fromEntries(Object.entries(files).map(([path, text]) => [`deploy/${path}`, text]));
    const inputs = { "working-directory": "deploy", paths: "k8s/web.yaml", "sarif-file": "out/tracing.sarif" };
    const { log, summary, workspace } = check(t, below, { inputs });
    assert.equal(workflowCommandsIn(log)[0]?.properties["file"], "deploy/k8s/web.yaml");
    assert.match(summary, /blob\/\w+\/deploy\/k8s\/web\.yaml#L5/);
    const sarif = readFileSync(join(workspace, "out/tracing.sarif"), "utf8");
    assert.equal(readSarif(sarif)[0]?.path, "deploy/k8s/web.yaml");
    assert.ok(!sarif.includes("--- a/"), "the diff is only in the summary");
    const data = workflowCommandsIn(log)[0]?.data ?? "";
    const [, folder = "", command = ""] =
      /Run this command in the folder (\S+): tracing-sidecar (.*)$/.exec(data) ?? [];
    const written = runAsProcess(join(workspace, folder), command.split(" "));
    assert.match(written.stderr, /^1 of 1 file changed/m, data);
  });

  test("passes inputs as arguments, whatever characters they contain", (t) => {
    const path = "k8s/$(touch hacked) `touch hacked`; touch hacked '\".yaml";
    const content = { "my config.yaml": plainConfiguration, [path]: deployment("web"), "-k.yaml": deployment("dash") };
    const inputs = {
      config: "my config.yaml",
      paths: `${path}\n-k.yaml\n`,
      arguments: "--namespace=shop\n--keep-going\n",
    };
    const { log, workspace } = check(t, content, { inputs });
    assert.deepEqual(
      workflowCommandsIn(log).map(({ properties: { file } }) => file),
      ["-k.yaml", path],
    );
    assert.ok(!existsSync(join(workspace, "hacked")));
  });

  const acceptsOptions = (line: string) =>
    `The input "arguments" accepts only options, one per line, with a value as in --namespace=shop. Remove the line: ${line}`;
  const noReport = 'The program printed no report. Remove --help and --version from the input "arguments".';
  const failures: readonly (readonly [inputs: Readonly<Record<string, string>>, message: string])[] = [
    [{ paths: "gone" }, 'can\'t read "gone": no such file or folder'],
    [{ paths: "##[error]gone" }, 'can\'t read "##[error]gone": no such file or folder'],
    [
      { paths: "k8s\n-" },
      `The input "paths" can't contain "-": a step has no manifests on stdin. Pass files or folders.`,
    ],
    [{ paths: "" }, 'The input "paths" is empty. Pass files or folders.'],
    [{ config: "gone.yaml" }, 'can\'t read the configuration "gone.yaml": no such file or folder'],
    [{ config: "k8s" }, 'can\'t read the configuration "k8s": it is a folder'],
    [{ config: "-k" }, 'can\'t read the configuration "-k": no such file or folder'],
    [{ arguments: "--output=json" }, "--output can be used only once. See --help."],
    [{ arguments: "--help" }, noReport],
    [{ arguments: "--version" }, noReport],
    [{ arguments: "version" }, acceptsOptions("version")],
    [{ arguments: "--strict\n--" }, acceptsOptions("--")],
    [{ arguments: "-" }, acceptsOptions("-")],
    [{ arguments: "--namespace\nshop" }, acceptsOptions("shop")],
    [{ diff: "no" }, 'The input "diff" must be true or false, not "no"'],
    [{ "fail-on-change": "" }, 'The input "fail-on-change" must be true or false, not ""'],
  ];
  for (const [inputs, message] of failures)
    test(`fails with one annotation and outputs for ${JSON.stringify(inputs)}`, (t) => {
      const { status, log, outputs, summary } = check(t, files, { inputs });
      assert.notEqual(status, 0);
      assert.deepEqual(
        workflowCommandsIn(log).map(({ name, properties, data }) => [name, properties, data]),
        [["error", { title: "tracing-sidecar" }, message]],
        log,
      );
      assert.doesNotMatch(log, /^ +at /m);
      assert.deepEqual(outputs, { changed: "", errors: "1", warnings: "0" });
      assert.match(summary, /^### tracing-sidecar\n\n❌ .+\n\n$/);
    });

  test("fails with an annotation and outputs if there is no configuration", (t) => {
    const { status, log, outputs } = check(t, { "k8s/web.yaml": deployment("web") });
    assert.equal(status, 2);
    const [command, ...others] = workflowCommandsIn(log);
    assert.match(command?.data ?? "", /^no configuration\. /);
    assert.deepEqual(others, []);
    assert.deepEqual(outputs, { changed: "", errors: "1", warnings: "0" });
  });

  test("fails if sarif-file can't be written, with the outputs and the summary of the run", (t) => {
    const inputs = { "sarif-file": "k8s", "fail-on-change": "false" };
    const { status, log, outputs, summary } = check(t, files, { inputs });
    assert.equal(status, 1);
    assert.deepEqual(
      workflowCommandsIn(log).flatMap(({ properties, data }) =>
        properties["title"] === "tracing-sidecar" ? data : [],
      ),
      ['Can\'t write the file "k8s" of the input "sarif-file": EISDIR'],
    );
    assert.doesNotMatch(log, /^ +at /m);
    assert.deepEqual(outputs, { changed: "true", errors: "0", warnings: "2" });
    assert.match(summary, /outdated-file/);
  });

  /** Returns a folder with the action, whose program is a script. */
  const withProgram = (t: TestContext, script: string) => {
    const folder = temporaryFolder(t);
    for (const path of ["action.yml", "deploy"]) cpSync(join(root, path), join(folder, path), { recursive: true });
    mkdirSync(join(folder, "dist"));
    writeFileSync(join(folder, "dist/tracing-sidecar.js"), script);
    return folder;
  };

  test("runs the program once, and prints the same annotations as --output github", (t) => {
    const outside = join(temporaryFolder(t), "a,b%.yaml");
    writeFileSync(outside, bypassing("outside"));
    const record = 'require("node:fs").appendFileSync(require("node:path").join(process.env.HOME, "runs"), "run\\n");';
    const program = withProgram(t, `${record}\nrequire(${JSON.stringify(bundle)});`);
    const paths = ["k8s", outside];
    for (const quiet of [[], ["--quiet"], ["-q"], ["-qnshop"]]) {
      const HOME = temporaryFolder(t);
      const inputs = { paths: paths.join("\n"), arguments: quiet.join("\n") };
      const { log, workspace } = runSteps(t, files, { action: program, inputs, env: { HOME } });
      assert.equal(readFileSync(join(HOME, "runs"), "utf8"), "run\n");
      const { stdout } = runAsProcess(workspace, ["--check", "--output=github", ...quiet, ...paths]);
      assert.ok(stdout !== "" && log.includes(stdout), log);
    }
  });

  test("fails with an annotation if the program ends early", (t) => {
    for (const [script, end] of [
      ["process.exit(1)", "status 1"],
      ["process.kill(process.pid, 'SIGKILL')", "SIGKILL"],
    ] as const) {
      const { status, log, outputs } = runSteps(t, files, { action: withProgram(t, script) });
      assert.equal(status, 1);
      assert.deepEqual(
        workflowCommandsIn(log).map(({ name, data }) => `${name}: ${data}`),
        [`error: The program ended with ${end}, and printed no report. See the log of the step.`],
      );
      assert.doesNotMatch(log, /^ +at /m);
      assert.deepEqual(outputs, { changed: "", errors: "1", warnings: "0" });
    }
  });

  test("finds no workflow commands in what the program prints to stderr", (t) => {
    const lines = "::warning::one\n \u0085::set-env name=A::two\nk8s ##[error]three\nerror: four\n";
    const script = `process.stderr.write(${JSON.stringify(lines)}); process.exitCode = 2;`;
    const { status, log } = runSteps(t, files, { action: withProgram(t, script) });
    assert.equal(status, 2);
    assert.deepEqual(
      workflowCommandsIn(log).map(({ name, data }) => `${name}: ${data}`),
      ["error: four"],
    );
    assert.ok(log.includes(": :warning::one\n \u0085: :set-env name=A::two\nk8s ## [error]three\n"), log);
  });

  test("fails with an annotation if Node is too old", (t) => {
    const bin = temporaryFolder(t);
    symlinkSync("/bin/false", join(bin, "node"));
    const old = runSteps(t, files, { env: { PATH: `${bin}:${process.env["PATH"]}` } });
    assert.equal(old.status, 1);
    assert.match(old.log, /^::error title=tracing-sidecar::The action needs Node 20\.12 or later\./m);
  });

  test("builds the program if it isn't built, with a key that depends on the sources", (t) => {
    const folder = temporaryFolder(t);
    for (const path of [
      "action.yml",
      "deploy",
      "function-config",
      "package.json",
      "package-lock.json",
      "scripts",
      "src",
      "tsconfig.json",
    ])
      cpSync(join(root, path), join(folder, path), { recursive: true });
    // In a workflow, npm ci installs them.
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const { status, log, scripts } = runSteps(t, files, { action: folder });
    assert.equal(status, 1, log);
    assert.equal(scripts.length, 3);
    assert.equal(workflowCommandsIn(log).length, 5, log);
  });
});

describe("the pipelines in docs/how-to/check-in-ci.md", () => {
  const examples = blocks(text("docs/how-to/check-in-ci.md"), "yaml");
  const check = (t: TestContext, key: string, ...command: readonly string[]) => {
    const [program = "", ...args] = command;
    if (lacks(t, program)) return;
    const matching = examples.filter((example) => new RegExp(`^${key}:$`, "m").test(example));
    assert.ok(matching.length > 0);
    for (const example of matching) {
      // actionlint requires the folder.
      const file = join(temporaryFolder(t), ".github", "workflows", "example.yaml");
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, example);
      const { status, stdout, stderr } = run(find(program) as string, [...args, file]);
      assert.equal(status, 0, stdout + stderr);
    }
  };
  const schema = (name: string) => ["check-jsonschema", "--builtin-schema", `vendor.${name}`];

  test("are the workflows, the hooks, and the job that are tested here", () => assert.equal(examples.length, 4));
  test("are valid workflows", (t) => check(t, "jobs", ...schema("github-workflows")));
  test("are accepted by actionlint", (t) => check(t, "jobs", "actionlint"));
  test("have a valid job for GitLab", (t) => check(t, "  artifacts", ...schema("gitlab-ci")));
  test("have a valid configuration of pre-commit", (t) => check(t, "repos", "pre-commit", "validate-config"));

  test("use the action with inputs that exist, and the documented inputs are those", () => {
    const page = text("docs/how-to/check-in-ci.md");
    const documented = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name as string);
    const inputs = Object.keys(action.inputs);
    assert.deepEqual(documented.slice(0, inputs.length), inputs);
    for (const example of examples.filter((block) => block.includes("jobs:"))) {
      const { jobs } = load(example) as { jobs: { check: { steps: { uses: string; with?: object }[] } } };
      const [step] = jobs.check.steps.filter(({ uses }) => uses.startsWith("tracing-sidecar/"));
      for (const name of Object.keys(step?.with ?? {})) assert.ok(inputs.includes(name), name);
    }
  });
});

describe("the job summary", () => {
  test("stays below GitHub's limit of 1 MiB, and says what it leaves out", (t) => {
    const many = Array.from({ length: 60 }, (_, i) => [
      `k8s/${i}.yaml`,
      Array.from({ length: 12 }, (_, j) => bypassing(`api-${i}-${j}`)).join("---\n"),
    ]);
    const { summary } = check(t, { "tracing.yaml": plainConfiguration, ...Object.fromEntries(many) });
    const length = Buffer.byteLength(summary);
    assert.ok(length < 2 ** 20 && length > 500_000, String(length));
    assert.match(summary, /^\d+ other findings: see the log of the step\.$/m);
    assert.match(summary, /^\d+ other files: the diff is too long for the job summary\.$/m);
    assert.match(summary, /\n<\/details>\n\n$/);
  });

  test("escapes what a file's name or a manifest could make Markdown of", (t) => {
    const name = "a|b`c[d](e)<img>@f\n#1.yaml";
    const manifest = `${deployment("web")}# \`\`\`\`\n# end\n`.replace("    spec:\n", "    spec: # ````\n");
    const { summary } = check(t, { "tracing.yaml": plainConfiguration, [name]: manifest });
    const [line = ""] = summary.split("\n").filter((row) => row.includes("outdated-file"));
    assert.ok(
      !/[|`<]/.test(
        line
          .split(" | ")[1]
          ?.replace(/\]\(.*\)$/, "")
          .slice(1) ?? "|",
      ),
      line,
    );
    assert.equal(line.split("|").length, 5, line);
    assert.match(summary, /^`````diff$/m);
  });

  test("stays below the limit if a diff needs a very long fence", (t) => {
    const manifest = deployment("web").replace("containers:\n", `containers: # ${"`".repeat(400_000)}\n`);
    const { summary } = check(t, { "tracing.yaml": plainConfiguration, "web.yaml": manifest });
    assert.ok(Buffer.byteLength(summary) < 2 ** 20);
    assert.match(summary, /^1 file: the diff is too long for the job summary\.$/m);
  });

  test("has the diff of a file with very many runs of backticks", (t) => {
    const manifest = deployment("web").replace("containers:\n", `containers: # ${"` ".repeat(150_000)}\n`);
    const { log, summary } = check(t, { "tracing.yaml": plainConfiguration, "web.yaml": manifest });
    assert.doesNotMatch(log, /RangeError/);
    assert.match(summary, /^```diff\n--- a\/web\.yaml$/m);
    assert.match(summary, /^ +containers: # ` ` `/m);
  });
});
