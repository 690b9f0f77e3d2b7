import type { RunResult } from "../../src/pipeline/run";
import { fixtureNames, inputOf } from "../support/fixture";
import { bundleInProcess } from "../support/run-bundle";

/**
 * Returns what a function gives for every fixture, and for its output as the next input, as one JSON object per line.
 *
 * Run as a program, this file prints what the built bundle gives, so that versions of Node can be compared.
 */
export function fixtureOutputs(run: (input: string) => RunResult): string {
  const lines = fixtureNames.map((fixture) => {
    const first = run(inputOf(fixture));
    return JSON.stringify({ fixture, first, second: run(first.stdout) });
  });
  return `${lines.join("\n")}\n`;
}

if (require.main === module) process.stdout.write(fixtureOutputs(bundleInProcess()));
