import type { Configuration } from "../config/configuration";
import type { Workload } from "../workload/workload";
import type { Mapping } from "../yaml/value";

/** On a generated object: the name of the configuration that it belongs to. */
export const ownerAnnotation = "tracing-sidecar.dev/owner";
/** On a generated object: the workload that it was generated for. */
export const forAnnotation = "tracing-sidecar.dev/for";
/** On a generated object: the names of the labels and annotations that the configuration gave it, as compact JSON. */
export const addedAnnotation = "tracing-sidecar.dev/added";
export const managedByLabel = "app.kubernetes.io/managed-by";
export const managedBy = "tracing-sidecar";
const ownLabels: Mapping = { [managedByLabel]: managedBy };

/** Whose a generated object is, and what it was generated for. */
export interface Origin {
  /** The configuration's name. */
  readonly owner: string;
  /** `Deployment/web` for a workload in the object's own namespace; `PrivateCA/my-private-ca` for a configuration's own. */
  readonly for: string;
}

/** What a workload's objects come from. */
export function originOf(configuration: Configuration, { object }: Workload): Origin {
  return { owner: configuration.name, for: `${object.kind}/${object.name}` };
}

/** What a PrivateCA's objects come from. */
export function privateCaOrigin(name: string): Origin {
  return { owner: name, for: `PrivateCA/${name}` };
}

/**
 * The metadata of a generated object. A workload's has the workload's own namespace only: a later step that sets the
 * workload's sets this one too. The schema keeps the user's labels and annotations from being the record's.
 */
export function generatedMetadata(
  origin: Origin,
  namespace: string | undefined,
  user: { readonly name: string; readonly labels: Mapping; readonly annotations: Mapping },
): Mapping {
  const labels = Object.keys(user.labels);
  const annotations = Object.keys(user.annotations);
  const record = {
    [ownerAnnotation]: origin.owner,
    [forAnnotation]: origin.for,
    ...(labels.length + annotations.length > 0 ? { [addedAnnotation]: JSON.stringify({ labels, annotations }) } : {}),
  };
  return {
    name: user.name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: labels.length === 0 ? ownLabels : { ...ownLabels, ...user.labels },
    annotations: { ...record, ...user.annotations },
  };
}
