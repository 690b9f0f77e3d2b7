import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import type { ResultCode } from "../../kube/result-codes";
import { inTemplate, type Workload } from "../../kube/workload";
import type { AgentParts } from "../agents/agent-type";
import type { AppContainer } from "../app/app-env";
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
  /** How many of the workload's init containers start before the agent. Undefined if it is an ordinary container. */
  readonly agentIndex: number | undefined;
  /** The workload's containers that `spec.app` applies to. */
  readonly appContainers: readonly AppContainer[];
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

/** Returns a notice about the workload: something that may not be as its author expects. `path` is as for a warning. */
export function notice({ workload }: CheckContext, code: ResultCode, path: string, message: string): Finding {
  return workloadFinding(workload, { code, severity: "info", path, message });
}

/**
 * Returns a finding whose cause is in the workload's namespace, such as a policy, and can affect its other workloads too.
 * The findings of all workloads with the same message are reported as one, so the message must not name the workload.
 */
export function causedByNamespace({ workload, configuration }: CheckContext, finding: Finding): Finding {
  return { ...finding, cause: namespaceOf(workload, configuration) ?? "" };
}

/** Returns a warning whose cause is in the workload's namespace. See `causedByNamespace`. */
export function namespaceWarning(context: CheckContext, code: ResultCode, path: string, message: string): Finding {
  return causedByNamespace(context, warning(context, code, path, message));
}

/** Returns the path of a field of one of the app's containers, for messages. */
export function containerField({ workload }: CheckContext, { list, name }: AppContainer, field: string): string {
  return inTemplate(workload, `spec.${list}[${name}].${field}`);
}
