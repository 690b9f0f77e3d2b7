import type { KrmObject } from "../krm/object";
import { get, getString, getStrings, isMapping, type Mapping } from "../yaml/value";

/** A kind of workload and where its pod template is. */
export interface WorkloadKind {
  readonly group: string;
  readonly kind: string;
  /** Path of the pod template (`metadata` and `spec` below it) within the object. */
  readonly template: readonly string[];
}

/** The kinds that the function can inject. */
export const workloadKinds: readonly WorkloadKind[] = [
  { group: "apps", kind: "Deployment", template: ["spec", "template"] },
];

/** A workload as plain data: the object as its author wrote it, without anything of ours. */
export interface Workload {
  readonly object: KrmObject;
  readonly kind: WorkloadKind;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly podSpec: Mapping;
}

/** The workload's view of an object, or undefined where the object is of no kind that runs pods. */
export function toWorkload(object: KrmObject): Workload | undefined {
  const kind = workloadKinds.find((known) => known.group === object.group && known.kind === object.kind);
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
