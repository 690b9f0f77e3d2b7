import type { Configuration } from "../config/configuration";
import type { KrmObject } from "../kube/object";
import type { Workload } from "../kube/workload";
import type { ObjectIndex } from "./object-index";

/**
 * Returns the namespace that a workload will be in: its own, or else the one that the configuration says a later step
 * sets. Returns undefined if it is unknown.
 */
export function namespaceOf(workload: Workload, configuration: Configuration): string | undefined {
  return workload.object.namespace ?? configuration.namespace;
}

/** A workload, and what decides its namespace. */
interface NamespaceContext {
  readonly workload: Workload;
  readonly configuration: Configuration;
  readonly index: ObjectIndex;
}

/** Returns the Namespace object of the workload; undefined if it isn't in the input or its name isn't known. */
export function namespaceObject({ workload, configuration, index }: NamespaceContext): KrmObject | undefined {
  const name = namespaceOf(workload, configuration);
  return name === undefined ? undefined : index.find("", "Namespace", undefined, name);
}
