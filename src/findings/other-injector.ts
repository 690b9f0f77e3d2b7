import { type Check, inTemplate, namespaceObject, podMetadata, warn } from "./subject";

const openTelemetry = "sidecar.opentelemetry.io/inject";
const jaeger = "sidecar.jaegertracing.io/inject";

/**
 * Another injector is asked for a sidecar in the pod. The OpenTelemetry operator reads the pod's annotation, else the
 * Namespace's (`pkg/sidecar/annotation.go`); the Jaeger operator the workload's (`pkg/inject/sidecar.go`), where
 * "false" keeps us out as well.
 */
export const otherInjector: Check = (subject) => {
  const pod = podMetadata(subject, "annotations");
  const { annotations } = subject.workload.object;
  const find = (injector: string, path: string, annotation: string, where: string) => [
    warn(
      subject,
      "warn-other-injector",
      path,
      `The annotation ${annotation} of the ${where} asks the ${injector} operator for a sidecar in the same pod: it must be removed, so that one of the two injects.`,
    ),
  ];
  const inPod = (annotation: string) => inTemplate(subject, `metadata.annotations.${annotation}`);
  const ofNamespace = pod[openTelemetry] ? undefined : namespaceObject(subject)?.annotations[openTelemetry];
  return [
    ...(asks(pod[openTelemetry]) ? find("OpenTelemetry", inPod(openTelemetry), openTelemetry, "pod template") : []),
    ...(asks(ofNamespace) ? find("OpenTelemetry", inPod(openTelemetry), openTelemetry, "Namespace") : []),
    ...(asks(annotations[jaeger])
      ? find("Jaeger", `metadata.annotations.${jaeger}`, jaeger, "workload")
      : asks(pod[jaeger])
        ? find("Jaeger", inPod(jaeger), jaeger, "pod template")
        : []),
  ];
};

/** "true", or the name of what is to be injected. */
function asks(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value.toLowerCase() !== "false";
}
