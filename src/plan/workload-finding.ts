import { type Finding, objectAndFile } from "../kube/finding";
import type { Workload } from "../kube/workload";

/** The parts of a finding that its workload doesn't determine. */
interface WorkloadFinding extends Pick<Finding, "code" | "severity" | "message"> {
  /** The path of a field, in the function's configuration or in the workload. */
  readonly path: string;
}

/** Returns a finding about a workload, with its identity and file. */
export function workloadFinding(workload: Workload, { code, severity, message, path }: WorkloadFinding): Finding {
  return { code, severity, message, ...objectAndFile(workload.object), field: { path } };
}
