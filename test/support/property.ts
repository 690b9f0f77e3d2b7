import { relative } from "node:path";
import test from "node:test";
import * as fc from "fast-check";

/*
 * How to run the properties:
 *
 *   PROPERTY_RUNS=20000 npm test           more cases per property (default: 200)
 *   PROPERTY_SEED=random npm test          new cases, different in each run
 *   PROPERTY_SEED=42 npm test              the same cases as a run that printed this seed
 *
 * The default seed is fixed, so that the result of a change's tests doesn't depend on chance.
 *
 * A failure prints the command that replays it, with its seed and its path.
 */

const requestedSeed = process.env.PROPERTY_SEED ?? "20261122";
const seed = requestedSeed === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(requestedSeed);
const runs = Number(process.env.PROPERTY_RUNS ?? 200);
const path = process.env.PROPERTY_PATH;

/** Registers a test that `predicate` doesn't throw for any value of an arbitrary. */
export function property<T>(name: string, arbitrary: fc.Arbitrary<T>, predicate: (value: T) => void): void {
  test(name, (context) => {
    const parameters = { seed, numRuns: runs, ...(path === undefined ? {} : { path }) };
    const details = fc.check(fc.property(arbitrary, predicate), parameters);
    context.diagnostic(`${details.numRuns} cases, PROPERTY_SEED=${seed}`);
    if (!details.failed) return;
    const file = relative(process.cwd(), process.argv[1] ?? "");
    const replay = `PROPERTY_SEED=${seed} PROPERTY_PATH=${details.counterexamplePath} node --require ts-node/register --test --test-name-pattern="${name}" ${file}`;
    throw new Error(`${fc.defaultReportMessage(details)}\n\n${details.errorInstance}\n\nReplay:\n${replay}`);
  });
}
