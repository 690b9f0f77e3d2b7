import { getMapping, getString, getStrings, type Mapping, type Value } from "../yaml/value";
import type { KrmObject } from "./object";

/** A kind of workload, with the location of its pod template. */
export interface WorkloadKind {
  readonly group: string;
  readonly kind: string;
  /** Path of the pod template, which has `metadata` and `spec`, within the object. Empty if the object is the pod. */
  readonly template: readonly string[];
  /**
   * Path of the selector for its pods. Undefined if authors don't write one: the cluster generates a Job's selector.
   */
  readonly selector?: readonly string[];
  /** True if its pods always run to completion. */
  readonly runsToCompletion?: true;
  /** True if its pod template can't change after it is applied (kubernetes `pkg/apis/{batch,core}/validation`). */
  readonly immutable?: true;
}

const template = ["spec", "template"];
const selector = ["spec", "selector"];

/** The kinds that the function can inject. */
export const workloadKinds: readonly WorkloadKind[] = [
  { group: "apps", kind: "Deployment", template, selector },
  { group: "apps", kind: "StatefulSet", template, selector },
  { group: "apps", kind: "DaemonSet", template, selector },
  { group: "apps", kind: "ReplicaSet", template, selector },
  { group: "batch", kind: "Job", template, runsToCompletion: true, immutable: true },
  { group: "batch", kind: "CronJob", template: ["spec", "jobTemplate", ...template], runsToCompletion: true },
  { group: "", kind: "Pod", template: [], immutable: true },
  { group: "argoproj.io", kind: "Rollout", template, selector },
];

/** A workload as plain data: the object as its author wrote it, without anything that the function added. */
export interface Workload {
  readonly object: KrmObject;
  readonly kind: WorkloadKind;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly podSpec: Mapping;
}

/** Returns the kind of workload that an object is, or undefined if it isn't one of `workloadKinds`. */
export function kindOf({ group, kind }: Pick<KrmObject, "group" | "kind">): WorkloadKind | undefined {
  return workloadKinds.find((candidate) => candidate.group === group && candidate.kind === kind);
}

/** Reports whether a workload's pods run to completion: those of Jobs, and a bare Pod that isn't always restarted. */
export function runsToCompletion({ kind, podSpec }: Pick<Workload, "kind" | "podSpec">): boolean {
  const ends = ["Never", "OnFailure"].includes(getString(podSpec, "restartPolicy") ?? "");
  return kind.runsToCompletion === true || (kind.kind === "Pod" && ends);
}

/** Returns the path of a field of the pod template for messages, such as `spec.template.spec.containers`. */
export function inTemplate({ kind }: Pick<Workload, "kind">, field: string): string {
  return [...kind.template, field].join(".");
}

/** Returns an object as a workload, or undefined if it isn't one of `workloadKinds`. */
export function toWorkload(object: KrmObject): Workload | undefined {
  const kind = kindOf(object);
  if (kind === undefined) return undefined;
  return {
    object,
    kind,
    podLabels: getStrings(object.value, ...kind.template, "metadata", "labels"),
    podAnnotations: getStrings(object.value, ...kind.template, "metadata", "annotations"),
    podSpec: getMapping(object.value, ...kind.template, "spec"),
  };
}

/** Returns the `name` of each entry of a list. Entries without one are left out. */
export function namesOf(list: readonly Value[]): string[] {
  return list.flatMap((entry) => getString(entry, "name") ?? []);
}
