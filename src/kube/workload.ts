import { get, getString, getStrings, isMapping, type Mapping } from "../yaml/value";
import type { KrmObject } from "./object";

/** A kind of workload and where its pod template is. */
export interface WorkloadKind {
  readonly group: string;
  readonly kind: string;
  /** Path of the pod template (`metadata` and `spec` below it) within the object; empty where the object is the pod. */
  readonly template: readonly string[];
  /** Path of the label selector of its pods, where its author writes one: that of a Job is the cluster's to make. */
  readonly selector?: readonly string[];
  /** Its pods end by themselves. */
  readonly runsToCompletion?: true;
  /** Its pod template cannot change once it is applied (kubernetes `pkg/apis/{batch,core}/validation`). */
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

/** A workload as plain data: the object as its author wrote it, without anything of ours. */
export interface Workload {
  readonly object: KrmObject;
  readonly kind: WorkloadKind;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly podSpec: Mapping;
}

/** What an object is as a workload, or undefined where it is of no kind that runs pods. */
export function kindOf({ group, kind }: Pick<KrmObject, "group" | "kind">): WorkloadKind | undefined {
  return workloadKinds.find((known) => known.group === group && known.kind === kind);
}

/** The path of a field of the pod template, as messages name it: `spec.template.spec.containers`. */
export function inTemplate({ kind }: Pick<Workload, "kind">, field: string): string {
  return [...kind.template, field].join(".");
}

/** The workload's view of an object, or undefined where the object is of no kind that runs pods. */
export function toWorkload(object: KrmObject): Workload | undefined {
  const kind = kindOf(object);
  if (kind === undefined) return undefined;
  const podSpec = get(object.value, ...kind.template, "spec");
  return {
    object,
    kind,
    podLabels: getStrings(object.value, ...kind.template, "metadata", "labels"),
    podAnnotations: getStrings(object.value, ...kind.template, "metadata", "annotations"),
    podSpec: isMapping(podSpec) ? podSpec : {},
  };
}

/** The names of a list's entries that have one. */
export function namesOf(list: readonly unknown[]): string[] {
  return list.flatMap((entry) => getString(entry as Mapping, "name") ?? []);
}
