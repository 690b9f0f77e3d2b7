import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { load } from "js-yaml";
import { deployment, folderOf, plainConfiguration, runInProcess } from "./support";

/*
 * Unusual files and folders, for which no change must do damage.
 */

const config = { "tracing.yaml": plainConfiguration };
const privateCa = {
  "ca.yaml": "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: PrivateCA\nmetadata: {name: my-private-ca}\nspec: {}\n",
};

describe("a file that cannot be parsed and contains output of an earlier run", () => {
  /** Returns the texts of a file with a workload and of a file with the object that was generated for it. */
  async function separateFiles(t: TestContext) {
    const { stdout } = await runInProcess(folderOf(t, { ...config, "k8s/web.yaml": deployment("web") }), [
      "-c",
      "tracing.yaml",
      "k8s",
    ]);
    const [workload = "", monitor = ""] = stdout.split("---\n");
    assert.match(monitor, /^kind: PodMonitor$/m);
    return { "k8s/monitor.yaml": monitor, "k8s/web.yaml": workload };
  }

  for (const [path, title] of [
    ["k8s/web.yaml", "is an error: the object generated for its workload is not deleted"],
    ["k8s/monitor.yaml", "is an error: the object in it is not generated again"],
  ] as const) {
    for (const broken of ["---\na: [\n", "---\na: caf\u00e9\n"]) {
      test(`${title} (${JSON.stringify(broken)})`, async (t) => {
        const files = await separateFiles(t);
        const folder = folderOf(t, { ...config, ...files });
        writeFileSync(join(folder, path), Buffer.from(files[path] + broken, "latin1"));
        const before = readFileSync(join(folder, "k8s/monitor.yaml"), "latin1");
        const { stderr, status } = await runInProcess(folder, ["-c", "tracing.yaml", "--write", "k8s"]);
        assert.match(
          stderr,
          new RegExp(
            `^error: ${path}:.*\\. The file contains resources added by an earlier run, so nothing was changed\\. Fix it and run again\\.\nNothing was changed: 1 error\\.\n$`,
          ),
        );
        assert.equal(status, 1);
        const goesOn = await runInProcess(folder, ["-c", "tracing.yaml", "--write", "--keep-going", "k8s"]);
        assert.deepEqual(goesOn, { stdout: "", stderr, status });
        assert.equal(readFileSync(join(folder, "k8s/monitor.yaml"), "latin1"), before);
        const init = await runInProcess(folder, ["init", "k8s"]);
        assert.match(init.stderr, /^warning: \S+ Skipped: /);
        assert.equal(init.status, 0);
      });
    }
  }
});

describe("a path on the command line that cannot be read", () => {
  test("is an error, while in a folder it is skipped", async (t) => {
    const folder = folderOf(t, { ...config, "web.yaml": deployment("web"), "other.yaml": "" });
    chmodSync(join(folder, "web.yaml"), 0);
    const system = { files: { read: refusing(folder, "web.yaml") } };
    const { stderr, status } = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "web.yaml"], system);
    assert.equal(stderr, "error: web.yaml: can't be read: permission denied.\nNothing was changed: 1 error.\n");
    assert.equal(status, 1);
    const inFolder = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "."], system);
    assert.match(inFolder.stderr, /^warning: web\.yaml: Skipped: can't be read: permission denied\.$/m);
  });

  /** Simulates a file without read permission, since root can read every file. */
  function refusing(folder: string, refused: string) {
    return (path: string) => {
      if (path === refused) throw Object.assign(new Error(), { code: "EACCES" });
      return readFileSync(join(folder, path));
    };
  }

  test("is reported as neither a file nor a folder if it is a device", async (t) => {
    const { stderr, status } = await runInProcess("/", ["-c", "dev/null", "--check", "-"]);
    assert.match(stderr, /the configuration must be a single YAML document/);
    assert.equal(status, 1);
    const device = await runInProcess(folderOf(t, config), ["-c", "tracing.yaml", "../../../../../../dev/null"]);
    assert.match(device.stderr, /^error: can't read ".*": not a file or folder \(use - for stdin\)/);
    assert.equal(device.status, 2);
  });
});

test("a folder whose files are all on the command line already does not count as empty", async (t) => {
  const folder = folderOf(t, { "k8s/tracing.yaml": plainConfiguration, "k8s/web.yaml": deployment("web") });
  const run = (...paths: string[]) => runInProcess(folder, ["-c", "k8s/tracing.yaml", "--check", ...paths]);
  for (const paths of [
    ["k8s", "./k8s"],
    ["k8s/web.yaml", "k8s"],
  ]) {
    const { stderr, status } = await run(...paths);
    assert.match(stderr, /^1 of 1 file would change: 1 workload injected\.$/m);
    assert.equal(status, 1);
  }
  mkdirSync(join(folder, "empty"));
  assert.equal((await run("k8s", "empty")).status, 2);
});

describe("location annotations that a host left", () => {
  const current =
    '{config.kubernetes.io/path: x/old.yaml, config.kubernetes.io/index: "3", config.kubernetes.io/package-path: x}';
  const internal = current.replaceAll("config.", "internal.config.");

  for (const annotations of [current, internal]) {
    test(`do not move objects of plain files: ${annotations}`, async (t) => {
      const web = deployment("web").replace("name: web\n", `name: web\n  annotations: ${annotations}\n`);
      const folder = folderOf(t, { ...config, "k8s/web.yaml": `${deployment("first")}---\n${web}` });
      assert.equal((await runInProcess(folder, ["-c", "tracing.yaml", "--write", "k8s"])).status, 0);
      const written = readFileSync(join(folder, "k8s/web.yaml"), "utf8");
      assert.equal(written.match(/^kind: PodMonitor$/gm)?.length, 2);
      assert.equal(written.match(/config\.kubernetes\.io\/path/g)?.length, 1, "only the user's own");
      const again = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "./k8s/../k8s/web.yaml"]);
      assert.equal(again.status, 0, again.stderr);
      await runInProcess(folder, ["-c", "tracing.yaml", "--write", "--remove", "k8s"]);
      assert.equal(readFileSync(join(folder, "k8s/web.yaml"), "utf8"), `${deployment("first")}---\n${web}`);
    });

    test(`do not move the objects of a PrivateCA: ${annotations}`, async (t) => {
      const ca = privateCa["ca.yaml"].replace("my-private-ca}", `my-private-ca, annotations: ${annotations}}`);
      const { stdout, stderr } = await runInProcess(folderOf(t, { "ca.yaml": ca }), ["-c", "ca.yaml"]);
      assert.match(stdout, /^kind: ClusterIssuer$/m);
      assert.doesNotMatch(stdout, /config\.kubernetes\.io/);
      assert.match(stderr, /^PrivateCA my-private-ca: Added/);
    });
  }
});

describe("a generated document after a block scalar", () => {
  const web = `${deployment("web")}data:\n  text: |\n    x\n`;
  const addAndRemove = async (t: TestContext, following: string) => {
    const folder = folderOf(t, { ...config, "k8s/web.yaml": web });
    assert.equal((await runInProcess(folder, ["-c", "tracing.yaml", "--write", "k8s"])).status, 0);
    const file = join(folder, "k8s/web.yaml");
    writeFileSync(file, readFileSync(file, "utf8") + following);
    return {
      before: readFileSync(file, "utf8"),
      ...(await runInProcess(folder, remove)),
      after: readFileSync(file, "utf8"),
    };
  };
  const remove = ["-c", "tracing.yaml", "--write", "--remove", "k8s"];

  for (const following of ["", "# mine\n", "\n", "---\n# mine\n", "    \n---\n# mine\n"]) {
    test(`is deleted before ${JSON.stringify(following)}`, async (t) => {
      assert.equal((await addAndRemove(t, following)).after, web + following);
    });
  }

  for (const following of [
    "     \n",
    "\n     \n# mine\n",
    "     \n---\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\n",
  ]) {
    test(`is not deleted before ${JSON.stringify(following)}, which would become text`, async (t) => {
      const { before, after, stderr, status } = await addAndRemove(t, following);
      assert.equal(status, 1);
      const line = before.slice(0, -following.length).split("\n").length;
      assert.match(
        stderr,
        new RegExp(
          `error: k8s/web\\.yaml:${line}:1: PodMonitor web-\\S+: generated lines can't be removed: the blank line after them would become part`,
        ),
      );
      assert.equal(after, before);
    });
  }
});

describe("a generated document whose workload is gone", () => {
  const generated = `---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: web-otel-collector
  annotations:
    tracing-sidecar.dev/owner: tracing
    tracing-sidecar.dev/for: Deployment/web
`;
  const afterRun = async (t: TestContext, files: Readonly<Record<string, string>>) => {
    const folder = folderOf(t, { ...config, ...files });
    const output = await runInProcess(folder, ["-c", "tracing.yaml", "--write", "."]);
    return { ...output, texts: Object.keys(files).map((name) => readFileSync(join(folder, name), "utf8")) };
  };
  const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

  for (const preceding of [
    "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\nmetadata:\n  resourceVersion: ''\n",
    "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Secret, metadata: {name: s}}]\n",
    "- a\n- |\n  x\n",
    "# nothing\n",
    "",
  ]) {
    test(`is deleted after ${JSON.stringify(preceding)}`, async (t) => {
      for (const following of ["", "# mine\n", "\n", `---\n${configMap}`]) {
        const { texts, stderr, status } = await afterRun(t, { "a.yaml": preceding + generated + following });
        assert.equal(status, 0, stderr);
        assert.deepEqual(texts, [preceding + following]);
      }
    });
  }

  for (const [preceding, following, kind] of [
    ["- a\n- |+\n  x\n", "\n\n", "blank line"],
    ["--- |\n x\n", "  \n", "blank line"],
    [`kind: List\napiVersion: v1\nitems: []\nmetadata:\n  x: |+\n    y\n`, "\n", "blank line"],
  ] as const) {
    test(`is not deleted between ${JSON.stringify(preceding)} and ${JSON.stringify(following)}`, async (t) => {
      const { texts, stderr, status } = await afterRun(t, { "a.yaml": preceding + generated + following });
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`the ${kind} after them would become part of the block scalar before them`));
      assert.match(stderr, /before them\. Delete the blank line\. \[/);
      assert.deepEqual(texts, [preceding + generated + following]);
    });
  }

  test("is not deleted if its own comment would become text", async (t) => {
    const text = `- |\n  x\n${generated.replace("---\n", "---\n  # note\n")}`;
    const { texts, stderr, status } = await afterRun(t, { "a.yaml": text });
    assert.equal(status, 1);
    assert.match(stderr, /the comment after them would become part/);
    assert.deepEqual(texts, [text]);
  });

  for (const preceding of ["- |\n", "|\n", "--- |\n", "zextra: |\n"]) {
    test(`is not deleted after ${JSON.stringify(preceding)} if the lines after it would not be valid YAML`, async (t) => {
      const text = `${preceding}${generated.replace("---\n", "---\n              \n  # note\n")}`;
      const { texts, stderr, status } = await afterRun(t, { "a.yaml": text });
      assert.equal(status, 1);
      assert.match(
        stderr,
        /a\.yaml:\d+:1: PodMonitor web-otel-collector: generated lines can't be removed: the text after them would no longer be valid YAML/,
      );
      assert.deepEqual(texts, [text]);
    });
  }

  test("leaves the document marker after a directive, with and without a byte order mark", async (t) => {
    for (const mark of ["", "\ufeff"]) {
      const text = `${mark}%YAML 1.2\n${generated}`;
      const { texts, stderr } = await afterRun(t, { "a.yaml": text });
      assert.deepEqual(texts, [`${mark}%YAML 1.2\n---\n`], stderr);
    }
  });

  test("is deleted at the start of two files with the same text", async (t) => {
    const text = `${generated}---\n${configMap}`;
    const { texts, stderr } = await afterRun(t, { "a.yaml": text, "b.yaml": text });
    assert.deepEqual(texts, [`---\n${configMap}`, `---\n${configMap}`], stderr);
  });
});

describe("a file without a final line break", () => {
  const tls = "tls: {clientCertificate: {certManager: {issuerRef: {name: ca}}}}";
  const secured = plainConfiguration
    .replace('"collector:4317"', `"collector:4317", ${tls}`)
    .replace("  podMonitor: {}\n", "");
  for (const end of ["", "\n", "\n# end", "  "]) {
    test(`can replace the generated objects at its end by others: ${JSON.stringify(end)}`, async (t) => {
      const web = deployment("web").slice(0, -1) + end;
      const folder = folderOf(t, { "one.yaml": secured, "other.yaml": plainConfiguration, "web.yaml": web });
      const file = join(folder, "web.yaml");
      await runInProcess(folder, ["-c", "other.yaml", "--write", "web.yaml"]);
      const directly = readFileSync(file, "utf8");
      writeFileSync(file, web);
      const first = await runInProcess(folder, ["-c", "one.yaml", "--write", "web.yaml"]);
      assert.equal(first.status, 0, first.stderr);
      assert.match(readFileSync(file, "utf8"), /kind: Certificate/);
      const second = await runInProcess(folder, ["-c", "other.yaml", "--write", "web.yaml"]);
      assert.equal(second.status, 0, second.stderr);
      assert.equal(readFileSync(file, "utf8"), directly);
      await runInProcess(folder, ["-c", "other.yaml", "--write", "--remove", "web.yaml"]);
      assert.equal(readFileSync(file, "utf8"), web);
    });
  }
});

describe("a PrivateCA", () => {
  const add = (folder: string, ...args: string[]) => runInProcess(folder, ["-c", "ca.yaml", "--write", ...args, "k8s"]);

  test("is not added to a JSON file", async (t) => {
    const list = '{"apiVersion": "v1", "kind": "List", "items": []}\n';
    const folder = folderOf(t, { ...privateCa, "k8s/a.json": list });
    const { stderr, status } = await add(folder);
    assert.match(stderr, /^error: .*a YAML file/);
    assert.equal(status, 1);
    assert.equal(readFileSync(join(folder, "k8s/a.json"), "utf8"), list);

    writeFileSync(join(folder, "k8s/b.yaml"), "");
    assert.equal((await add(folder)).status, 0);
    assert.equal(readFileSync(join(folder, "k8s/a.json"), "utf8"), list);
    assert.match(readFileSync(join(folder, "k8s/b.yaml"), "utf8"), /^kind: ClusterIssuer$/m);
  });

  for (const text of ["", "# ours", "# ours\n", "# ours\r\n", "---\n# ours"]) {
    test(`is removed without a trace: ${JSON.stringify(text)}`, async (t) => {
      const folder = folderOf(t, { ...privateCa, "k8s/a.yaml": text });
      assert.equal((await add(folder)).status, 0);
      assert.match(readFileSync(join(folder, "k8s/a.yaml"), "utf8"), /ClusterIssuer/);
      assert.equal((await add(folder, "--remove")).status, 0);
      assert.equal(readFileSync(join(folder, "k8s/a.yaml"), "utf8"), text);
    });
  }
});

describe("init", () => {
  test("keeps names from the manifests in values and comments, whatever characters they contain", async (t) => {
    const odd = (apiVersion: string, kind: string, name: string) =>
      `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: "${name}"}\n`;
    const issuers = ["true", "b\\nspec: {}", "c\\u2028d"].map((name) =>
      odd("cert-manager.io/v1", "ClusterIssuer", name),
    );
    const text = deployment("web").replace("name: web\n", 'name: "web\\nevil: true"\n') + issuers.join("");
    const folder = folderOf(t, { "all.yaml": text });
    const { stdout, stderr, status } = await runInProcess(folder, [
      "init",
      "--collector=c:4317",
      "--namespace=shop",
      "all.yaml",
    ]);
    assert.deepEqual([stderr, status], ["", 0]);
    const config = load(stdout) as { spec: { collector: { tls: unknown } } };
    assert.deepEqual(Object.keys(config), ["apiVersion", "kind", "metadata", "spec"]);
    assert.deepEqual(config.spec.collector.tls, {
      clientCertificate: { certManager: { issuerRef: { name: "true", kind: "ClusterIssuer" } } },
    });
  });

  test("rejects a path of the schema that has a line break", async (t) => {
    const { stdout, stderr, status } = await runInProcess(folderOf(t, {}), ["init", "--schema", "x\nspec: {}"]);
    assert.deepEqual([stdout, status], ["", 2]);
    assert.match(
      stderr,
      /^error: --schema must be a path without line breaks or other control characters\. See --help\.\n$/,
    );
  });
});

test("names of files cannot forge lines of the report or control the terminal", async (t) => {
  const folder = folderOf(t, { ...config });
  mkdirSync(join(folder, "k8s"));
  writeFileSync(join(folder, "k8s", "a\nerror: b\u001b[31m.yaml"), deployment("web"));
  writeFileSync(join(folder, "k8s", "c\nd.yaml"), "a: [\n");
  writeFileSync(join(folder, "k8s", "e\u202etxt\u2066\u200f\u061c.yaml"), deployment("api"));
  const { stderr } = await runInProcess(folder, ["-c", "tracing.yaml", "--check", "k8s"]);
  assert.match(stderr, /^k8s\/a\\nerror: b\\u001b\[31m\.yaml:1: Deployment web: /m);
  assert.match(stderr, /^k8s\/e\\u202etxt\\u2066\\u200f\\u061c\.yaml:1: Deployment api: /m);
  assert.match(stderr, /^warning: k8s\/c\\nd\.yaml:\d+:\d+: Skipped: not valid YAML/m);
  assert.doesNotMatch(stderr, /^error: b/m);
  assert.ok(!stderr.includes("\u001b"));
  assert.doesNotMatch(stderr, /\p{Bidi_Control}/u);
});
