import { type ExactStep, readPath } from "../kube/field-path";
import { type Finding, type ObjectField, objectAndFile } from "../kube/finding";
import type { Workload } from "../kube/workload";

/** Returns a finding about a workload, with its identity and file. */
export function workloadFinding(workload: Workload, finding: Omit<Finding, "object" | "file">): Finding {
  return { ...finding, ...objectAndFile(workload.object) };
}

/** Returns a field of an object. `within` is the part of it that the message names, such as an annotation. */
export function fieldAt(path: string, ...within: readonly ExactStep[]): ObjectField {
  return within.length === 0 ? { path } : { path, at: [...readPath(path), ...within] };
}
