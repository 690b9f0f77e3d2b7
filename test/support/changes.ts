import { toLine } from "../../src/krm/results";
import type { Finding } from "../../src/kube/finding";
import { type RunResult, runInPieces } from "../../src/pipeline/run";

/** The result of a run with its changes, as the command line reports them. */
export interface RunWithChanges extends RunResult {
  readonly changes: readonly Finding[];
}

/**
 * Runs the function on a ResourceList. Returns the result and the changes.
 *
 * @param run the function, if it isn't that of the sources.
 */
export function runWithChanges(list: string, run = runInPieces): RunWithChanges {
  const { stdout, stderr, status, describe } = run(list);
  return { stdout: [...stdout].join(""), stderr, status, changes: describe() };
}

/** Returns what a run changes in a ResourceList, as the command line reports it. */
export function changesOf(list: string): readonly Finding[] {
  return runWithChanges(list).changes;
}

/** Returns the codes of what a run changes in a ResourceList. */
export function changeCodesOf(list: string): readonly string[] {
  return changesOf(list).map(({ code }) => code);
}

/** Returns the changes as lines, as the command line prints them. */
export function changeLines(changes: readonly Finding[]): readonly string[] {
  return changes.map(toLine);
}
