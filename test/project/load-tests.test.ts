import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { root, temporaryFolder } from "../hosts/support";
import { runOutsideTestRunner } from "../support/outside-test-runner";

/*
 * `npm test` runs `test/FOLDER/index.ts` for each folder. This file loads the folder's tests.
 */

const index = 'import { loadTests } from "../support/load-tests";\n\nloadTests(__dirname);\n';

test("every test file is in a folder of test/ whose index.ts loads it", () => {
  const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  const folders = new Set(files.filter((file) => file.endsWith(".test.ts")).map((file) => dirname(file)));
  assert.ok(folders.size > 10, String(folders.size));
  for (const folder of folders) {
    assert.match(folder, /^[a-z]+$/);
    assert.equal(readFileSync(join(root, "test", folder, "index.ts"), "utf8"), index, folder);
  }
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  assert.match(scripts.test, / test\/\*\/index\.ts$/);
});

test("the tests of a folder fail if one file can't be loaded, or if one ends the process, and say so", (t) => {
  const run = (files: Readonly<Record<string, string>>) => {
    const folder = temporaryFolder(t);
    const loader = JSON.stringify(join(root, "test", "support", "load-tests"));
    writeFileSync(join(folder, "index.ts"), `require(${loader}).loadTests(__dirname);`);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const args = ["--require", "ts-node/register", "--test", "--test-reporter=tap", join(folder, "index.ts")];
    return runOutsideTestRunner(process.execPath, args, root);
  };
  const passes = 'require("node:test").test("passes", () => {});';
  assert.equal(run({ "a.test.ts": passes, "b.test.ts": passes }).status, 0);

  const broken = run({ "a.test.ts": 'throw new Error("broken");', "b.test.ts": passes });
  assert.equal(broken.status, 1);
  assert.match(broken.stdout, /^not ok 1 - a\.test\.ts can be loaded$/m);
  assert.match(broken.stdout, /^ok 2 - passes$/m);

  const ended = run({ "a.test.ts": 'require("node:test").test("ends", () => process.exit(0));', "b.test.ts": passes });
  assert.equal(ended.status, 1);
  assert.match(ended.stdout, /^not ok 1 - .*index\.ts$/m);
});
