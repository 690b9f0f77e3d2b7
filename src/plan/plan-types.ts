import type { Finding } from "../kube/finding";
import type { Identity } from "../kube/object";
import type { Workload } from "../kube/workload";
import type { Mapping } from "../yaml/value";
import type { Addition } from "./addition";
import type { PodUsage } from "./pod-usage";
import type { Mismatch } from "./select";

/** The input of a plan. */
export interface WorkloadInput {
  /** The workload as its author wrote it, without what this configuration added before. */
  readonly workload: Workload;
  /**
   * The index of what this configuration added before, by the path of its list, if something was after it. What is
   * added now takes its place.
   */
  readonly positions?: ReadonlyMap<string, number>;
  /** The name of the configuration that injected it. Undefined if that is the current one, or if there is none. */
  readonly injectedBy?: string;
}

/** The decisions for one workload, as data. If a finding of any workload is an error, the run changes nothing. */
export type WorkloadPlan = NotSelected | Skipped | Refused | Injection;

/** The selector doesn't match the workload, or the configuration only removes what it added. */
export interface NotSelected extends Partial<Mismatch> {
  readonly outcome: "not-selected";
  readonly usage: PodUsage;
}

/** The selector matches, but there is a reason not to inject the workload. */
export interface Skipped {
  readonly outcome: "skipped";
  /** Omitted if the reason applies only to this configuration, and another one injected the workload. */
  readonly finding?: Finding;
  readonly usage: PodUsage;
  /** See `PlannedInjection`. */
  readonly namedContainers?: readonly string[];
}

/** The workload must be injected but can't be. */
export interface Refused {
  readonly outcome: "refused";
  /** One or more errors. */
  readonly findings: readonly Finding[];
}

/** The workload gets the agent. */
export interface Injection extends PlannedInjection {
  /** What to add to the workload. */
  readonly additions: readonly Addition[];
}

/** What later steps need of an injection. It is kept for every workload of a run, and the additions aren't. */
export interface PlannedInjection {
  readonly outcome: "injected";
  /** The objects to generate for the workload, in the order of `objectGenerators`, without host annotations. */
  readonly objects: readonly Mapping[];
  /** The name of the container port that serves the agent's metrics. */
  readonly metricsPort: string;
  /** The ServiceAccount whose pull secrets the pod no longer gets, because that ServiceAccount is not in the input. */
  readonly unknownServiceAccount?: string;
  /** The names in `spec.app.containers` that the workload has. Omitted if the configuration names none. */
  readonly namedContainers?: readonly string[];
  /** The signals that the agent rejects and that the app may export by default. Omitted if there are none. */
  readonly rejectedSignals?: "metrics" | "logs" | "metrics and logs";
  /** True if the QoS class of the pods is no longer Guaranteed. Omitted if false. */
  readonly losesGuaranteedClass?: true;
  readonly usage: PodUsage;
  /** Conflicts, which are errors, and results of the checks. */
  readonly findings: readonly Finding[];
}

/** Decides what to add to one workload and which objects to generate for it. */
export type Planner = (input: WorkloadInput) => WorkloadPlan;

/** A workload of the run with its plan. */
export interface Planned {
  readonly object: Identity;
  readonly plan: NotSelected | Skipped | Refused | PlannedInjection;
}

/** Returns the findings of a plan. */
export function findingsOf(plan: Planned["plan"]): readonly Finding[] {
  switch (plan.outcome) {
    case "not-selected":
      return [];
    case "skipped":
      return plan.finding === undefined ? [] : [plan.finding];
    case "refused":
    case "injected":
      return plan.findings;
  }
}

/** Returns the objects that a plan generates. */
export function generatedObjectsOf(plan: Planned["plan"]): readonly Mapping[] {
  return plan.outcome === "injected" ? plan.objects : [];
}

/** Returns what the pods of a planned workload use. Undefined if it is refused. */
export function usageOf(plan: Planned["plan"]): PodUsage | undefined {
  return plan.outcome === "refused" ? undefined : plan.usage;
}
