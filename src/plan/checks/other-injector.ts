import type { Finding, ObjectField } from "../../kube/finding";
import { inTemplate } from "../../kube/workload";
import { namespaceObject } from "../namespace";
import { podMetadata } from "../pod-metadata";
import { fieldAt } from "../workload-finding";
import { type Check, type CheckContext, namespaceWarning, warning } from "./check";

const openTelemetry = "sidecar.opentelemetry.io/inject";
const jaeger = "sidecar.jaegertracing.io/inject";

/** The label by which the Jaeger Operator recognizes what it injected, and the name of its agent's container. */
const jaegerLabel = "sidecar.jaegertracing.io/injected";
const jaegerContainer = "jaeger-agent";

/** Warns if another injector would add a sidecar to the pod, or would remove the agent. */
export const otherInjector: Check = (context) => [
  ...openTelemetryOperator(context),
  ...jaegerOperator(context),
  ...jaegerOperatorRemoval(context),
];

/** The OpenTelemetry Operator reads the pod's annotation, or else the Namespace's (`pkg/sidecar/annotation.go`). */
function openTelemetryOperator(context: CheckContext): Finding[] {
  const pod = podMetadata(context, "annotations")[openTelemetry];
  const namespace = pod ? undefined : namespaceObject(context)?.annotations[openTelemetry];
  const request = { operator: "OpenTelemetry", annotation: openTelemetry };
  if (requestsSidecar(pod))
    return [sidecarWarning(context, { ...request, field: inPod(context, openTelemetry), location: "pod template" })];
  if (requestsSidecar(namespace)) return [sidecarWarning(context, { ...request, location: "Namespace" })];
  return [];
}

/**
 * The Jaeger Operator reads the workload's annotation, or else the Namespace's (`pkg/inject/sidecar.go`). With "false"
 * on the workload, this function skips the workload as well.
 */
function jaegerOperator(context: CheckContext): Finding[] {
  const workload = context.workload.object.annotations[jaeger];
  const pod = podMetadata(context, "annotations")[jaeger];
  const namespace = (workload ?? pod) === undefined ? namespaceObject(context)?.annotations[jaeger] : undefined;
  const request = { operator: "Jaeger", annotation: jaeger };
  const field = fieldAt("metadata.annotations", jaeger);
  if (requestsSidecar(workload)) return [sidecarWarning(context, { ...request, field, location: "workload" })];
  if (requestsSidecar(pod)) {
    return [sidecarWarning(context, { ...request, field: inPod(context, jaeger), location: "pod template" })];
  }
  if (requestsSidecar(namespace)) return [sidecarWarning(context, { ...request, location: "Namespace" })];
  return [];
}

/**
 * If nothing requests a sidecar, the Jaeger Operator removes its container from workloads with its label. It identifies
 * the container only by name (`controllers/appsv1/deployment_webhook.go`).
 */
function jaegerOperatorRemoval(context: CheckContext): Finding[] {
  const { workload, configuration } = context;
  if (workload.object.labels[jaegerLabel] === undefined || configuration.agent.name !== jaegerContainer) return [];
  return [
    warning(
      context,
      "warn-other-injector",
      fieldAt("metadata.labels", jaegerLabel),
      `The Jaeger Operator removes the container "${jaegerContainer}" from workloads with the label ${jaegerLabel}. Remove the label, or change spec.agent.name.`,
    ),
  ];
}

/** An annotation that requests another sidecar. */
interface SidecarRequest {
  readonly operator: string;
  readonly annotation: string;
  /** The workload's field with the annotation, if it is on the workload. */
  readonly field?: ObjectField;
  /** What the annotation is on. */
  readonly location: string;
}

function sidecarWarning(context: CheckContext, { operator, annotation, field, location }: SidecarRequest): Finding {
  const message = `The annotation ${annotation} of the ${location} makes the ${operator} Operator add a second sidecar to the pod. Remove the annotation.`;
  return (location === "Namespace" ? namespaceWarning : warning)(context, "warn-other-injector", field, message);
}

function inPod({ workload }: CheckContext, annotation: string): ObjectField {
  return fieldAt(inTemplate(workload, "metadata.annotations"), annotation);
}

/** Reports whether an annotation's value requests a sidecar: "true", or the name of what to inject. */
function requestsSidecar(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value.toLowerCase() !== "false";
}
