import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

/**
 * Loads every test file of a folder into this process. Node's test runner starts a process for each file that it gets.
 * `npm test` passes it only one file per folder, because starting Node with ts-node takes 0.3 s of processor time.
 *
 * @param folder the folder's absolute path.
 */
export function loadTests(folder: string): void {
  const files = readdirSync(folder).filter((file) => file.endsWith(".test.ts"));
  for (const file of files.sort()) {
    try {
      require(join(folder, file));
    } catch (error) {
      // The tests of the other files still run.
      test(`${file} can be loaded`, () => {
        throw error;
      });
    }
  }
  failIfEndedEarly();
}

/** Makes the process fail if it ends before its last test. Otherwise, the tests that didn't run would count as passed. */
function failIfEndedEarly(): void {
  let isComplete = false;
  after(() => {
    isComplete = true;
  });
  process.on("exit", () => {
    if (!isComplete) process.exitCode = 1;
  });
}
