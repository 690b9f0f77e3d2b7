import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import type { KrmObject } from "../../kube/object";
import type { ResultCode } from "../../kube/result-codes";
import type { Workload } from "../../kube/workload";
import { getList, getString, type Value } from "../../yaml/value";
import type { AgentParts } from "../agents/agent-type";
import { type AppEnv, appEnv } from "../app-env";
import type { ObjectIndex } from "../object-index";
import { namespaceOf } from "../select";
import { workloadFinding } from "../workload-finding";

/** A workload that gets the agent, and what is around it. */
export interface CheckContext {
  /** As its author wrote it. */
  readonly workload: Workload;
  /** With its templates expanded. */
  readonly configuration: Configuration;
  readonly parts: AgentParts;
  readonly index: ObjectIndex;
}

/** Finds one kind of trouble. It says only what the input itself decides: what the input does not hold is no finding. */
export type Check = (context: CheckContext) => readonly Finding[];

/** A warning about the workload. `path` is a field of it or of the function's configuration. */
export function warning({ workload }: CheckContext, code: ResultCode, path: string, message: string): Finding {
  return workloadFinding(workload, { code, severity: "warning", path, message });
}

/** The path of a field of the pod template. */
export function inTemplate({ workload }: Pick<CheckContext, "workload">, field: string): string {
  return [...workload.kind.template, field].join(".");
}

/** The labels or annotations that the pod will have. */
export function podMetadata(
  { workload, configuration }: CheckContext,
  part: "labels" | "annotations",
): Readonly<Record<string, string>> {
  const own = part === "labels" ? workload.podLabels : workload.podAnnotations;
  const added = configuration.pod[part];
  return Object.keys(added).length === 0 ? own : { ...added, ...own };
}

/** The Namespace that the workload will be in, where the input holds it. */
export function namespaceObject({ workload, configuration, index }: CheckContext): KrmObject | undefined {
  const name = namespaceOf(workload, configuration);
  return name === undefined ? undefined : index.find("", "Namespace", undefined, name);
}

/** One of the workload's own containers that are to be traced. */
export interface AppContainer extends AppEnv {
  readonly name: string;
  /** As it will be: with what the configuration adds. */
  readonly env: readonly Value[];
}

/** The containers that the configuration takes for the app. */
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
