import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { zipOf } from "../../site/playground/download";
import { find, temporaryFolder } from "../hosts/support";

const unzip = find("unzip");

test("an archive has every file, whatever its path", { skip: unzip === undefined && "unzip isn't installed" }, (t) => {
  const files = ["k8s/web.yaml", "__proto__", "constructor", "a.yaml", "/a.yaml", "../a.yaml", "..", "é.yaml"];
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "files.zip"), Buffer.concat(zipOf(files.map((path) => ({ path, text: `# ${path}\n` })))));
  const { status, stderr } = spawnSync(unzip ?? "", ["-q", "files.zip"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  assert.equal(status, 0, stderr);
  const unpacked = [
    "k8s/web.yaml",
    "__proto__",
    "constructor",
    "a.yaml",
    "a-2.yaml",
    "a-3.yaml",
    "manifest.yaml",
    "é.yaml",
  ];
  assert.deepEqual(
    unpacked.map((path) => readFileSync(join(folder, path), "utf8")),
    files.map((path) => `# ${path}\n`),
  );
});

test("the same files give the same archive", () => {
  const files = [{ path: "a.yaml", text: "a: 1\n" }];
  assert.deepEqual(Buffer.concat(zipOf(files)), Buffer.concat(zipOf(files)));
});
