import { type Check, inTemplate, namespaceObject, podMetadata, warning } from "./check";

const openTelemetry = "sidecar.opentelemetry.io/inject";
const jaeger = "sidecar.jaegertracing.io/inject";

/** By which the Jaeger operator knows what it injected; its agent's container has this name. */
const jaegerLabel = "sidecar.jaegertracing.io/injected";
const jaegerContainer = "jaeger-agent";

/**
 * Another injector is asked for a sidecar in the pod. The OpenTelemetry operator reads the pod's annotation, else the
 * Namespace's (`pkg/sidecar/annotation.go`); the Jaeger operator the workload's, where "false" keeps us out as well, else
 * the Namespace's (`pkg/inject/sidecar.go`). Where neither asks it, it takes its container out of what bears its label, by
 * the name alone (`controllers/appsv1/deployment_webhook.go`).
 */
export const otherInjector: Check = (context) => {
  const pod = podMetadata(context, "annotations");
  const { annotations, labels } = context.workload.object;
  const find = (injector: string, path: string, annotation: string, where: string) => [
    warning(
      context,
      "warn-other-injector",
      path,
      `The annotation ${annotation} of the ${where} asks the ${injector} operator for a sidecar in the same pod: it must be removed, so that one of the two injects.`,
    ),
  ];
  const inPod = (annotation: string) => inTemplate(context, `metadata.annotations.${annotation}`);
  const namespace = namespaceObject(context)?.annotations ?? {};
  const ofNamespace = pod[openTelemetry] ? undefined : namespace[openTelemetry];
  const ownJaeger = annotations[jaeger] ?? pod[jaeger];
  return [
    ...(asks(pod[openTelemetry]) ? find("OpenTelemetry", inPod(openTelemetry), openTelemetry, "pod template") : []),
    ...(asks(ofNamespace) ? find("OpenTelemetry", inPod(openTelemetry), openTelemetry, "Namespace") : []),
    ...(asks(annotations[jaeger])
      ? find("Jaeger", `metadata.annotations.${jaeger}`, jaeger, "workload")
      : asks(pod[jaeger])
        ? find("Jaeger", inPod(jaeger), jaeger, "pod template")
        : ownJaeger === undefined && asks(namespace[jaeger])
          ? find("Jaeger", `metadata.annotations.${jaeger}`, jaeger, "Namespace")
          : []),
    ...(labels[jaegerLabel] !== undefined && context.configuration.agent.name === jaegerContainer
      ? [
          warning(
            context,
            "warn-other-injector",
            `metadata.labels.${jaegerLabel}`,
            `The Jaeger operator takes the container "${jaegerContainer}" out of workloads that bear the label ${jaegerLabel}: it must be removed, or spec.agent.name of the configuration must be another.`,
          ),
        ]
      : []),
  ];
};

/** "true", or the name of what is to be injected. */
function asks(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value.toLowerCase() !== "false";
}
