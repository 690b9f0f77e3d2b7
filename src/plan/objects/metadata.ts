import type { Configuration } from "../../config/configuration";
import { addedAnnotation, forAnnotation, managedBy, managedByLabel, ownerAnnotation } from "../../kube/own-annotations";
import type { Workload } from "../../kube/workload";
import type { Mapping } from "../../yaml/value";

/** The labels of everything that the function generates. */
export const ownLabels: Mapping = { [managedByLabel]: managedBy };

/** The annotations that name the owner of a generated object, and what the object was generated for. */
export interface Ownership extends Mapping {
  /** The configuration's name. */
  readonly [ownerAnnotation]: string;
  /**
   * `Deployment/web` if the object was generated for a workload, which is in the object's own namespace;
   * `TracingSidecar/tracing` if it was generated for all workloads of its namespace; `PrivateCA/my-private-ca` if it
   * was generated for a PrivateCA.
   */
  readonly [forAnnotation]: string;
}

/** Returns the ownership annotations of the objects that are generated for a workload. */
export function ownershipOf(configuration: Configuration, { object }: Workload): Ownership {
  return { [ownerAnnotation]: configuration.name, [forAnnotation]: [object.kind, object.name].join("/") };
}

/**
 * Returns the ownership annotations of the objects that are generated for a namespace. They don't name the namespace,
 * because a later step can set it.
 */
export function namespaceOwnership({ name }: Configuration): Ownership {
  return { [ownerAnnotation]: name, [forAnnotation]: `TracingSidecar/${name}` };
}

/** Returns the ownership annotations of the objects that are generated for the PrivateCA with this name. */
export function privateCaOwnership(name: string): Ownership {
  return { [ownerAnnotation]: name, [forAnnotation]: `PrivateCA/${name}` };
}

/**
 * Returns the metadata of a generated object. The user's labels and annotations can't conflict with the function's own:
 * the schema rejects those names.
 *
 * @param namespace for a workload's object, the workload's own namespace. Undefined if it has none: a later step that
 *   sets the workload's namespace also sets the object's.
 */
export function generatedMetadata(
  ownership: Ownership,
  namespace: string | undefined,
  user: { readonly name: string; readonly labels: Mapping; readonly annotations: Mapping },
): Mapping {
  const labels = Object.keys(user.labels);
  const annotations = Object.keys(user.annotations);
  const hasAdded = labels.length + annotations.length > 0;
  return {
    name: user.name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: labels.length === 0 ? ownLabels : { ...ownLabels, ...user.labels },
    annotations: hasAdded
      ? { ...ownership, [addedAnnotation]: JSON.stringify({ labels, annotations }), ...user.annotations }
      : ownership,
  };
}
