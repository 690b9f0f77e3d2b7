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

/** How a generated object names its workload: `Deployment/web`, in the object's own namespace. */
export function forOf({ object }: Workload): string {
  return `${object.kind}/${object.name}`;
}

/**
 * The metadata of a generated object. It has the workload's own namespace only: a later step that sets the workload's
 * sets this one too. The schema keeps the user's labels and annotations from being the record's.
 */
export function generatedMetadata(
  configuration: Configuration,
  workload: Workload,
  user: { readonly name: string; readonly labels: Mapping; readonly annotations: Mapping },
): Mapping {
  const { namespace } = workload.object;
  const labels = Object.keys(user.labels);
  const annotations = Object.keys(user.annotations);
  const record = {
    [ownerAnnotation]: configuration.name,
    [forAnnotation]: forOf(workload),
    ...(labels.length + annotations.length > 0 ? { [addedAnnotation]: JSON.stringify({ labels, annotations }) } : {}),
  };
  return {
    name: user.name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { [managedByLabel]: managedBy, ...user.labels },
    annotations: { ...record, ...user.annotations },
  };
}
