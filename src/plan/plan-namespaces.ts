import type { Configuration } from "../config/configuration";
import type { Finding } from "../kube/finding";
import { fileKey } from "../kube/host-annotations";
import type { Identity } from "../kube/object";
import { groupBy } from "../yaml/maps";
import type { Mapping } from "../yaml/value";
import { nameFieldOf, objectConflicts } from "./checks/conflicts";
import type { ObjectIndex } from "./object-index";
import { expandForNamespace } from "./objects/expand-configuration";
import { objectGenerators } from "./objects/index";
import { namespaceOwnership } from "./objects/metadata";
import type { Planned, PlannedInjection } from "./plan-types";

/** What is generated for all injected workloads of a namespace. */
export interface NamespacePlan {
  /**
   * The first workload of the namespace in the order of files. New objects go to its file. It need not be injected, so
   * that this place depends only on the input, and not on an earlier configuration.
   */
  readonly source: Identity;
  /** The first injected workload. Results are about it. */
  readonly subject: Identity;
  /** In the order of `objectGenerators`, without host annotations. */
  readonly objects: readonly Mapping[];
  readonly findings: readonly Finding[];
}

interface InjectedWorkload {
  readonly object: Identity;
  readonly plan: PlannedInjection;
}

/**
 * Plans the objects of each namespace that has injected workloads. Workloads without a namespace are in that of the
 * configuration. Nothing depends on the order of the workloads if the host names their files.
 *
 * @param planned all workloads of the run.
 * @param index the objects of the input that aren't workloads.
 */
export function planNamespaces(
  configuration: Configuration,
  planned: readonly Planned[],
  index: ObjectIndex,
): readonly NamespacePlan[] {
  const injected = planned.flatMap(({ object, plan }): InjectedWorkload[] =>
    plan.outcome === "injected" ? [{ object, plan }] : [],
  );
  const byNamespace = groupBy(injected, ({ object }) => object.namespace ?? configuration.namespace ?? "");
  const plans = [...byNamespace].flatMap(([namespace, workloads]) => {
    const plan = planNamespace(configuration, namespace === "" ? undefined : namespace, workloads);
    return plan.objects.length === 0 && plan.findings.length === 0 ? [] : [plan];
  });
  if (plans.length === 0) return [];
  const sources = groupBy(planned, ({ object }) => object.namespace ?? "");
  return plans.map(({ ownNamespace, ...plan }) => ({
    ...plan,
    source: firstOf<Pick<Planned, "object">>(sources.get(ownNamespace ?? "") ?? [{ object: plan.subject }]).object,
    findings: [
      ...plan.findings,
      ...objectConflicts(plan.objects, index, {
        object: plan.subject,
        place: { configField: { path: "spec.podMonitor.name" } },
        nameFieldOf,
        secretField: "",
      }),
    ],
  }));
}

function planNamespace(
  configuration: Configuration,
  namespace: string | undefined,
  workloads: readonly [InjectedWorkload, ...InjectedWorkload[]],
): Omit<NamespacePlan, "source"> & { readonly ownNamespace: string | undefined } {
  const { object: subject, plan } = firstOf(workloads);
  // All of them will be in the same namespace, so it is enough if one of them specifies it.
  const ownNamespace = workloads.find(({ object }) => object.namespace !== undefined)?.object.namespace;
  const expansion = expandForNamespace(configuration, namespace, subject);
  if (!("configuration" in expansion)) return { subject, ownNamespace, objects: [], findings: expansion.findings };
  const input = {
    configuration: expansion.configuration,
    namespace,
    ownNamespace,
    subject,
    ownership: namespaceOwnership(configuration),
    metricsPort: plan.metricsPort,
  };
  const generated = objectGenerators.flatMap(({ generateForNamespace }) => generateForNamespace?.(input) ?? []);
  return {
    subject,
    ownNamespace,
    objects: generated.flatMap((result) => ("object" in result ? [result.object] : [])),
    findings: generated.flatMap((result) => ("finding" in result ? [result.finding] : [])),
  };
}

/** Returns the workload that is the first in the order of files. */
function firstOf<T extends { readonly object: Identity }>([first, ...others]: readonly [T, ...T[]]): T {
  return others.reduce((one, other) => (isBefore(other.object, one.object) ? other : one), first);
}

/** Reports whether an object is before another one: in a file with a lower name, or earlier in the same file. */
function isBefore(one: Identity, other: Identity): boolean {
  const [file, otherFile] = [fileKey(one) ?? "", fileKey(other) ?? ""];
  if (file !== otherFile) return file < otherFile;
  return (one.file?.index ?? 0) < (other.file?.index ?? 0);
}
