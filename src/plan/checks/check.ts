import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import type { KrmObject } from "../../kube/object";
import type { ResultCode } from "../../kube/result-codes";
import type { Workload } from "../../kube/workload";
import { getList, getString, type Value } from "../../yaml/value";
import type { AgentParts } from "../agents/agent-type";
import { type AppEnv, appEnv } from "../app-env";
import { namespaceOf } from "../namespace";
import type { ObjectIndex } from "../object-index";
import { workloadFinding } from "../workload-finding";

/** A workload that gets the agent, and the objects around it. */
export interface CheckContext {
  /** The workload without the agent. */
  readonly workload: Workload;
  /** The configuration with its templates expanded for the workload. */
  readonly configuration: Configuration;
  /** What the agent adds to the pod. */
  readonly parts: AgentParts;
  /** All objects of the input. */
  readonly index: ObjectIndex;
}

/**
 * Looks for one kind of problem in a workload. It reports a problem only if the input proves it. If the answer depends
 * on something outside the input, it reports nothing.
 */
export type Check = (context: CheckContext) => readonly Finding[];

/** Returns a warning about the workload. `path` is a field of the workload or of the configuration. */
export function warning({ workload }: CheckContext, code: ResultCode, path: string, message: string): Finding {
  return workloadFinding(workload, { code, severity: "warning", path, message });
}

/**
 * Returns the labels or annotations that the pod will have, including those that the configuration adds. The workload's
 * values take precedence.
 */
export function podMetadata(
  { workload, configuration }: CheckContext,
  part: "labels" | "annotations",
): Readonly<Record<string, string>> {
  const existing = part === "labels" ? workload.podLabels : workload.podAnnotations;
  const added = configuration.pod[part];
  return Object.keys(added).length === 0 ? existing : { ...added, ...existing };
}

/** Returns the Namespace object of the workload; undefined if it isn't in the input or its name isn't known. */
export function namespaceObject({ workload, configuration, index }: CheckContext): KrmObject | undefined {
  const name = namespaceOf(workload, configuration);
  return name === undefined ? undefined : index.find("", "Namespace", undefined, name);
}

/** A container of the workload that sends spans to the agent. */
export interface AppContainer extends AppEnv {
  readonly name: string;
  /** The container's `env`, including the entries that the configuration adds. */
  readonly env: readonly Value[];
}

/** Returns the workload's containers that `spec.app` applies to. */
export function appContainers({ workload, configuration, parts, index }: CheckContext): AppContainer[] {
  const only = configuration.app.containers;
  const context = { configuration, parts, namespace: workload.object.namespace, find: index.find };
  return getList(workload.podSpec, "containers").flatMap((container) => {
    const name = getString(container, "name") ?? "";
    if (only !== undefined && !only.includes(name)) return [];
    const env = appEnv(container, context);
    return [{ name, env: [...getList(container, "env"), ...env.added], ...env }];
  });
}
