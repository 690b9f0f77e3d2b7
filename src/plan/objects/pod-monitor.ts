import type { Configuration } from "../../config/configuration";
import { inTemplate, type Workload } from "../../kube/workload";
import { get, isList, isMapping, type Mapping, type Value } from "../../yaml/value";
import { namespaceOf } from "../namespace";
import { workloadFinding } from "../workload-finding";
import { generatedMetadata, type Ownership } from "./metadata";
import type { GeneratedObject, ObjectGenerator } from "./object-generator";

/** Generates the PodMonitor of each workload's agent. */
export const podMonitorGenerator: ObjectGenerator = {
  group: "monitoring.coreos.com",
  kind: "PodMonitor",
  generate: ({ configuration, workload, ownership, parts }) =>
    podMonitor(configuration, workload, ownership, parts.metricsPort),
};

/**
 * Returns the PodMonitor for a workload's agent, or undefined if the configuration doesn't ask for one.
 *
 * @param configuration with its templates expanded.
 * @param metricsPort the name of the container port to scrape.
 */
export function podMonitor(
  configuration: Configuration,
  workload: Workload,
  ownership: Ownership,
  metricsPort: string,
): GeneratedObject | undefined {
  const settings = configuration.podMonitor;
  if (settings === undefined) return undefined;
  if (workload.object.name === "") {
    return {
      finding: workloadFinding(workload, {
        code: "warn-no-pod-monitor",
        severity: "warning",
        path: "metadata.generateName",
        message: "No PodMonitor was generated: the workload has a generateName instead of a name. Give it a name.",
      }),
    };
  }
  const selector = selectorOf(workload);
  if (selector === undefined) {
    return {
      finding: workloadFinding(workload, {
        code: "warn-no-pod-monitor",
        severity: "warning",
        path: workload.kind.selector?.join(".") ?? inTemplate(workload, "metadata.labels"),
        message: `No PodMonitor was generated: the workload has ${workload.kind.selector === undefined ? "" : "no selector and "}no pod labels, and an empty selector would select every pod. Add labels to the pod template.`,
      }),
    };
  }
  const namespace = namespaceOf(workload, configuration);
  if (settings.namespaceSelector && namespace === undefined) {
    return {
      finding: workloadFinding(workload, {
        code: "invalid-config",
        severity: "error",
        path: "spec.podMonitor.namespaceSelector",
        message: "The workload has no namespace to select. Set spec.namespace of the configuration.",
      }),
    };
  }
  const selectsNamespace = settings.namespaceSelector || workload.object.namespace === undefined;
  return {
    object: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata: generatedMetadata(ownership, workload.object.namespace, settings),
      spec: {
        podMetricsEndpoints: [
          {
            port: metricsPort,
            honorLabels: settings.honorLabels,
            ...(settings.interval === undefined ? {} : { interval: settings.interval }),
          },
        ],
        ...(namespace !== undefined && selectsNamespace ? { namespaceSelector: { matchNames: [namespace] } } : {}),
        selector,
      },
    },
  };
}

/** Returns the workload's own selector, or else its pod labels. Returns undefined if that would select every pod. */
function selectorOf(workload: Workload): Mapping | undefined {
  const path = workload.kind.selector;
  const selector = path === undefined ? undefined : get(workload.object.value, ...path);
  const { matchLabels, matchExpressions } = isMapping(selector) ? selector : { matchLabels: workload.podLabels };
  const parts = {
    ...(hasEntries(matchLabels) ? { matchLabels } : {}),
    ...(hasEntries(matchExpressions) ? { matchExpressions } : {}),
  };
  return hasEntries(parts) ? parts : undefined;
}

function hasEntries(value: Value | undefined): value is Mapping | readonly Value[] {
  return isList(value) ? value.length > 0 : isMapping(value) && Object.keys(value).length > 0;
}
