import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { repository } from "../../src/cli/repository";
import { find, lacks, root, run as runProgram } from "../hosts/support";
import { type ReadAnnotation, readGithub, readGitlab, readSarif } from "../support/review-reports";
import { bundle } from "../support/run-bundle";
import { workflowCommandsIn } from "../support/workflow-commands";
import { deployment, folderOf, plainConfiguration, runAsProcess, runInBundle, runInProcess } from "./support";

/*
 * The outputs for code review tools: what each line is about, and that the tools can read it. properties-outputs.test.ts
 * checks that they have the same annotations as the report.
 */

/** A Deployment whose container bypasses the agent, which is a warning. */
const bypassing = (name: string) => `${deployment(name)}        env:
        - name: OTEL_EXPORTER_OTLP_ENDPOINT
          value: http://elsewhere:4318
`;
const conflicting = `${deployment("agent")}      - name: otel-collector
        image: nginx
`;
const withPresets = `${plainConfiguration}  app:\n    presets: [opentelemetry]\n`;

/** A file that changes, and an error, warnings, and a notice. */
const all = {
  "tracing.yaml": withPresets,
  "k8s/api.yaml": bypassing("api"),
  "k8s/broken.yaml": "a: [\n",
  "k8s/conflict.yaml": conflicting,
  "k8s/web.yaml": deployment("web"),
};

const readers: Readonly<Record<string, (output: string) => readonly ReadAnnotation[]>> = {
  github: readGithub,
  gitlab: readGitlab,
  sarif: readSarif,
};

/** Where an annotation is, as `error outdated-file k8s/web.yaml:5`. */
const place = ({ level, code, path, line }: ReadAnnotation) => `${level} ${code} ${path}:${line}`;

async function github(folder: string, ...args: readonly string[]): Promise<ReadAnnotation[]> {
  return readGithub((await runInProcess(folder, ["--output", "github", ...args])).stdout);
}

describe("--check", () => {
  const expected = [
    "error outdated-file k8s/api.yaml:5",
    "error conflict-container k8s/conflict.yaml:17",
    "error outdated-file k8s/web.yaml:5",
    "warning warn-bypasses-agent k8s/api.yaml:18",
    "warning unreadable-file k8s/broken.yaml:1",
    "notice notice-signals-rejected tracing.yaml:8",
  ];

  for (const [format, read] of Object.entries(readers)) {
    test(`with --output ${format} and --keep-going: errors, files that change, warnings, and notices`, async (t) => {
      const folder = folderOf(t, all);
      const args = ["--check", "--keep-going", "--output", format, "k8s"];
      const { stdout, status } = await runInProcess(folder, args);
      assert.equal(status, 1);
      assert.deepEqual(read(stdout).map(place), expected);
      const json = await runInProcess(folder, ["--check", "--keep-going", "--output", "json", "k8s"]);
      assert.equal(json.status, status);
      assert.deepEqual(runAsProcess(folder, args).stdout, stdout);
    });
  }

  test("without --keep-going, an error prevents every change, so no file is outdated", async (t) => {
    const annotations = await github(folderOf(t, all), "--check", "k8s");
    assert.deepEqual(
      annotations.map(place),
      expected.filter((line) => !line.includes("outdated")),
    );
  });

  test("with --strict, warnings are errors", async (t) => {
    const annotations = await github(folderOf(t, all), "--check", "--strict", "k8s");
    assert.deepEqual(annotations.map(place), [
      "error warn-bypasses-agent k8s/api.yaml:18",
      "error unreadable-file k8s/broken.yaml:1",
      "error conflict-container k8s/conflict.yaml:17",
      "notice notice-signals-rejected tracing.yaml:8",
    ]);
  });

  test("with --quiet, only GitHub's output is without notices", async (t) => {
    const folder = folderOf(t, all);
    const annotations = await github(folder, "--check", "--quiet", "--keep-going", "k8s");
    assert.deepEqual(annotations.map(place), expected.slice(0, -1));
    const { stdout } = await runInProcess(folder, ["--check", "--quiet", "--keep-going", "--output", "sarif", "k8s"]);
    assert.deepEqual(readSarif(stdout).map(place), expected);
  });

  test("prints nothing if all files are up to date, and an empty report in the other formats", async (t) => {
    const folder = folderOf(t, { "tracing.yaml": plainConfiguration, "web.yaml": deployment("web") });
    assert.deepEqual((await github(folder, "--write", "web.yaml")).map(place), []);
    const run = (format: string) => runInProcess(folder, ["--check", "--output", format, "web.yaml"]);
    assert.deepEqual([(await run("github")).stdout, (await run("github")).status], ["", 0]);
    assert.equal((await run("gitlab")).stdout, "[]\n");
    assert.deepEqual(readSarif((await run("sarif")).stdout), []);
  });
});

test("an invalid command line is in the report, except in SARIF, where it would close all alerts", async (t) => {
  const run = async (format: string) => {
    const { stdout, status } = await runInProcess(folderOf(t, {}), ["--check", "--output", format]);
    assert.equal(status, 2);
    return stdout;
  };
  const message = 'no configuration. Pass one with -c FILE, or create one with "tracing-sidecar init". See --help.';
  assert.equal(await run("github"), `::error title=tracing-sidecar::${message}\n`);
  const [issue] = readGitlab(await run("gitlab"));
  assert.deepEqual([issue?.level, issue?.message], ["error", message]);
  assert.equal(await run("sarif"), "");
});

test("without --check, a file that changes isn't a problem, and the manifests aren't printed", async (t) => {
  const folder = folderOf(t, { "tracing.yaml": plainConfiguration, "web.yaml": deployment("web") });
  for (const format of ["github", "gitlab", "sarif"]) {
    const { stdout, status } = await runInProcess(folder, ["--output", format, "web.yaml"]);
    assert.equal(status, 0);
    assert.doesNotMatch(stdout, /outdated-file|kind: Deployment/);
  }
});

describe("the advice for an outdated file", () => {
  const advice = async (t: TestContext, ...args: readonly string[]) => {
    const files = { "tracing.yaml": plainConfiguration, "it's/web.yaml": deployment("web") };
    const [annotation] = await github(folderOf(t, files), "--check", ...args);
    return annotation?.message;
  };

  test("is the command that updates it, quoted for a shell", async (t) => {
    assert.equal(
      await advice(t, "--namespace", "shop", "--keep-going", "--strict", "--no-prune", "it's"),
      "The file isn't up to date with tracing.yaml. Run: tracing-sidecar -c tracing.yaml --namespace shop --strict --keep-going --no-prune --write 'it'\\''s'",
    );
  });

  test("has no paths if there are many", async (t) => {
    const paths = Array.from({ length: 6 }, (_, i) => `./${"./".repeat(i)}it's`);
    assert.equal(
      await advice(t, ...paths),
      "The file isn't up to date with tracing.yaml. Run this command with the same paths: tracing-sidecar -c tracing.yaml --write",
    );
  });

  test("works in a shell whatever the names are", async (t) => {
    const names = ["-w", "a\nb's\u202e\\n", "~", "k: $v"];
    const manifests = names.map((name) => [`${name}/web.yaml`, deployment("web")]);
    const folder = folderOf(t, { "-c\n.yaml": plainConfiguration, ...Object.fromEntries(manifests) });
    const args = ["--config=-c\n.yaml", "--check"];
    for (const name of names) {
      const { stdout } = await runInBundle(folder, [...args, "--output=github", "--", name]);
      const { stderr } = await runInBundle(folder, [...args, "--", name]);
      const [command, again] = [readGithub(stdout)[0]?.message, stderr].map(
        (text) => /tracing-sidecar -c .*/.exec(text ?? "")?.[0],
      );
      assert.equal(command, again);
      execFileSync("bash", ["-c", `tracing-sidecar() { node ${bundle} "$@"; }; ${command}`], {
        cwd: folder,
        stdio: "pipe",
      });
      assert.equal((await runInBundle(folder, [...args, "--", name])).status, 0, command);
    }
  });
});

test("the advice names the folder in which to run the command, unless it is the root of the repository", async (t) => {
  const files = { "tracing.yaml": plainConfiguration, "my app/tracing.yaml": plainConfiguration };
  const folder = folderOf(t, { ...files, "my app/web.yaml": deployment("web") });
  const env = { GITHUB_WORKSPACE: folder };
  const advice = async (below: string, ...paths: readonly string[]) => {
    const { stdout } = await runInBundle(join(folder, below), ["--check", "--output", "github", ...paths], "", env);
    const { stderr } = await runInBundle(join(folder, below), ["--check", ...paths], "", env);
    return [readGithub(stdout)[0]?.message, stderr.split("\n").at(-2)];
  };
  const command = (path: string) => `tracing-sidecar -c tracing.yaml --write ${path}`;
  assert.deepEqual(await advice("my app", "web.yaml"), [
    `The file isn't up to date with tracing.yaml. Run this command in the folder my app: ${command("web.yaml")}`,
    `To apply the changes, run this command in the folder my app: ${command("web.yaml")}`,
  ]);
  assert.deepEqual(await advice("my app", ...Array(6).fill("web.yaml")), [
    "The file isn't up to date with tracing.yaml. Run this command with the same paths in the folder my app: tracing-sidecar -c tracing.yaml --write",
    "To apply the changes, run this command with the same paths in the folder my app: tracing-sidecar -c tracing.yaml --write",
  ]);
  assert.deepEqual(await advice("", "./my app"), [
    `The file isn't up to date with tracing.yaml. Run: ${command("'./my app'")}`,
    `To apply the changes, run: ${command("'./my app'")}`,
  ]);
});

describe("a file that --write can't write", () => {
  const files = { "tracing.yaml": plainConfiguration, "a.yaml": deployment("a"), "b.yaml": deployment("b") };
  const written = (folder: string, code: string) => ({
    files: {
      replace: (path: string, content: string) => {
        if (path === "b.yaml") throw Object.assign(new Error(), { code });
        writeFileSync(join(folder, path), content);
      },
    },
  });

  for (const [format, read] of Object.entries(readers))
    test(`is an error in ${format}`, async (t) => {
      for (const code of ["EACCES", "ENOSPC", "ENOTDIR"]) {
        const folder = folderOf(t, files);
        const args = ["--write", "--output", format, "."];
        const { stdout, stderr, status } = await runInProcess(folder, args, written(folder, code));
        assert.equal(status, 1);
        const [annotation, ...others] = read(stdout);
        assert.deepEqual([annotation && place(annotation), others], ["error unwritten-file b.yaml:1", []]);
        assert.match(annotation?.message ?? "", /^can't write b\.yaml: .+; wrote 1 of 2 files\. Run again to /);
        assert.ok(stderr.includes(`error: ${annotation?.message}\n`), stderr);
      }
    });

  test("is reported as unwritten in the JSON report, as are the files after it", async (t) => {
    const folder = folderOf(t, { ...files, "c.yaml": deployment("c"), "d.yaml": "kind: Other\n" });
    const { stdout } = await runInProcess(folder, ["--write", "--output", "json", "."], written(folder, "EACCES"));
    const { summary, files: reported } = JSON.parse(stdout);
    assert.deepEqual([summary.changed, summary.errors], [1, 1]);
    const reason = "can't write b.yaml: permission denied; wrote 1 of 3 files. Run again to write the rest";
    assert.deepEqual(reported, [
      { path: "a.yaml", status: "changed" },
      { path: "b.yaml", status: "unwritten", reason },
      { path: "c.yaml", status: "unwritten" },
      { path: "d.yaml", status: "unchanged" },
    ]);
  });

  test("because of a signal is an error, unless all files were written", async (t) => {
    for (const [pause, expected] of [
      [1, ["error unwritten-file a.yaml:1"]],
      [2, ["error unwritten-file b.yaml:1"]],
      [3, []],
    ] as const) {
      const interruptAt = { pause, signal: "SIGTERM" } as const;
      const args = ["--write", "--output", "github", "."];
      const { stdout, status } = await runInProcess(folderOf(t, files), args, { interruptAt });
      assert.equal(status, 143);
      assert.deepEqual(readGithub(stdout).map(place), expected);
      const again = ["--write", "--output", "json", "."];
      const json = JSON.parse((await runInProcess(folderOf(t, files), again, { interruptAt })).stdout);
      const unwritten = json.files.filter(({ status }: { readonly status: string }) => status === "unwritten");
      assert.deepEqual([json.summary.errors, unwritten.length], [expected.length, 3 - pause]);
    }
  });
});

test("the notice about kustomizations is at the first of them", async (t) => {
  const kustomization = "resources: [web.yaml]\n";
  const files = { "a/kustomization.yaml": kustomization, "a/web.yaml": "", "b/kustomization.yaml": kustomization };
  const folder = folderOf(t, { "tracing.yaml": plainConfiguration, ...files, "b/web.yaml": "" });
  const { stdout, stderr } = await runInProcess(folder, ["-c", "tracing.yaml", "--output", "github", "a", "b"]);
  const [annotation] = readGithub(stdout).filter(({ level }) => level === "notice");
  assert.equal(annotation && place(annotation), "notice notice-kustomization a/kustomization.yaml:1");
  assert.match(
    annotation?.message ?? "",
    /^Found a\/kustomization\.yaml and b\/kustomization\.yaml\. To add the agent /,
  );
  assert.ok(stderr.includes(`notice: ${annotation?.message}\n`), stderr);
});

describe("a place", () => {
  test("on stdin is named in the message, at the first line of the configuration", async (t) => {
    const folder = folderOf(t, { "tracing.yaml": plainConfiguration });
    const { stdout } = await runInProcess(folder, ["--check", "--output", "github", "-"], { stdin: bypassing("api") });
    assert.deepEqual(
      readGithub(stdout).map((annotation) => `${place(annotation)}: ${annotation.message.slice(0, 60)}`),
      [
        "error outdated-file tracing.yaml:1: <stdin>:5: The file isn't up to date with tracing.yaml.",
        "warning warn-bypasses-agent tracing.yaml:1: <stdin>:18: Deployment api: spec.template.spec.containers[ap",
      ],
    );
  });

  test("of a file that has the agent is the line that was changed by hand", async (t) => {
    const folder = folderOf(t, { "tracing.yaml": plainConfiguration, "web.yaml": deployment("web") });
    await runInProcess(folder, ["-c", "tracing.yaml", "--write", "web.yaml"]);
    const written = readFileSync(join(folder, "web.yaml"), "utf8");
    writeFileSync(join(folder, "web.yaml"), written.replace("memory: 128Mi", "memory: 1Gi"));
    const line = written.slice(0, written.indexOf("memory: 128Mi")).split("\n").length;
    const annotations = await github(folder, "--check", "web.yaml");
    assert.deepEqual(annotations.map(place), [`error outdated-file web.yaml:${line}`]);
  });

  test("of the configuration as a whole is its first line", async (t) => {
    const folder = folderOf(t, { "tracing.yaml": `${plainConfiguration}---\n${plainConfiguration}`, "web.yaml": "" });
    const annotations = await github(folder, "-c", "tracing.yaml", "web.yaml");
    assert.deepEqual(annotations.map(place), ["error invalid-config tracing.yaml:1"]);
  });

  test("of an outdated file is its first changed line, also with CRLF, a byte order mark, and no final line break", async (t) => {
    const texts = {
      "crlf.yaml": deployment("crlf").replaceAll("\n", "\r\n"),
      "mark.yaml": `\ufeff${deployment("mark")}`,
      "end.yaml": deployment("end").trimEnd(),
      "empty.yaml": "",
    };
    const annotations = await github(folderOf(t, { "tracing.yaml": plainConfiguration, ...texts }), "--check", ".");
    assert.deepEqual(annotations.map(place), [
      "error outdated-file crlf.yaml:5",
      "error outdated-file end.yaml:5",
      "error outdated-file mark.yaml:5",
    ]);
  });

  test("is within the file if something is added at its end", async (t) => {
    const privateCa =
      "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: PrivateCA\nmetadata: {name: ca}\nspec: {namespace: cert-manager}\n";
    for (const [text, line] of [
      ["", 1],
      ["# one\n# two\n", 2],
      ["# one\n# two", 2],
    ] as const) {
      const annotations = await github(folderOf(t, { "tracing.yaml": privateCa, "a.yaml": text }), "--check", "a.yaml");
      assert.deepEqual(annotations.map(place), [`error outdated-file a.yaml:${line}`], JSON.stringify(text));
    }
  });

  test("is the last line if the file ends there, although the report names the position after it", async (t) => {
    for (const [text, line] of [
      ["a: [\n", 1],
      ["a: [\r\n", 1],
      ["b: 1\na: [\n\n\n", 4],
      ["b: 1\na: [", 2],
    ] as const) {
      const folder = folderOf(t, { "tracing.yaml": plainConfiguration, "a.yaml": text });
      assert.deepEqual((await github(folder, "a.yaml")).map(place), [`error unreadable-file a.yaml:${line}`], text);
      const asConfig = await github(folder, "-c", "a.yaml", "tracing.yaml");
      assert.deepEqual(asConfig.map(place), [`error invalid-config a.yaml:${line}`], text);
    }
  });
});

describe("the path of a file is relative to the root of the repository", () => {
  /** Returns the path in each format. */
  const pathsIn = async (folder: string, env: Readonly<Record<string, string>>, path: string) => {
    const paths: (string | undefined)[] = [];
    for (const [format, read] of Object.entries(readers)) {
      const args = ["-c", "tracing.yaml", "--check", "--output", format, path];
      const [annotation] = read((await runInBundle(folder, args, "", env)).stdout);
      paths.push(annotation?.path);
    }
    return paths;
  };
  const same = (path: string) => [path, path, path];
  const files = { "deploy/tracing.yaml": plainConfiguration, "deploy/web.yaml": deployment("web") };

  test("which is in the variable of the CI system that reads the format", async (t) => {
    const folder = folderOf(t, files);
    const deploy = join(folder, "deploy");
    const [github, gitlab] = [{ GITHUB_WORKSPACE: folder }, { CI_PROJECT_DIR: folder }];
    const below = ["deploy/web.yaml", "web.yaml"] as const;
    for (const path of ["web.yaml", "./web.yaml", "../deploy/web.yaml", join(deploy, "web.yaml")]) {
      assert.deepEqual(await pathsIn(deploy, { ...github, ...gitlab }, path), same(below[0]), path);
      assert.deepEqual(await pathsIn(deploy, github, path), [below[0], below[1], below[0]], path);
      assert.deepEqual(await pathsIn(deploy, gitlab, path), [below[1], below[0], below[0]], path);
      assert.deepEqual(await pathsIn(deploy, {}, path), same(below[1]), path);
    }
  });

  test("if it is a folder that contains the working directory", async (t) => {
    const folder = folderOf(t, { ...files, "other/a.txt": "" });
    const deploy = join(folder, "deploy");
    for (const root of ["gone", "other", "deploy/web.yaml", ""].map((name) => name && join(folder, name))) {
      const env = { GITHUB_WORKSPACE: root, CI_PROJECT_DIR: root };
      for (const path of ["web.yaml", join(deploy, "web.yaml")])
        assert.deepEqual(await pathsIn(deploy, env, path), same("web.yaml"), root);
    }
    const [, , sarif] = await pathsIn(
      deploy,
      { GITHUB_WORKSPACE: join(folder, "other"), CI_PROJECT_DIR: folder },
      "web.yaml",
    );
    assert.equal(sarif, "deploy/web.yaml");
  });

  test("also if the path leaves the root and returns to it", async (t) => {
    const folder = folderOf(t, files);
    const path = join("../..", basename(folder), "deploy/web.yaml");
    assert.deepEqual(
      await pathsIn(join(folder, "deploy"), { GITHUB_WORKSPACE: folder, CI_PROJECT_DIR: folder }, path),
      [...same("deploy/web.yaml")],
    );
  });

  test("as the user wrote it, if a folder is a symbolic link", async (t) => {
    const folder = folderOf(t, {
      "repo/tracing.yaml": plainConfiguration,
      "elsewhere/k8s/web.yaml": deployment("web"),
    });
    const repo = join(folder, "repo");
    symlinkSync("../elsewhere/k8s", join(repo, "k8s"));
    for (const path of ["k8s/web.yaml", join(repo, "k8s/web.yaml"), "../repo/k8s/web.yaml"])
      assert.deepEqual(await pathsIn(repo, {}, path), same("k8s/web.yaml"), path);
    // The folder above k8s isn't repo.
    writeFileSync(join(folder, "elsewhere/web.yaml"), deployment("web"));
    writeFileSync(join(repo, "web.yaml"), deployment("web"));
    const outside = join(folder, "elsewhere/web.yaml");
    assert.deepEqual(await pathsIn(repo, {}, "k8s/../web.yaml"), [outside, outside, outside.slice(1)]);
    // The root itself, and the working directory.
    symlinkSync("repo", join(folder, "link"));
    const root = { GITHUB_WORKSPACE: join(folder, "link"), CI_PROJECT_DIR: join(folder, "link") };
    for (const path of ["k8s/web.yaml", join(folder, "link/k8s/web.yaml"), join(repo, "k8s/web.yaml")])
      assert.deepEqual(await pathsIn(repo, root, path), same("k8s/web.yaml"), path);
    writeFileSync(join(folder, "elsewhere/k8s/tracing.yaml"), plainConfiguration);
    const inLink = { GITHUB_WORKSPACE: repo, CI_PROJECT_DIR: repo, PWD: join(repo, "k8s") };
    assert.deepEqual(await pathsIn(join(repo, "k8s"), inLink, "web.yaml"), same("k8s/web.yaml"));
  });

  test("and absolute if the file is outside of it", async (t) => {
    const folder = folderOf(t, { "k8s/tracing.yaml": plainConfiguration, "web.yaml": deployment("web") });
    const absolute = join(folder, "web.yaml");
    for (const path of ["../web.yaml", absolute]) {
      const run = async (format: string) =>
        (await runInBundle(join(folder, "k8s"), ["--check", "--output", format, path])).stdout;
      assert.equal(readGithub(await run("github"))[0]?.path, absolute);
      assert.equal(readGitlab(await run("gitlab"))[0]?.path, absolute);
      const [location] = JSON.parse(await run("sarif")).runs[0].results[0].locations;
      assert.deepEqual(location.physicalLocation.artifactLocation, { uri: `file://${absolute}` });
    }
  });
});

describe("an odd name of a file", () => {
  const names = [
    "a b.yaml",
    "100%.yaml",
    "%0A.yaml",
    "a:b,c=d.yaml",
    "é日😀.yaml",
    "a\nb.yaml",
    "c\r.yaml",
    "#?].yaml",
    "\u202eb\u2066.yaml",
  ];

  for (const name of names) {
    test(JSON.stringify(name), async (t) => {
      const folder = folderOf(t, { "tracing.yaml": plainConfiguration, [name]: deployment("web") });
      for (const [format, read] of Object.entries(readers)) {
        const { stdout } = await runInProcess(folder, ["--check", "--output", format, name]);
        assert.deepEqual(read(stdout).map(place), [`error outdated-file ${name}:5`]);
      }
    });
  }

  for (const name of ["::add-mask::x.yaml", "  ::stop-commands::x.yaml", "x ##[set-output name=changed;]no.yaml"]) {
    test(`can't be a workflow command: ${name}`, async (t) => {
      const files = { "tracing.yaml": plainConfiguration, [name]: deployment("web"), [`2${name}`]: "a: [\n" };
      const { stdout, stderr } = await runInProcess(folderOf(t, files), ["--check", "--output", "github", "."]);
      const commands = workflowCommandsIn(stdout + stderr);
      assert.deepEqual(
        commands.map(({ name, properties: { file } }) => `${name} ${file}`),
        [`error ${name}`, `warning 2${name}`],
      );
    });
  }
});

test("a usage error is an annotation in GitHub's output too", async (t) => {
  const folder = folderOf(t, { "tracing.yaml": plainConfiguration });
  const { stdout, status } = await runInProcess(folder, ["--check", "--output", "github", "gone"]);
  assert.equal(status, 2);
  assert.deepEqual(workflowCommandsIn(stdout), [
    {
      name: "error",
      properties: { title: "tracing-sidecar" },
      data: 'can\'t read "gone": no such file or folder',
    },
  ]);
});

describe("a fingerprint", () => {
  const fingerprints = async (folder: string) => {
    const { stdout } = await runInBundle(folder, ["--check", "--output", "sarif", "k8s"]);
    return readSarif(stdout).map(({ code, fingerprint }) => `${code} ${fingerprint}`);
  };

  test("doesn't change if lines are added before the object", async (t) => {
    const folder = folderOf(t, all);
    const before = await fingerprints(folder);
    assert.equal(before.length, 4);
    for (const name of ["api", "conflict", "broken"]) {
      const file = join(folder, "k8s", `${name}.yaml`);
      writeFileSync(file, `# one\n# two\n\n${readFileSync(file, "utf8")}`);
    }
    assert.deepEqual(await fingerprints(folder), before);
  });

  test("differs for objects of the same name in one file", async (t) => {
    const folder = folderOf(t, { ...all, "k8s/api.yaml": `${bypassing("api")}---\n${bypassing("api")}` });
    const found = await fingerprints(folder);
    assert.equal(new Set(found).size, found.length);
  });
});

describe("a SARIF log", () => {
  test("contains the summary of the JSON report, and with --diff, the diff of each file that isn't up to date", async (t) => {
    const folder = folderOf(t, all);
    const run = async (...args: readonly string[]) => {
      const { stdout } = await runInProcess(folder, ["--check", "--keep-going", ...args, "k8s"]);
      return JSON.parse(stdout);
    };
    const { summary, files } = await run("--output", "json", "--diff");
    const diffs = (sarif: { runs: { results: { properties?: { diff?: string } }[] }[] }) =>
      sarif.runs[0]?.results.flatMap(({ properties }) => properties?.diff ?? []);
    const sarif = await run("--output", "sarif", "--diff");
    assert.deepEqual(sarif.runs[0].properties, { summary, quiet: false });
    assert.deepEqual(
      diffs(sarif),
      files.flatMap(({ diff }: { diff?: string }) => diff ?? []),
    );
    assert.equal(diffs(sarif)?.length, 2);
    assert.deepEqual(diffs(await run("--output", "sarif")), []);
  });

  test("is valid for SARIF's schema and for Microsoft's rules, including those for GitHub", async (t) => {
    if (lacks(t, "sarif-multitool")) return;
    const folder = folderOf(t, { ...all, "k8s/a b%,é\n.yaml": deployment("odd") });
    const { stdout } = await runInBundle(folder, ["--check", "--keep-going", "--diff", "--output", "sarif", "k8s"]);
    assert.equal(readSarif(stdout).length, 7);
    const logs = { "valid.sarif": stdout, "invalid.sarif": stdout.replace('"ruleIndex"', '"index"') };
    for (const [name, text] of Object.entries(logs)) writeFileSync(join(folder, name), text);
    const args = [
      ...["validate", ...Object.keys(logs).map((name) => join(folder, name))],
      ...["--rule-kind", "Sarif;Gh;Ghas", "--output", join(folder, "validation.sarif"), "--log", "ForceOverwrite"],
    ];
    const validation = runProgram(find("sarif-multitool") as string, args);
    assert.match(validation.stdout, /2 files scanned\.\s+Analysis completed successfully\./);
    assert.equal(validation.status, 0);
    const about = (name: string) => validation.stdout.split("\n").filter((line) => line.includes(name));
    assert.deepEqual(about("/valid.sarif"), []);
    assert.match(about("/invalid.sarif").join("\n"), /error JSON1005/);
  });

  test("describes each code that occurs, with a link to its section of the documentation", async (t) => {
    const { stdout } = await runInProcess(folderOf(t, all), ["--check", "--keep-going", "--output", "sarif", "k8s"]);
    const { driver } = JSON.parse(stdout).runs[0].tool;
    const sections = readFileSync(join(root, "docs/reference/results.md"), "utf8");
    assert.equal(driver.informationUri, repository);
    assert.deepEqual(
      driver.rules.map(({ id }: { id: string }) => id),
      [...new Set(readSarif(stdout).map(({ code }) => code))].sort(),
    );
    for (const { id, name, shortDescription, fullDescription, helpUri, help } of driver.rules) {
      assert.equal(helpUri, `${repository}/blob/main/docs/reference/results.md#${id}`);
      assert.ok(sections.includes(`\n### \`${id}\`\n`), id);
      assert.match(name, /^(?:[A-Z][a-z]*)+$/);
      assert.match(shortDescription.text, /^[A-Z][^`]*\.$/);
      assert.ok(fullDescription.text.startsWith(shortDescription.text));
      assert.ok(help.text.includes(helpUri) && help.markdown.includes(`(${helpUri})`));
    }
  });
});

test("thousands of findings are all printed", async (t) => {
  const many = Array.from({ length: 1000 }, (_, i) => bypassing(`api-${i}`)).join("---\n");
  const annotations = await github(
    folderOf(t, { "tracing.yaml": plainConfiguration, "many.yaml": many }),
    "--check",
    ".",
  );
  assert.equal(annotations.length, 1001);
  assert.deepEqual(annotations.slice(0, 3).map(place), [
    "error outdated-file many.yaml:5",
    "warning warn-bypasses-agent many.yaml:18",
    "warning warn-bypasses-agent many.yaml:38",
  ]);
});
