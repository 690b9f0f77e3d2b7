import type { Configuration } from "../config/configuration";
import { namesOf, type Workload } from "../kube/workload";
import { getList, getString, type Mapping } from "../yaml/value";
import type { ObjectIndex } from "./object-index";

/** The pull secrets to add to a pod. */
export interface PullSecrets {
  readonly added: readonly Mapping[];
  /** The ServiceAccount whose pull secrets the pod no longer gets, because that ServiceAccount is not in the input. */
  readonly unknownServiceAccount?: string;
}

/**
 * Returns the pull secrets of the configuration that the pod doesn't list yet. If the pod lists none, its
 * ServiceAccount's are added too: admission copies them only into pods without pull secrets (kubernetes
 * `plugin/pkg/admission/serviceaccount`).
 */
export function pullSecrets(configuration: Configuration, workload: Workload, index: ObjectIndex): PullSecrets {
  const existing = namesOf(getList(workload.podSpec, "imagePullSecrets"));
  const configured = configuration.imagePullSecrets.map(({ name }) => name);
  if (configured.length === 0 || existing.length > 0)
    return { added: toReferences(configured.filter((name) => !existing.includes(name))) };
  const account =
    getString(workload.podSpec, "serviceAccountName") ?? getString(workload.podSpec, "serviceAccount") ?? "default";
  const serviceAccount = index.find("", "ServiceAccount", workload.object.namespace, account);
  if (serviceAccount === undefined) return { added: toReferences(configured), unknownServiceAccount: account };
  return {
    added: toReferences([...new Set([...namesOf(getList(serviceAccount.value, "imagePullSecrets")), ...configured])]),
  };
}

function toReferences(names: readonly string[]): Mapping[] {
  return names.map((name) => ({ name }));
}
