import { relative } from "node:path";
import test from "node:test";
import * as fc from "fast-check";

/*
 * How to run the properties:
 *
 *   PROPERTY_RUNS=20000 npm test           more cases per property (default: 50; in .ci/run: 200)
 *   PROPERTY_SEED=random npm test          new cases, different in each run
 *   PROPERTY_SEED=42 npm test              the same cases as a run that printed this seed
 *
 * The default seed is fixed, so that the result of a change's tests doesn't depend on chance.
 *
 * A failure prints the command that replays it, with its seed and its path.
 */

const requestedSeed = process.env.PROPERTY_SEED ?? "20261122";
/** The seed of all cases. */
export const seed = requestedSeed === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(requestedSeed);
/** How many cases a property has. */
export const runs = Number(process.env.PROPERTY_RUNS ?? 50);
const path = process.env.PROPERTY_PATH;

/**
 * Registers a test that `predicate` doesn't throw for any value of an arbitrary.
 *
 * @param leastCompared for a predicate that has nothing to compare for some values, and returns false for them: the share
 *   of values, from 0 to 1, that must be compared. Otherwise the test could pass without a check. If omitted, all must be.
 */
export function property<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  predicate: (value: T) => unknown,
  leastCompared = 1,
): void {
  const file = testFileOf(new Error());
  test(name, (context) => {
    let compared = 0;
    const check = fc.property(arbitrary, (value) => {
      if (predicate(value) !== false) compared++;
    });
    const parameters = { seed, numRuns: runs, ...(path === undefined ? {} : { path }) };
    const details = fc.check(check, parameters);
    context.diagnostic(`${compared} of ${details.numRuns} cases compared, PROPERTY_SEED=${seed}`);
    if (details.failed) throw new Error(failureMessage(name, file, details));
    // A few cases show no share.
    if (details.numRuns >= 50 && compared < leastCompared * details.numRuns)
      throw new Error(
        `compared only ${compared} of ${details.numRuns} cases; must be at least ${leastCompared} of them`,
      );
  });
}

/** Returns the path of the test file that an error was created for. */
function testFileOf({ stack = "" }: Error): string {
  return relative(process.cwd(), /[^\s(]+\.test\.ts(?=:)/.exec(stack)?.[0] ?? "");
}

function failureMessage<T>(name: string, file: string, details: fc.RunDetails<[T]>): string {
  const replay = `PROPERTY_SEED=${seed} PROPERTY_PATH=${details.counterexamplePath} node --require ts-node/register --test --test-name-pattern="${name}" ${file}`;
  return `${fc.defaultReportMessage(details)}\n\n${details.errorInstance}\n\nReplay:\n${replay}`;
}
