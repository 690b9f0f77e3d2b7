import { type Finding, objectAndFile } from "../kube/finding";
import type { Workload } from "../kube/workload";

/** What a finding about a workload says. */
interface WorkloadFinding extends Pick<Finding, "code" | "severity" | "message"> {
  /** A field of the function's configuration or of the workload. */
  readonly path: string;
}

/** A finding about what a workload would get. */
export function workloadFinding(workload: Workload, { code, severity, message, path }: WorkloadFinding): Finding {
  return { code, severity, message, ...objectAndFile(workload.object), field: { path } };
}
