import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

/*
 * The commands of docs/testing.md: each is run here, or named with the reason why not.
 */

const root = join(__dirname, "..");
const document = readFileSync(join(root, "docs", "testing.md"), "utf8");
const commands = [...document.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) =>
  (block as string).trimEnd().split("\n"),
);

/** Commands that are not run here, and why. */
export const elsewhere: Readonly<Record<string, string>> = {
  "PROPERTY_SEED=random PROPERTY_RUNS=2500 node --require ts-node/register --test test/properties-edits.test.ts":
    "chance decides what it finds; npm test runs the same file with a fixed seed",
  "npm run fuzz -- --time 600": "it takes ten minutes; .ci/run runs it for 30 seconds",
  "npm run fuzz -- --time 600 --target yaml": "it takes ten minutes; .ci/run runs it for 30 seconds",
  "npm run mutate -- --mutate src/yaml/edit.ts": "it takes minutes",
};

describe("the commands of docs/testing.md", () => {
  test("those that are not run are there", () => {
    assert.deepEqual(
      Object.keys(elsewhere).filter((one) => !commands.includes(one)),
      [],
    );
  });

  for (const command of commands.filter((one) => elsewhere[one] === undefined)) {
    test(command, () => {
      // Without what the runner of these tests tells its children, whose output would be for it.
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      const { status, stderr } = spawnSync("sh", ["-c", command], { cwd: root, env, encoding: "utf8" });
      assert.equal(status, 0, stderr);
    });
  }

  test("every script and file that it names is there", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    for (const [, name] of document.matchAll(/npm run ([\w-]+)/g)) assert.ok(scripts[name as string], name);
    for (const [, path] of document.matchAll(/`((?:test|scripts|fixtures)\/[\w./-]*)`/g)) {
      assert.ok(existsSync(join(root, path as string)), path);
    }
  });
});
