import assert from "node:assert/strict";
import { test } from "node:test";
import { isConfiguration, readFiles } from "../../site/playground/open-files";

const found = (path: string, content: string | Uint8Array<ArrayBuffer>) => ({ path, file: new File([content], path) });

test("only manifests are read, with exactly their text", async () => {
  const { files, skipped } = await readFiles([
    found("k8s/b.yml", "\ufeffb: 1\r\n"),
    found("k8s/a.YAML", "a: 1\n"),
    found("k8s/c.json", "{}"),
    found("k8s/.git/config.yaml", "hidden"),
    found("node_modules/a/a.yaml", "hidden"),
    found("README.md", "# Title"),
    found("latin1.yaml", new Uint8Array([0xe4])),
    found("utf16.yaml", new Uint8Array([0xff, 0xfe, 0x61, 0])),
    found("zero.yaml", "\0"),
  ]);
  assert.deepEqual(files, [
    { path: "k8s/a.YAML", text: "a: 1\n" },
    { path: "k8s/b.yml", text: "\ufeffb: 1\r\n" },
    { path: "k8s/c.json", text: "{}" },
  ]);
  assert.deepEqual(skipped, [
    "README.md: not a .yaml, .yml, or .json file",
    "latin1.yaml: not UTF-8",
    "utf16.yaml: not UTF-8",
    "zero.yaml: not a text file",
  ]);
});

test("files beyond 20 MB aren't read", async () => {
  const comment = (megabytes: number) => new Uint8Array(megabytes * 1_000_000).fill(0x23);
  const sizes = [found("a.yaml", comment(15)), found("b.yaml", comment(15)), found("c.yaml", comment(5))];
  const reason = "all files together are larger than 20 MB";
  const { files, skipped } = await readFiles(sizes);
  // The size of a file that isn't read doesn't count.
  assert.deepEqual([files.map(({ path }) => path), skipped], [["a.yaml", "c.yaml"], [`b.yaml: ${reason}`]]);
  const open = [{ path: "open.yaml", text: "é".repeat(5_000_000) }];
  const { files: more, skipped: others } = await readFiles(sizes, open);
  assert.deepEqual([more.map(({ path }) => path), others], [["c.yaml"], [`a.yaml: ${reason}`, `b.yaml: ${reason}`]]);
});

test("only a file that is one configuration is one", () => {
  const text = "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: TracingSidecar\n";
  const is = (content: string) => isConfiguration({ path: "a.yaml", text: content });
  for (const one of [text, `# comment\n---\n${text}`, text.replace("TracingSidecar", '"PrivateCA"')])
    assert.ok(is(one));
  for (const other of ["", "kind: TracingSidecar", `${text}---\nkind: Deployment\n`, text.replace("kind:", "# kind:")])
    assert.ok(!is(other), other);
});
