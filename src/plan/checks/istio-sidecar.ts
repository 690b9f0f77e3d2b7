import { namespaceObject } from "../namespace";
import { podMetadata } from "../pod-metadata";
import type { CheckContext } from "./check";

/** Istio's default root namespace, whose policies apply to the whole mesh. */
export const rootNamespace = "istio-system";

const injectKey = "sidecar.istio.io/inject";

/**
 * Reports whether Istio injects its sidecar into the pod. The pod's labels and annotations take precedence over the
 * Namespace's. A pod on the node's network never gets a sidecar.
 */
export function hasIstioSidecar(context: CheckContext): boolean {
  if (context.workload.podSpec["hostNetwork"] === true) return false;
  const labels = podMetadata(context, "labels");
  const podSetting = labels[injectKey] ?? podMetadata(context, "annotations")[injectKey];
  if (podSetting !== undefined) return podSetting === "true";
  const namespaceLabels = namespaceObject(context)?.labels ?? {};
  if (namespaceLabels["istio-injection"] !== undefined) return namespaceLabels["istio-injection"] === "enabled";
  return labels["istio.io/rev"] !== undefined || namespaceLabels["istio.io/rev"] !== undefined;
}

/** The annotation with the ports whose traffic the sidecar doesn't get. */
export const excludeInbound = "traffic.sidecar.istio.io/excludeInboundPorts";

/** Reports whether the pod's annotations exclude a port from the sidecar. */
export function isExcluded(context: CheckContext, port: number): boolean {
  const annotations = podMetadata(context, "annotations");
  const contains = (list: string | undefined) =>
    list?.split(",").some((entry) => entry.trim() === String(port)) ?? false;
  const included = annotations["traffic.sidecar.istio.io/includeInboundPorts"];
  return (
    contains(annotations[excludeInbound]) || (included !== undefined && included.trim() !== "*" && !contains(included))
  );
}
