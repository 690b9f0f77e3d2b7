import type { Configuration } from "../../config/configuration";
import { printPath } from "../../kube/field-path";
import type { Finding, ObjectField } from "../../kube/finding";
import type { ResultCode } from "../../kube/result-codes";
import type { Workload } from "../../kube/workload";
import type { AgentParts } from "../agents/agent-type";
import type { AppContainer } from "../app/app-env";
import type { NamedVariable } from "../app/otlp-variables";
import { namespaceOf } from "../namespace";
import type { ObjectIndex } from "../object-index";
import { fieldAt, workloadFinding } from "../workload-finding";

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

/** Where a finding is: the path of a field of the workload, or the field. Undefined for the workload as a whole. */
type Place = string | ObjectField | undefined;

/** Returns a warning about the workload. */
export function warning({ workload }: CheckContext, code: ResultCode, place: Place, message: string): Finding {
  return workloadFinding(workload, { code, severity: "warning", message, ...toField(place) });
}

/** Returns a notice about the workload: something that may not be as its author expects. */
export function notice({ workload }: CheckContext, code: ResultCode, place: Place, message: string): Finding {
  return workloadFinding(workload, { code, severity: "info", message, ...toField(place) });
}

function toField(place: Place): Pick<Finding, "field"> {
  if (place === undefined) return {};
  return { field: typeof place === "string" ? { path: place } : place };
}

/**
 * Returns a finding whose cause is in the workload's namespace, such as a policy, and can affect its other workloads too.
 * The findings of all workloads with the same message are reported as one, so the message must not name the workload.
 */
export function causedByNamespace({ workload, configuration }: CheckContext, finding: Finding): Finding {
  return { ...finding, cause: namespaceOf(workload, configuration) ?? "" };
}

/** Returns a warning whose cause is in the workload's namespace. See `causedByNamespace`. */
export function namespaceWarning(context: CheckContext, code: ResultCode, place: Place, message: string): Finding {
  return causedByNamespace(context, warning(context, code, place, message));
}

/** Returns a field of one of the app's containers. */
export function containerField({ workload }: CheckContext, { list, name }: AppContainer, field: string): ObjectField {
  const path = printPath([...workload.kind.template, "spec", list, { name }, field]);
  return { path };
}

/** Returns the field that sets a variable of one of the app's containers. The message names the variable. */
export function variableField(context: CheckContext, container: AppContainer, variable: NamedVariable): ObjectField {
  const { path } = containerField(context, container, variable.field);
  return variable.field === "env" ? fieldAt(path, { name: variable.name }) : { path };
}
