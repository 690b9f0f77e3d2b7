import type { Configuration } from "../config/configuration";
import type { Finding } from "../kube/finding";
import { fileKey } from "../kube/host-annotations";
import type { Identity } from "../kube/object";
import { groupBy } from "../yaml/maps";
import type { Mapping } from "../yaml/value";
import { objectConflicts } from "./checks/conflicts";
import type { ObjectIndex } from "./object-index";
import { expandForNamespace } from "./objects/expand-configuration";
import { objectGenerators } from "./objects/index";
import { namespaceOwnership } from "./objects/metadata";
import type { Planned, PlannedInjection } from "./plan-types";

/** What is generated for all injected workloads of a namespace. */
export interface NamespacePlan {
  /** The first of these workloads, in the order of files. New objects go to its file. */
  readonly source: Identity;
  /** In the order of `objectGenerators`, without host annotations. */
  readonly objects: readonly Mapping[];
  readonly findings: readonly Finding[];
}

interface PlannedWorkload {
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
  const injected = planned.flatMap(({ object, plan }): PlannedWorkload[] =>
    plan.outcome === "injected" ? [{ object, plan }] : [],
  );
  const byNamespace = groupBy(injected, ({ object }) => object.namespace ?? configuration.namespace ?? "");
  return [...byNamespace].flatMap(([namespace, workloads]) => {
    const plan = planNamespace(configuration, namespace === "" ? undefined : namespace, workloads);
    if (plan.objects.length === 0 && plan.findings.length === 0) return [];
    const conflicts = objectConflicts(plan.objects, index, {
      object: plan.source,
      path: "spec.podMonitor.name",
      nameAdvice: "change the name template in the configuration",
      secretField: "",
    });
    return [{ ...plan, findings: [...plan.findings, ...conflicts] }];
  });
}

function planNamespace(
  configuration: Configuration,
  namespace: string | undefined,
  workloads: readonly PlannedWorkload[],
): NamespacePlan {
  const first = workloads.reduce((one, other) => (isBefore(other.object, one.object) ? other : one));
  const source = first.object;
  // All of them will be in the same namespace, so one that says so is enough.
  const ownNamespace = workloads.find(({ object }) => object.namespace !== undefined)?.object.namespace;
  const expansion = expandForNamespace(configuration, namespace, source);
  if (!("configuration" in expansion)) return { source, objects: [], findings: expansion.findings };
  const input = {
    configuration: expansion.configuration,
    namespace,
    ownNamespace,
    subject: source,
    ownership: namespaceOwnership(configuration),
    metricsPort: first.plan.metricsPort,
  };
  const generated = objectGenerators.flatMap(({ generateForNamespace }) => generateForNamespace?.(input) ?? []);
  return {
    source,
    objects: generated.flatMap((result) => ("object" in result ? [result.object] : [])),
    findings: generated.flatMap((result) => ("finding" in result ? [result.finding] : [])),
  };
}

/** Reports whether an object is before another one: in a file with a lower name, or earlier in the same file. */
function isBefore(one: Identity, other: Identity): boolean {
  const [file, otherFile] = [fileKey(one) ?? "", fileKey(other) ?? ""];
  if (file !== otherFile) return file < otherFile;
  return (one.file?.index ?? 0) < (other.file?.index ?? 0);
}
