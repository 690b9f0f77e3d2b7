import type { RunResult } from "../../src/pipeline/run";
import { fixtureNames, inputOf } from "../support/fixture";
import { bundleInProcess } from "../support/run-bundle";

/**
 * Runs a function on every fixture, and again on its own output. Returns the results as one JSON object per line.
 *
 * As a program, this file prints the results of the built bundle, to compare versions of Node.
 */
export function fixtureOutputs(run: (input: string) => RunResult): string {
  const lines = fixtureNames.map((fixture) => {
    const first = run(inputOf(fixture));
    return JSON.stringify({ fixture, first, second: run(first.stdout) });
  });
  return `${lines.join("\n")}\n`;
}

if (require.main === module) process.stdout.write(fixtureOutputs(bundleInProcess()));
