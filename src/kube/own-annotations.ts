/** The annotation that says what was added to a workload. */
export const recordAnnotation = "tracing-sidecar.dev/injected";

/** On a generated object: the name of the configuration that it belongs to. */
export const ownerAnnotation = "tracing-sidecar.dev/owner";

/** On a generated object: the workload that it was generated for. */
export const forAnnotation = "tracing-sidecar.dev/for";

/** On a generated object: the names of the labels and annotations that the configuration gave it, as compact JSON. */
export const addedAnnotation = "tracing-sidecar.dev/added";

export const managedByLabel = "app.kubernetes.io/managed-by";

export const managedBy = "tracing-sidecar";
