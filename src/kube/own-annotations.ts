/** On a workload: the record of what was added to it. */
export const recordAnnotation = "tracing-sidecar.dev/injected";

/** On a generated object: the name of the configuration that it belongs to. */
export const ownerAnnotation = "tracing-sidecar.dev/owner";

/**
 * On a generated object: what it was generated for, as `Kind/name`. A workload, or the configuration itself: a PrivateCA,
 * or a TracingSidecar for an object of a whole namespace.
 */
export const forAnnotation = "tracing-sidecar.dev/for";

/** On a generated object: the names of the labels and annotations that the configuration added, as compact JSON. */
export const addedAnnotation = "tracing-sidecar.dev/added";

/** On a generated object: the recommended Kubernetes label for the tool that manages it. */
export const managedByLabel = "app.kubernetes.io/managed-by";

/** The value of `managedByLabel`. */
export const managedBy = "tracing-sidecar";

/** On a pod template: marks the pods that the PodMonitor of a namespace selects. The value is the configuration's name. */
export const scrapeLabel = "tracing-sidecar.dev/scrape";
