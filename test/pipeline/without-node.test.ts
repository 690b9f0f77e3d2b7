import { before, describe, test } from "node:test";
import type * as core from "../../src/pipeline/run";
import { loadInBrowserContext } from "../support/browser-context";
import { runWithChanges } from "../support/changes";
import { fixtureNames, inputOf, readFixture, reportOf, splitResults } from "../support/fixture";
import { sameText } from "../support/same-text";

/*
 * The core runs in a browser as it is. `test/project/architecture.test.ts` checks that its sources use nothing of Node;
 * here, it runs without Node's globals and modules.
 */

let runInPieces: typeof core.runInPieces;
before(async () => {
  ({ runInPieces } = await loadInBrowserContext<typeof core>("pipeline/run.ts"));
});

describe("without Node, the output is as expected", () => {
  for (const name of fixtureNames) {
    test(name, () => {
      const input = inputOf(name);
      const { changes, ...outcome } = runWithChanges(input, runInPieces);
      const { rest } = splitResults(outcome.stdout);
      sameText(rest, readFixture(name, "expected.yaml") ?? splitResults(input).rest, "expected.yaml");
      sameText(reportOf(outcome, changes), readFixture(name, "results.yaml"), "results.yaml");
    });
  }
});
