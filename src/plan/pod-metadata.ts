import type { Configuration } from "../config/configuration";
import type { Workload } from "../kube/workload";

/**
 * Returns the labels or annotations that the pods will have, including those that the configuration adds. The
 * workload's values take precedence.
 */
export function podMetadata(
  { workload, configuration }: { readonly workload: Workload; readonly configuration: Configuration },
  part: "labels" | "annotations",
): Readonly<Record<string, string>> {
  const existing = part === "labels" ? workload.podLabels : workload.podAnnotations;
  const added = configuration.pod[part];
  return Object.keys(added).length === 0 ? existing : { ...added, ...existing };
}
