import assert from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { Place } from "../../src/cli/positions";
import { deployment, folderOf, plainConfiguration, runInProcess } from "./support";

/*
 * Which files are read, which are skipped, and how they are joined to one stream.
 */

const config = { "tracing.yaml": plainConfiguration };
const web = deployment("web");

async function report(t: TestContext, files: Readonly<Record<string, string>>, args: readonly string[] = ["."]) {
  const folder = folderOf(t, { ...config, ...files });
  const { stdout, stderr, status } = await runInProcess(folder, ["-c", "tracing.yaml", "--output", "json", ...args]);
  return { ...(JSON.parse(stdout) as Report), stderr, status };
}

interface Report {
  readonly files: readonly (Place & { readonly status: string; readonly reason?: string })[];
  readonly results: readonly {
    readonly message: string;
    readonly tags: { readonly code: string };
    readonly file?: Place;
  }[];
}

/** The path and status of each file. */
const paths = ({ files }: Report) => files.map(({ path, status }) => `${path} ${status}`);

describe("a folder", () => {
  test("is read with its subfolders, sorted, without hidden files, node_modules, and JSON for other tools", async (t) => {
    const other = { "b/x.yml": web, "a.yaml": "", ".git/x.yaml": "[", "node_modules/x.yaml": "[", "notes.txt": "[" };
    const json = { "b/package.json": "{}", "tsconfig.json": "{ // no JSON\n}", "b/list.json": '{"apiVersion": "v1"}' };
    const found = await report(t, { ...other, ...json });
    assert.deepEqual(paths(found), ["a.yaml unchanged", "b/list.json unchanged", "b/x.yml changed"]);
  });

  test("without manifests is a usage error", async (t) => {
    const folder = folderOf(t, { ...config, "empty/notes.txt": "" });
    const { stderr, status } = await runInProcess(folder, ["-c", "tracing.yaml", "empty"]);
    assert.match(stderr, /^error: the folder "empty" contains no manifests \(\.yaml, \.yml, \.json\)/);
    assert.equal(status, 2);
  });

  test("without manifests is a usage error also if a folder before it contains files that are skipped", async (t) => {
    const folder = folderOf(t, { ...config, "first/web.yaml": web, "empty/notes.txt": "" });
    symlinkSync("gone", join(folder, "first/gone.yaml"));
    const { stderr, status } = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "first", "empty"]);
    assert.match(stderr, /^error: the folder "empty" contains no manifests/);
    assert.equal(status, 2);
  });

  test("is read without the configuration, linked folders and broken links", async (t) => {
    const folder = folderOf(t, { ...config, "web.yaml": web });
    symlinkSync("..", join(folder, "up"));
    symlinkSync("gone", join(folder, "gone.yaml"));
    symlinkSync("round.yaml", join(folder, "round.yaml"));
    const { stdout } = await runInProcess(folder, ["-c", "tracing.yaml", "--output", "json", "."]);
    const { files } = JSON.parse(stdout) as Report;
    assert.deepEqual(paths({ files, results: [] }), ["web.yaml changed", "gone.yaml skipped", "round.yaml skipped"]);
    assert.equal(files[1]?.reason, "a symbolic link that doesn't point to a file");
  });
});

describe("a file", () => {
  const reasons: Readonly<Record<string, readonly [text: string, reason: RegExp]>> = {
    "that is not YAML": ["a: b: c\n", /^1:5 not valid YAML: /],
    "whose second document is not YAML": ["a: b\n---\n- a\nb: c\n", /^4:1 not valid YAML: /],
    "that is a Helm template": [`${web}---\nname: {{ .Values.name }}\n`, /this is a Helm template, not YAML\. Render/],
    "that is a Helm template with control structures": [
      `{{- if .Values.on }}\n${web}{{- end }}\n`,
      /is a Helm template/,
    ],
    "that is a Helm template but valid YAML": [
      web.replace(/image: .*/, "image: {{ .Values.web }}"),
      /is a Helm template/,
    ],
    "with a list whose items refer to anchors outside of them": [
      "apiVersion: &v v1\nkind: List\nitems:\n- {apiVersion: *v, kind: Secret}\n",
      /^4:\d+ an alias in an object of the List refers to an anchor outside the objects\. Replace the alias with its value$/,
    ],
    "with a list that refers to an anchor in one of its items": [
      "items:\n- apiVersion: &v v1\n  kind: Secret\n  metadata: {name: a}\napiVersion: *v\nkind: List\n",
      /^5:\d+ an alias at the top level of the List refers to an anchor elsewhere\. Replace the alias with its value$/,
    ],
  };
  for (const [name, [text, reason]] of Object.entries(reasons)) {
    test(`${name} is skipped with a warning, and the other files are processed`, async (t) => {
      const { files, stderr, status } = await report(t, { "web.yaml": web, "x.yaml": text });
      assert.equal(status, 0);
      const skipped = files.find(({ path }) => path === "x.yaml");
      const position = skipped?.line === undefined ? "" : `${skipped.line}:${skipped.column} `;
      assert.match(position + skipped?.reason, reason);
      assert.equal(files.find(({ path }) => path === "web.yaml")?.status, "changed");
      assert.match(stderr, /^warning: x\.yaml\S*: Skipped: /m);
    });
  }

  test("that is skipped is an error with spec.strict", async (t) => {
    const strict = { "tracing.yaml": plainConfiguration.replace("spec:", "spec:\n  strict: true") };
    const { stderr, status } = await report(t, { ...strict, "web.yaml": web, "x.yaml": "a: b: c\n" });
    assert.match(stderr, /^error: x\.yaml:1:5: not valid YAML/m);
    assert.equal(status, 1);
  });

  test("is not skipped if braces are text, as in alerts, dashboards and quoted workflows", async (t) => {
    const alert =
      'kind: A\ntext: "{{ .Values.x }}"\nother: Instance {{ $labels.instance }} is down\nblock: |\n  {{ if .Values.x }}\nplain: expires soon{{ with $labels.cluster }} on {{ . }}{{ end }}\nurl: http://prometheus.{{ .Release.Namespace }}.svc:9090\n';
    assert.deepEqual(paths(await report(t, { "x.yaml": alert }, ["x.yaml"])), ["x.yaml unchanged"]);
  });

  test("is an error if it would be skipped but is stdin, which must be printed again", async (t) => {
    for (const stdin of ["a: b: c\n", "name: {{ .Values.name }}\n"]) {
      const { stdout, stderr, status } = await runInProcess(folderOf(t, config), ["-c", "tracing.yaml", "-"], {
        stdin,
      });
      assert.equal(stdout, "");
      assert.match(stderr, /^error: <stdin>:\S* (?:not valid YAML|this is|an alias)/);
      assert.equal(status, 1);
    }
  });
});

test("skips a file that is not UTF-8 instead of replacing bytes", async (t) => {
  const folder = folderOf(t, { ...config, "web.yaml": web });
  writeFileSync(join(folder, "x.yaml"), Buffer.from("name: caf\xe9\n", "latin1"));
  const { stderr } = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "."]);
  assert.match(stderr, /^warning: x\.yaml: Skipped: not UTF-8\.$/m);
});

describe("objects in several files", () => {
  test("a Secret that another file also produces is a conflict, reported with file and line", async (t) => {
    const spec = "certManager: {issuerRef: {name: ca}}";
    const tls = { "tracing.yaml": plainConfiguration.replace('4317"}', `4317", tls: {clientCertificate: {${spec}}}}`) };
    const secret = "\n# made by hand\napiVersion: v1\nkind: Secret\nmetadata: {name: web-otel-collector-tls}\n";
    const folder = folderOf(t, { ...tls, "web.yaml": `---\n${web}`, "secret.yaml": secret });
    const { stderr, status } = await runInProcess(folder, ["-c", "tracing.yaml", "."]);
    assert.match(
      stderr,
      /^error: web\.yaml:5: Deployment web: metadata\.name: The Secret "web-otel-collector-tls" is already provided by/m,
    );
    assert.equal(status, 1);
  });

  test("a generated object that the user moved to another file stays there", async (t) => {
    const folder = folderOf(t, { ...config, "web.yaml": web });
    const { stdout } = await runInProcess(folder, ["-c", "tracing.yaml", "web.yaml"]);
    const [workload = "", monitor = ""] = stdout.split("---\n");
    const moved = folderOf(t, { ...config, "web.yaml": workload, "monitors/web.yaml": monitor });
    const check = await runInProcess(moved, ["-c", "tracing.yaml", "--check", "."]);
    assert.equal(check.status, 0, check.stderr);
  });

  test("an edit that cannot be made is reported with line and column in its file", async (t) => {
    const aliased = `${web.replace("spec:\n      containers:", "spec: &pod\n      containers:")}copy: *pod\n`;
    const { results, status } = await report(t, { "web.yaml": `kind: First\n---\n${aliased}` });
    assert.equal(status, 1);
    assert.match(results[0]?.message ?? "", /a YAML alias elsewhere refers to it/);
    assert.deepEqual(results[0]?.file, { path: "web.yaml", index: 1, line: 16, column: 7 });
  });

  test("new objects cannot be added to a JSON file with a single object", async (t) => {
    const object = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } };
    const spec = { selector: { matchLabels: { app: "web" } }, template: { spec: { containers: [{ name: "web" }] } } };
    const withLabels = { ...spec, template: { metadata: { labels: { app: "web" } }, ...spec.template } };
    const { results, status } = await report(t, { "web.json": JSON.stringify({ ...object, spec: withLabels }) });
    assert.equal(status, 1);
    assert.match(
      results[0]?.message ?? "",
      /^New objects can't be added to this file: a JSON file can contain only one object/,
    );
  });
});

describe("the manifests on stdout", () => {
  test("are separated by one --- each; a single file is printed unchanged", async (t) => {
    const texts = ["kind: A", "---\nkind: B\n", "# c\nkind: C\n", "%YAML 1.2\n---\nkind: D\n", "\ufeffkind: E\r\n", ""];
    const files = Object.fromEntries(texts.map((text, i) => [`${i}.yaml`, text]));
    const folder = folderOf(t, { ...config, ...files });
    const all = await runInProcess(folder, ["-c", "tracing.yaml", "."]);
    const expected = "kind: A\n---\nkind: B\n---\n# c\nkind: C\n...\n%YAML 1.2\n---\nkind: D\n---\r\nkind: E\r\n";
    assert.equal(all.stdout, expected);
    for (const [i, text] of texts.entries()) {
      assert.equal((await runInProcess(folder, ["-c", "tracing.yaml", `${i}.yaml`])).stdout, text);
    }
  });
});

test("progress is shown on a terminal for many files, and erased at the end", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`${i}.yaml`, `kind: A${i}\n`]));
  const folder = folderOf(t, { ...config, ...files });
  const shown = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "."], {
    terminal: 80,
    env: { NO_COLOR: "1" },
  });
  const visible = (text: string) => text.replaceAll("\r", "<start>").replaceAll("\u001b[K", "<erase>");
  const [first, second] = visible(shown.stderr).split("<erase>");
  assert.deepEqual([first, second], ["<start>reading: 0 of 250 files", "<start>reading: 50 of 250 files"]);
  assert.match(visible(shown.stderr), /<start>reading: 200 of 250 files<erase><start><erase>\S/);
  const narrow = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "."], { terminal: 12 });
  assert.equal(visible(narrow.stderr).split("<erase>")[0], "<start>reading: 0 ");
  const piped = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "."]);
  assert.doesNotMatch(piped.stderr, /reading/);
});
