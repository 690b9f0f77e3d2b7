import { type Finding, objectAndFile, type Severity } from "../kube/finding";
import type { Workload } from "../kube/workload";

/** A finding about what a workload would get. `path` is a field of the function's configuration or of the workload. */
export function workloadFinding(
  workload: Workload,
  code: Finding["code"],
  severity: Severity,
  path: string,
  message: string,
): Finding {
  return { code, severity, message, ...objectAndFile(workload.object), field: { path } };
}
