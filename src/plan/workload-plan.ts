import type { Finding } from "../kube/finding";
import type { Identity } from "../kube/object";
import type { Workload } from "../kube/workload";
import type { Mapping } from "../yaml/value";
import type { Addition } from "./addition";
import type { PodUsage } from "./pod-usage";

/** A workload as its author wrote it. */
export interface WorkloadInput {
  readonly workload: Workload;
  /** The configuration that injected it, where that is not the current one. */
  readonly injectedBy?: string;
}

/** What is decided for one workload, as data. With an error among the findings nothing of a run is carried out. */
export interface WorkloadPlan extends PodUsage {
  /** Whether the selector picked it, skipped ones included. */
  readonly selected: boolean;
  /** What it should carry; absent: nothing. */
  readonly additions?: readonly Addition[];
  /** The Certificate, then the PodMonitor; without the host's annotations. */
  readonly objects: readonly Mapping[];
  /** The ServiceAccount whose pull secrets the pod loses, because the input does not hold it. */
  readonly unknownServiceAccount?: string;
  readonly findings: readonly Finding[];
}

/** Decides what one workload should carry and have beside it. */
export type Planner = (candidate: WorkloadInput) => WorkloadPlan;

/** A workload of the run and what was decided for it. */
export interface Planned {
  readonly object: Identity;
  readonly plan: WorkloadPlan;
  /** It is to carry the agent. */
  readonly injected: boolean;
}
