import { inTemplate } from "../../kube/workload";
import { podMetadata } from "../pod-metadata";
import { fieldAt } from "../workload-finding";
import { type Check, notice } from "./check";
import { hasIstioSidecar } from "./istio-sidecar";

const scrape = "prometheus.io/scrape";
const portAnnotation = "prometheus.io/port";

/**
 * Reports if the pod's annotations make Prometheus scrape the agent's ports too. Prometheus itself doesn't know these
 * annotations. The job `kubernetes-pods` of its Helm chart does: without a port, every declared port of the pod is a
 * target (prometheus-community/helm-charts `charts/prometheus/values.yaml`). Istio's sidecar replaces the port with its own.
 */
export const prometheusAnnotations: Check = (context) => {
  const annotations = podMetadata(context, "annotations");
  if (annotations[scrape] !== "true" || annotations[portAnnotation] !== undefined) return [];
  const names = context.parts.ports.flatMap(({ name }) => name ?? []);
  if (names.length === 0 || hasIstioSidecar(context)) return [];
  const message = `The pod has the annotation ${scrape} without ${portAnnotation}. A Prometheus server that uses these annotations scrapes every port of the pod, so it also scrapes the agent's: ${names.join(", ")}. Set ${portAnnotation} to the port of the app's metrics.`;
  const field = fieldAt(inTemplate(context.workload, "metadata.annotations"), scrape);
  return [{ ...notice(context, "notice-scraped-by-annotation", field, message), cause: scrape }];
};
