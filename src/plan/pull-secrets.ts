import type { Configuration } from "../config/configuration";
import { namesOf, type Workload } from "../kube/workload";
import { getList, getString, type Mapping } from "../yaml/value";
import type { ObjectIndex } from "./object-index";

/** The pull secrets to add to a pod, and the ServiceAccount whose own are lost by it because the input does not hold it. */
export interface PullSecrets {
  readonly added: readonly Mapping[];
  readonly unknownServiceAccount?: string;
}

/**
 * Admission copies a ServiceAccount's pull secrets only into pods that list none (kubernetes
 * `plugin/pkg/admission/serviceaccount`). Where ours are the first, the ServiceAccount's are therefore added with them.
 */
export function pullSecrets(configuration: Configuration, workload: Workload, around: ObjectIndex): PullSecrets {
  const own = namesOf(getList(workload.podSpec, "imagePullSecrets"));
  const wanted = configuration.imagePullSecrets.map(({ name }) => name);
  if (wanted.length === 0 || own.length > 0) return { added: named(wanted.filter((name) => !own.includes(name))) };
  const account =
    getString(workload.podSpec, "serviceAccountName") ?? getString(workload.podSpec, "serviceAccount") ?? "default";
  const found = around.find("", "ServiceAccount", workload.object.namespace, account);
  if (found === undefined) return { added: named(wanted), unknownServiceAccount: account };
  return { added: named([...new Set([...namesOf(getList(found.value, "imagePullSecrets")), ...wanted])]) };
}

function named(names: readonly string[]): Mapping[] {
  return names.map((name) => ({ name }));
}
