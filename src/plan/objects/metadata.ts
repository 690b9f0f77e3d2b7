import type { Configuration } from "../../config/configuration";
import { addedAnnotation, forAnnotation, managedBy, managedByLabel, ownerAnnotation } from "../../kube/own-annotations";
import type { Workload } from "../../kube/workload";
import type { Mapping } from "../../yaml/value";

const ownLabels: Mapping = { [managedByLabel]: managedBy };

/** The annotations that say whose a generated object is, and what it was generated for. */
export interface Ownership extends Mapping {
  /** The configuration's name. */
  readonly [ownerAnnotation]: string;
  /** `Deployment/web` for a workload in the object's own namespace; `PrivateCA/my-private-ca` for a configuration's own. */
  readonly [forAnnotation]: string;
}

/** What a workload's objects come from. */
export function ownershipOf(configuration: Configuration, { object }: Workload): Ownership {
  return { [ownerAnnotation]: configuration.name, [forAnnotation]: [object.kind, object.name].join("/") };
}

/** What a PrivateCA's objects come from. */
export function privateCaOwnership(name: string): Ownership {
  return { [ownerAnnotation]: name, [forAnnotation]: `PrivateCA/${name}` };
}

/**
 * The metadata of a generated object. A workload's has the workload's own namespace only: a later step that sets the
 * workload's sets this one too. The schema keeps the user's labels and annotations from being the record's.
 */
export function generatedMetadata(
  origin: Ownership,
  namespace: string | undefined,
  user: { readonly name: string; readonly labels: Mapping; readonly annotations: Mapping },
): Mapping {
  const labels = Object.keys(user.labels);
  const annotations = Object.keys(user.annotations);
  const hasOwn = labels.length + annotations.length > 0;
  return {
    name: user.name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: labels.length === 0 ? ownLabels : { ...ownLabels, ...user.labels },
    annotations: hasOwn
      ? { ...origin, [addedAnnotation]: JSON.stringify({ labels, annotations }), ...user.annotations }
      : origin,
  };
}
