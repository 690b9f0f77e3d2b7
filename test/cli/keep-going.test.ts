import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readTree } from "../hosts/support";
import { deployment, folderOf, plainConfiguration, runInProcess } from "./support";

/*
 * What errors prevent: every change, or with --keep-going only those of the objects that they are about.
 */

const config = { "tracing.yaml": plainConfiguration };
const write = ["-c", "tracing.yaml", "--write", "."];
const keepGoing = [...write, "--keep-going"];
const taken = (text: string) => text.replace(/- name: .*/, "- name: otel-collector");
const mergeConflict = "<<<<<<< HEAD\nkind: A\n=======\nkind: B\n>>>>>>> feature\n";

/** Runs with `args`, and returns the output and the paths of the files that changed. */
async function changes(folder: string, args: readonly string[]) {
  const before = readTree(folder);
  const output = await runInProcess(folder, args);
  const changed = [...readTree(folder)].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
  return { ...output, changed };
}

describe("with an error in one workload", () => {
  const files = { ...config, "a.yaml": deployment("a"), "b.yaml": taken(deployment("b")), "c.yaml": deployment("c") };

  test("nothing changes", async (t) => {
    const { status, changed, stderr } = await changes(folderOf(t, files), write);
    assert.deepEqual([status, changed], [1, []]);
    assert.match(stderr, /\nNothing was changed: 1 error\.\n$/);
  });

  test("--keep-going changes the others, and ends with status 1", async (t) => {
    const folder = folderOf(t, files);
    const { status, changed, stderr } = await changes(folder, keepGoing);
    assert.deepEqual([status, changed], [1, ["a.yaml", "c.yaml"]]);
    assert.match(stderr, /^error: b\.yaml:15: Deployment b: /m);
    assert.match(stderr, /\n2 of 3 files changed: 2 workloads injected, 1 error\.\n$/);
    assert.deepEqual((await changes(folder, keepGoing)).changed, [], "a second run changes nothing");
  });

  test("--keep-going prints every manifest", async (t) => {
    const { stdout, status } = await runInProcess(folderOf(t, files), ["-c", "tracing.yaml", "--keep-going", "."]);
    assert.equal(status, 1);
    assert.equal(stdout.match(/^kind: Deployment$/gm)?.length, 3);
    assert.equal(stdout.match(/^kind: PodMonitor$/gm)?.length, 2);
  });
});

describe("a workload with an error keeps what an earlier run added", () => {
  const names = ["a", "b"];
  const files = { ...config, ...Object.fromEntries(names.map((name) => [`${name}.yaml`, deployment(name)])) };
  const renamed = plainConfiguration.replace("otelcol}", "otelcol, name: otel-agent}");
  const broken: Readonly<Record<string, readonly [breakIt: (text: string) => string, object: string]>> = {
    "a conflict with another container": [
      (text) => text.replace("      - name: b\n", "      - {name: otel-agent, image: i}\n      - name: b\n"),
      "Deployment b",
    ],
    "a list that can't be edited": [
      (text) => text.replace("containers:", "containers: &list").replace("---\n", "copy: *list\n---\n"),
      "Deployment b",
    ],
    "a generated object that can't be edited": [
      (text) => text.replace("PodMonitor\nmetadata:", "PodMonitor\n? metadata\n:"),
      "PodMonitor b-otel-collector",
    ],
  };
  for (const [title, [breakIt, object]] of Object.entries(broken)) {
    test(`${title}`, async (t) => {
      const folder = folderOf(t, files);
      await runInProcess(folder, write);
      const [a, b] = names.map((name) => readFileSync(join(folder, `${name}.yaml`), "utf8"));
      assert.ok(a !== undefined && b !== undefined);
      const next = folderOf(t, { "tracing.yaml": renamed, "a.yaml": a, "b.yaml": breakIt(b) });
      const { status, changed, stderr } = await changes(next, keepGoing);
      assert.match(stderr, new RegExp(`^error: b\\.yaml:[\\d:]+: ${object}: `, "m"));
      assert.deepEqual([status, changed], [1, ["a.yaml"]]);
    });
  }
});

test("--keep-going changes neither of two workloads that conflict with each other", async (t) => {
  const files = { ...config, "a.yaml": deployment("a"), "b.yaml": deployment("b"), "c.yaml": deployment("a") };
  const { status, changed } = await changes(folderOf(t, files), keepGoing);
  assert.deepEqual([status, changed], [1, ["b.yaml"]]);
});

test("--keep-going changes nothing if the configuration has an error", async (t) => {
  const files = { "tracing.yaml": plainConfiguration.replace("otelcol", "otelcl"), "a.yaml": deployment("a") };
  const { status, changed } = await changes(folderOf(t, files), keepGoing);
  assert.deepEqual([status, changed], [1, []]);
});

test("--keep-going leaves out a JSON file that can't contain a new object", async (t) => {
  const object = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } };
  const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web" }] } };
  const json = JSON.stringify({ ...object, spec: { selector: { matchLabels: { app: "web" } }, template } });
  const { status, changed, stderr } = await changes(
    folderOf(t, { ...config, "a.yaml": deployment("a"), "web.json": json }),
    keepGoing,
  );
  assert.match(stderr, /^error: web\.json:1: Deployment web: New objects can't be added to this file/m);
  assert.deepEqual([status, changed], [1, ["a.yaml"]]);
});

test("all errors of a run are reported, sorted by file and line", async (t) => {
  const files = {
    ...config,
    "a.yaml": "a: b\nc\nd: e\n",
    "b.yaml": `${taken(deployment("x"))}---\n${taken(deployment("y"))}`,
    "c.yaml": mergeConflict,
    "d.yaml": deployment("d"),
    "e.yaml": deployment("d"),
  };
  const folder = folderOf(t, files);
  const paths = Object.keys(files).filter((path) => path !== "tracing.yaml");
  const { status, changed, stderr } = await changes(folder, ["-c", "tracing.yaml", "--write", ...paths.reverse()]);
  assert.deepEqual([status, changed], [1, []]);
  const lines = stderr.trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => /^error: [a-z.]+(?::\d+)?/.exec(line)?.[0] ?? line),
    [
      "error: a.yaml:2",
      "error: b.yaml:15",
      "error: b.yaml:32",
      "error: c.yaml:1",
      "error: d.yaml:4",
      "Nothing was changed: 5 errors.",
    ],
  );
});

describe("conflict markers", () => {
  for (const [title, text] of [
    ["around documents", mergeConflict],
    ["in a document", `kind: A\nspec:\n${mergeConflict.replaceAll("kind", "  kind")}`],
    ["of which only the last is left", `${deployment("web")}>>>>>>> feature\n`],
    ["without keys", "<<<<<<< HEAD\n=======\nb\n>>>>>>> feature\n"],
  ] as const) {
    test(`are an error in a folder: ${title}`, async (t) => {
      const { stderr, status } = await runInProcess(
        folderOf(t, { ...config, "a.yaml": deployment("a"), "x.yaml": text }),
        ["-c", "tracing.yaml", "--check", "."],
      );
      const line = text.split("\n").findIndex((one) => /^[<>]{7} /.test(one)) + 1;
      assert.equal(
        stderr,
        `error: x.yaml:${line}:1: unresolved merge conflict. Resolve it and run again.\nNothing was changed: 1 error.\n`,
      );
      assert.equal(status, 1);
    });
  }

  test("are allowed in a string of a valid manifest", async (t) => {
    const manifest = "kind: ConfigMap\ndata:\n  readme: |\n    <<<<<<< HEAD\n    a\n    >>>>>>> x\n";
    const { stderr, status } = await runInProcess(
      folderOf(t, { ...config, "a.yaml": deployment("a"), "x.yaml": manifest }),
      [...write],
    );
    assert.equal(status, 0, stderr);
  });
});

describe("--strict", () => {
  test("treats every warning as an error, including that about a file in a folder that isn't YAML", async (t) => {
    const files = { ...config, "a.yaml": deployment("a"), "x.yaml": "a: b\nc\n" };
    assert.equal((await changes(folderOf(t, files), write)).status, 0);
    const { status, changed, stderr } = await changes(folderOf(t, files), [...write, "--strict"]);
    assert.deepEqual([status, changed], [1, []]);
    assert.match(stderr, /^error: x\.yaml:2:2: not valid YAML: a colon is missing after a key\.$/m);
    const empty = await runInProcess(folderOf(t, { ...config, "a.yaml": "kind: A\n" }), [...write, "--strict"]);
    assert.match(empty.stderr, /^error: tracing\.yaml:5:13: spec\.selector: No workload was selected\./);
    assert.equal(empty.status, 1);
  });
});

describe("--namespace", () => {
  test("replaces spec.namespace", async (t) => {
    const folder = folderOf(t, { ...config, "a.yaml": deployment("a") });
    const args = ["-c", "tracing.yaml", "a.yaml"];
    const [plain, other, same] = await Promise.all(
      [args, [...args, "--namespace", "other"], [...args, "-n", "shop"]].map((list) => runInProcess(folder, list)),
    );
    assert.deepEqual(same, plain);
    assert.equal(plain?.stdout.match(/shop$/gm)?.length, other?.stdout.match(/other$/gm)?.length);
    assert.notEqual(other?.stdout, plain?.stdout);
  });
});
