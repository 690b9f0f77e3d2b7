import type { Configuration } from "../config/configuration";
import type { Workload } from "../kube/workload";

/**
 * Returns the namespace that a workload will be in: its own, or else the one that the configuration says a later step
 * sets. Returns undefined if it is unknown.
 */
export function namespaceOf(workload: Workload, configuration: Configuration): string | undefined {
  return workload.object.namespace ?? configuration.namespace;
}
