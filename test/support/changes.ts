import { toLine } from "../../src/krm/results";
import type { Finding } from "../../src/kube/finding";
import { type RunResult, runInPieces } from "../../src/pipeline/run";

/** The result of a run, and what it changes, as the command line reports it. */
export interface RunWithChanges extends RunResult {
  readonly changes: readonly Finding[];
}

/** Runs the function on a ResourceList, and returns what it changes in addition to the result. */
export function runWithChanges(list: string): RunWithChanges {
  const { stdout, stderr, status, describe } = runInPieces(list);
  return { stdout: [...stdout].join(""), stderr, status, changes: describe() };
}

/** Returns what a run changes in a ResourceList, as the command line reports it. */
export function changesOf(list: string): readonly Finding[] {
  return runInPieces(list).describe();
}

/** Returns the codes of what a run changes in a ResourceList. */
export function changeCodesOf(list: string): readonly string[] {
  return changesOf(list).map(({ code }) => code);
}

/** Returns the lines that the command line prints for changes. */
export function linesOf(changes: readonly Finding[]): readonly string[] {
  return changes.map(toLine);
}
