import type { Finding } from "../kube/finding";
import type { Identity } from "../kube/object";
import type { Workload } from "../kube/workload";
import type { Mapping } from "../yaml/value";
import type { Addition } from "./addition";
import type { PodUsage } from "./pod-usage";

/** The input of a plan. */
export interface WorkloadInput {
  /** The workload as its author wrote it, without what this configuration added before. */
  readonly workload: Workload;
  /** The name of the configuration that injected it. Undefined if that is the current one, or if there is none. */
  readonly injectedBy?: string;
}

/** The decisions for one workload, as data. If the findings contain an error, the run changes nothing. */
export interface WorkloadPlan extends PodUsage {
  /** True if the selector matches the workload, even if it is skipped. */
  readonly selected: boolean;
  /** What to add to the workload. Undefined if it isn't injected. */
  readonly additions?: readonly Addition[];
  /** The objects to generate: the Certificate, then the PodMonitor, without host annotations. */
  readonly objects: readonly Mapping[];
  /** The ServiceAccount whose pull secrets the pod no longer gets, because that ServiceAccount is not in the input. */
  readonly unknownServiceAccount?: string;
  readonly findings: readonly Finding[];
}

/** Decides what to add to one workload and which objects to generate for it. */
export type Planner = (input: WorkloadInput) => WorkloadPlan;

/** A workload of the run with its plan. */
export interface Planned {
  readonly object: Identity;
  readonly plan: WorkloadPlan;
  /** True if the workload gets the agent. */
  readonly injected: boolean;
}
