import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { load } from "js-yaml";
import { deployment, folderOf, plainConfiguration, runHere } from "./support";

/*
 * Odd files, and what must not come of them.
 */

const config = { "tracing.yaml": plainConfiguration };
const privateCa = {
  "ca.yaml": "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: PrivateCA\nmetadata: {name: my-private-ca}\nspec: {}\n",
};

describe("a file that cannot be read, and holds what an earlier run added", () => {
  /** A workload in one file, and the object that was generated for it in another. */
  async function apart(t: TestContext) {
    const { stdout } = await runHere(folderOf(t, { ...config, "k8s/web.yaml": deployment("web") }), [
      "-c",
      "tracing.yaml",
      "k8s",
    ]);
    const [workload = "", monitor = ""] = stdout.split("---\n");
    assert.match(monitor, /^kind: PodMonitor$/m);
    return { "k8s/monitor.yaml": monitor, "k8s/web.yaml": workload };
  }

  for (const [path, what] of [
    ["k8s/web.yaml", "the object of its workload is not deleted"],
    ["k8s/monitor.yaml", "its object is not made a second time"],
  ] as const) {
    for (const broken of ["---\na: [\n", "---\na: caf\u00e9\n"]) {
      test(`${what}: an error (${JSON.stringify(broken)})`, async (t) => {
        const files = await apart(t);
        const folder = folderOf(t, { ...config, ...files });
        writeFileSync(join(folder, path), Buffer.from(files[path] + broken, "latin1"));
        const before = readFileSync(join(folder, "k8s/monitor.yaml"), "latin1");
        const { stderr, status } = await runHere(folder, ["-c", "tracing.yaml", "--write", "k8s"]);
        assert.match(
          stderr,
          new RegExp(
            `^error: ${path} .*it holds what an earlier run added, so nothing is changed before it can be read\n$`,
          ),
        );
        assert.equal(status, 1);
        assert.equal(readFileSync(join(folder, "k8s/monitor.yaml"), "latin1"), before);
        const init = await runHere(folder, ["init", "k8s"]);
        assert.match(init.stderr, /^warning: Skipped: /);
        assert.equal(init.status, 0);
      });
    }
  }
});

describe("what is named on the command line and cannot be read", () => {
  test("is a wrong command line, not a file that is left out", async (t) => {
    const folder = folderOf(t, { ...config, "web.yaml": deployment("web"), "other.yaml": "" });
    chmodSync(join(folder, "web.yaml"), 0);
    const world = { files: { read: refusing(folder, "web.yaml") } };
    const { stderr, status } = await runHere(folder, ["-c", "tracing.yaml", "--check", "web.yaml"], world);
    assert.match(stderr, /^error: "web\.yaml" cannot be read: permission denied/);
    assert.equal(status, 2);
    const inFolder = await runHere(folder, ["-c", "tracing.yaml", "--check", "."], world);
    assert.match(inFolder.stderr, /^warning: Skipped: web\.yaml cannot be read: permission denied\.$/m);
  });

  /** Root may read everything, so the refusal is the file system's only in name. */
  function refusing(folder: string, path: string) {
    return (read: string) => {
      if (read === path) throw Object.assign(new Error(), { code: "EACCES" });
      return readFileSync(join(folder, read));
    };
  }

  test("is told from what is not there, where it is neither file nor folder", async (t) => {
    const { stderr, status } = await runHere("/", ["-c", "dev/null", "--check", "dev/null"]);
    assert.match(stderr, /the configuration must be one document/);
    assert.equal(status, 1);
    const pipe = await runHere(folderOf(t, config), ["-c", "tracing.yaml", "../../../../../../dev/null"]);
    assert.match(pipe.stderr, /cannot be read: it is neither a file nor a folder \(- is stdin\)/);
    assert.equal(pipe.status, 2);
  });
});

test("a folder whose files are named already is no folder without manifests", async (t) => {
  const folder = folderOf(t, { "k8s/tracing.yaml": plainConfiguration, "k8s/web.yaml": deployment("web") });
  const run = (...paths: string[]) => runHere(folder, ["-c", "k8s/tracing.yaml", "--check", ...paths]);
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

describe("annotations by which a host once placed an object", () => {
  const placed =
    '{config.kubernetes.io/path: x/old.yaml, config.kubernetes.io/index: "3", config.kubernetes.io/package-path: x}';
  const left = placed.replaceAll("config.", "internal.config.");

  for (const annotations of [placed, left]) {
    test(`place nothing in plain files: ${annotations}`, async (t) => {
      const web = deployment("web").replace("name: web\n", `name: web\n  annotations: ${annotations}\n`);
      const folder = folderOf(t, { ...config, "k8s/web.yaml": `${deployment("first")}---\n${web}` });
      assert.equal((await runHere(folder, ["-c", "tracing.yaml", "--write", "k8s"])).status, 0);
      const written = readFileSync(join(folder, "k8s/web.yaml"), "utf8");
      assert.equal(written.match(/^kind: PodMonitor$/gm)?.length, 2);
      assert.equal(written.match(/config\.kubernetes\.io\/path/g)?.length, 1, "the user's own");
      const again = await runHere(folder, ["-c", "tracing.yaml", "--check", "./k8s/../k8s/web.yaml"]);
      assert.equal(again.status, 0, again.stderr);
      await runHere(folder, ["-c", "tracing.yaml", "--write", "--remove", "k8s"]);
      assert.equal(readFileSync(join(folder, "k8s/web.yaml"), "utf8"), `${deployment("first")}---\n${web}`);
    });

    test(`nor do those of a PrivateCA: ${annotations}`, async (t) => {
      const ca = privateCa["ca.yaml"].replace("my-private-ca}", `my-private-ca, annotations: ${annotations}}`);
      const { stdout, stderr } = await runHere(folderOf(t, { "ca.yaml": ca }), ["-c", "ca.yaml"]);
      assert.match(stdout, /^kind: ClusterIssuer$/m);
      assert.doesNotMatch(stdout, /config\.kubernetes\.io/);
      assert.match(stderr, /^PrivateCA my-private-ca: Added/);
    });
  }
});

describe("a document that is deleted behind a block scalar", () => {
  const web = `${deployment("web")}data:\n  text: |\n    x\n`;
  const written = async (t: TestContext, further: string) => {
    const folder = folderOf(t, { ...config, "k8s/web.yaml": web });
    assert.equal((await runHere(folder, ["-c", "tracing.yaml", "--write", "k8s"])).status, 0);
    const file = join(folder, "k8s/web.yaml");
    writeFileSync(file, readFileSync(file, "utf8") + further);
    return {
      before: readFileSync(file, "utf8"),
      ...(await runHere(folder, remove)),
      after: readFileSync(file, "utf8"),
    };
  };
  const remove = ["-c", "tracing.yaml", "--write", "--remove", "k8s"];

  for (const further of ["", "# mine\n", "\n", "---\n# mine\n", "    \n---\n# mine\n"]) {
    test(`goes with ${JSON.stringify(further)} behind it`, async (t) => {
      assert.equal((await written(t, further)).after, web + further);
    });
  }

  for (const further of [
    "     \n",
    "\n     \n# mine\n",
    "     \n---\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\n",
  ]) {
    test(`stays with ${JSON.stringify(further)} behind it, which would become text`, async (t) => {
      const { before, after, stderr, status } = await written(t, further);
      assert.equal(status, 1);
      const line = before.slice(0, -further.length).split("\n").length;
      const place = `\\(line ${line}, column 1 of k8s/web\\.yaml\\)`;
      assert.match(
        stderr,
        new RegExp(`PodMonitor web-\\S+: cannot be taken out: the blank line behind it would become text .* ${place}`),
      );
      assert.equal(after, before);
    });
  }
});

describe("a document that nobody wants any more", () => {
  const left = `---
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
    const ran = await runHere(folder, ["-c", "tracing.yaml", "--write", "."]);
    return { ...ran, texts: Object.keys(files).map((name) => readFileSync(join(folder, name), "utf8")) };
  };
  const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

  for (const above of [
    "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\nmetadata:\n  resourceVersion: ''\n",
    "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Secret, metadata: {name: s}}]\n",
    "- a\n- |\n  x\n",
    "# nothing\n",
    "",
  ]) {
    test(`goes behind ${JSON.stringify(above)}`, async (t) => {
      for (const behind of ["", "# mine\n", "\n", `---\n${configMap}`]) {
        const { texts, stderr, status } = await afterRun(t, { "a.yaml": above + left + behind });
        assert.equal(status, 0, stderr);
        assert.deepEqual(texts, [above + behind]);
      }
    });
  }

  for (const [above, behind, what] of [
    ["- a\n- |+\n  x\n", "\n\n", "blank line"],
    ["--- |\n x\n", "  \n", "blank line"],
    [`kind: List\napiVersion: v1\nitems: []\nmetadata:\n  x: |+\n    y\n`, "\n", "blank line"],
  ] as const) {
    test(`stays behind ${JSON.stringify(above)} with ${JSON.stringify(behind)} behind it`, async (t) => {
      const { texts, stderr, status } = await afterRun(t, { "a.yaml": above + left + behind });
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`the ${what} behind it would become text of the block scalar before it`));
      assert.deepEqual(texts, [above + left + behind]);
    });
  }

  test("stays where its own comment would become text", async (t) => {
    const text = `- |\n  x\n${left.replace("---\n", "---\n  # note\n")}`;
    const { texts, stderr, status } = await afterRun(t, { "a.yaml": text });
    assert.equal(status, 1);
    assert.match(stderr, /the comment behind it would become text/);
    assert.deepEqual(texts, [text]);
  });

  for (const above of ["- |\n", "|\n", "--- |\n", "zextra: |\n"]) {
    test(`stays where the lines behind it would be no YAML: ${JSON.stringify(above)}`, async (t) => {
      const text = `${above}${left.replace("---\n", "---\n              \n  # note\n")}`;
      const { texts, stderr, status } = await afterRun(t, { "a.yaml": text });
      assert.equal(status, 1);
      assert.match(
        stderr,
        /PodMonitor web-otel-collector: cannot be taken out: what stands behind it would not be YAML any more \(line \d+, column 1 of a\.yaml\)/,
      );
      assert.deepEqual(texts, [text]);
    });
  }

  test("leaves the marker behind a directive, with and without a byte order mark", async (t) => {
    for (const mark of ["", "\ufeff"]) {
      const text = `${mark}%YAML 1.2\n${left}`;
      const { texts, stderr } = await afterRun(t, { "a.yaml": text });
      assert.deepEqual(texts, [`${mark}%YAML 1.2\n---\n`], stderr);
    }
  });

  test("goes from the start of each of two files of the same text", async (t) => {
    const text = `${left}---\n${configMap}`;
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
    test(`takes other objects in place of those at its end: ${JSON.stringify(end)}`, async (t) => {
      const web = deployment("web").slice(0, -1) + end;
      const folder = folderOf(t, { "one.yaml": secured, "other.yaml": plainConfiguration, "web.yaml": web });
      const file = join(folder, "web.yaml");
      await runHere(folder, ["-c", "other.yaml", "--write", "web.yaml"]);
      const directly = readFileSync(file, "utf8");
      writeFileSync(file, web);
      const first = await runHere(folder, ["-c", "one.yaml", "--write", "web.yaml"]);
      assert.equal(first.status, 0, first.stderr);
      assert.match(readFileSync(file, "utf8"), /kind: Certificate/);
      const second = await runHere(folder, ["-c", "other.yaml", "--write", "web.yaml"]);
      assert.equal(second.status, 0, second.stderr);
      assert.equal(readFileSync(file, "utf8"), directly);
      await runHere(folder, ["-c", "other.yaml", "--write", "--remove", "web.yaml"]);
      assert.equal(readFileSync(file, "utf8"), web);
    });
  }
});

describe("a PrivateCA", () => {
  const add = (folder: string, ...args: string[]) => runHere(folder, ["-c", "ca.yaml", "--write", ...args, "k8s"]);

  test("does not make a JSON file something else", async (t) => {
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
    test(`is taken back to the bytes that were there: ${JSON.stringify(text)}`, async (t) => {
      const folder = folderOf(t, { ...privateCa, "k8s/a.yaml": text });
      assert.equal((await add(folder)).status, 0);
      assert.match(readFileSync(join(folder, "k8s/a.yaml"), "utf8"), /ClusterIssuer/);
      assert.equal((await add(folder, "--remove")).status, 0);
      assert.equal(readFileSync(join(folder, "k8s/a.yaml"), "utf8"), text);
    });
  }
});

describe("init", () => {
  test("keeps what manifests hold in its comments, however it is named", async (t) => {
    const odd = (apiVersion: string, kind: string, name: string) =>
      `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: "${name}"}\n`;
    const issuers = ["true", "b\\nspec: {}", "c\\u2028d"].map((name) =>
      odd("cert-manager.io/v1", "ClusterIssuer", name),
    );
    const text = deployment("web").replace("name: web\n", 'name: "web\\nevil: true"\n') + issuers.join("");
    const folder = folderOf(t, { "all.yaml": text });
    const { stdout, stderr, status } = await runHere(folder, ["init", "all.yaml"]);
    assert.deepEqual([stderr, status], ["", 0]);
    const made = load(stdout) as { spec: { collector: { tls: unknown } } };
    assert.deepEqual(Object.keys(made), ["apiVersion", "kind", "metadata", "spec"]);
    assert.deepEqual(made.spec.collector.tls, {
      clientCertificate: { certManager: { issuerRef: { name: "true", kind: "ClusterIssuer" } } },
    });
  });

  test("takes a schema's path of one line only", async (t) => {
    const { stdout, stderr, status } = await runHere(folderOf(t, {}), ["init", "--schema", "x\nspec: {}"]);
    assert.deepEqual([stdout, status], ["", 2]);
    assert.match(stderr, /^error: --schema must be followed by a path of one line; --help tells more\n$/);
  });
});

test("names of files cannot forge lines of the report, nor steer the terminal", async (t) => {
  const folder = folderOf(t, { ...config });
  mkdirSync(join(folder, "k8s"));
  writeFileSync(join(folder, "k8s", "a\nerror: b\u001b[31m.yaml"), deployment("web"));
  writeFileSync(join(folder, "k8s", "c\nd.yaml"), "a: [\n");
  const { stderr } = await runHere(folder, ["-c", "tracing.yaml", "--check", "k8s"]);
  assert.match(stderr, /^k8s\/a\\nerror: b\\u001b\[31m\.yaml:1: Deployment web: /m);
  assert.match(stderr, /^warning: Skipped: k8s\/c\\nd\.yaml is not valid YAML/m);
  assert.doesNotMatch(stderr, /^error: b/m);
  assert.ok(!stderr.includes("\u001b"));
});
