import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../hosts/support";

/*
 * `npm test` runs `test/FOLDER/index.ts` for each folder, which loads the folder's test files.
 */

test("every test file is in a folder of test/ with an index.ts", () => {
  const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  const tests = files.filter((file) => file.endsWith(".test.ts"));
  assert.ok(tests.length > 100, String(tests.length));
  const isLoaded = (file: string) => /^[^/]+\/[^/]+$/.test(file) && files.includes(file.replace(/[^/]+$/, "index.ts"));
  assert.deepEqual(
    tests.filter((file) => !isLoaded(file)),
    [],
  );
});
