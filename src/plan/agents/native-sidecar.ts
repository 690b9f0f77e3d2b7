import type { Configuration } from "../../config/configuration";
import { runsToCompletion, type Workload } from "../../kube/workload";

/**
 * Reports whether the agent is a native sidecar: an init container that keeps running (Kubernetes 1.29 and later). This
 * is the default for workloads that run to completion, because an ordinary container would keep their pods running.
 */
export function isNative({ agent }: Configuration, workload: Pick<Workload, "kind" | "podSpec">): boolean {
  return agent.native ?? runsToCompletion(workload);
}
