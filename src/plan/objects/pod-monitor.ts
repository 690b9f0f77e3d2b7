import type { Configuration } from "../../config/configuration";
import { type Finding, objectAndFile } from "../../kube/finding";
import type { Identity } from "../../kube/object";
import { inTemplate, type Workload } from "../../kube/workload";
import { get, isList, isMapping, type Mapping, type Value } from "../../yaml/value";
import { mergePatch } from "../merge-patch";
import { namespaceOf } from "../namespace";
import { workloadFinding } from "../workload-finding";
import { generatedMetadata, type Ownership } from "./metadata";
import type { GeneratedObject, NamespaceInput, ObjectGenerator } from "./object-generator";
import { scrapeLabelOf } from "./scrape-label";

/** Generates the PodMonitor of each workload's agent, or that of all agents of a namespace. */
export const podMonitorGenerator: ObjectGenerator = {
  group: "monitoring.coreos.com",
  kind: "PodMonitor",
  nameField: "spec.podMonitor.name",
  generate: ({ configuration, workload, ownership, parts }) =>
    podMonitor(configuration, workload, ownership, parts.metricsPort),
  generateForNamespace: namespacePodMonitor,
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
  if (configuration.podMonitor?.scope !== "workload") return undefined;
  if (workload.object.name === "") {
    return {
      finding: workloadFinding(workload, {
        code: "warn-no-pod-monitor",
        severity: "warning",
        field: { path: "metadata.generateName" },
        message:
          "No PodMonitor was generated: the workload has a generateName instead of a name. Give it a name, or set spec.podMonitor.scope to namespace.",
      }),
    };
  }
  const selector = selectorOf(workload);
  if (selector === undefined) {
    return {
      finding: workloadFinding(workload, {
        code: "warn-no-pod-monitor",
        severity: "warning",
        field: { path: workload.kind.selector?.join(".") ?? inTemplate(workload, "metadata.labels") },
        message: `No PodMonitor was generated: the workload has ${workload.kind.selector === undefined ? "" : "no selector and "}no pod labels, and an empty selector would select every pod. Add labels to the pod template.`,
      }),
    };
  }
  return podMonitorObject(
    {
      configuration,
      namespace: namespaceOf(workload, configuration),
      ownNamespace: workload.object.namespace,
      subject: workload.object,
      ownership,
      metricsPort,
    },
    selector,
  );
}

/** Returns the PodMonitor for all agents of a namespace, or undefined if the configuration doesn't ask for one. */
function namespacePodMonitor(input: NamespaceInput): GeneratedObject | undefined {
  const matchLabels = scrapeLabelOf(input.configuration);
  return matchLabels === undefined ? undefined : podMonitorObject(input, { matchLabels });
}

function podMonitorObject(input: NamespaceInput, selector: Mapping): GeneratedObject | undefined {
  const { configuration, namespace, ownNamespace, ownership, metricsPort } = input;
  const settings = configuration.podMonitor;
  if (settings === undefined) return undefined;
  if (settings.namespaceSelector && namespace === undefined) return { finding: unknownNamespace(input.subject) };
  const { interval, scrapeTimeout, honorLabels, relabelings, metricRelabelings, jobLabel, patch } = settings;
  const selectsNamespace = settings.namespaceSelector || ownNamespace === undefined;
  return {
    object: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata: generatedMetadata(ownership, ownNamespace, settings),
      spec: mergePatch(
        {
          podMetricsEndpoints: [
            {
              port: metricsPort,
              honorLabels,
              ...(interval === undefined ? {} : { interval }),
              ...(scrapeTimeout === undefined ? {} : { scrapeTimeout }),
              ...(relabelings.length === 0 ? {} : { relabelings }),
              ...(metricRelabelings.length === 0 ? {} : { metricRelabelings }),
            },
          ],
          ...(jobLabel === undefined ? {} : { jobLabel }),
          ...(namespace !== undefined && selectsNamespace ? { namespaceSelector: { matchNames: [namespace] } } : {}),
          selector,
        },
        patch,
      ),
    },
  };
}

function unknownNamespace(subject: Identity): Finding {
  return {
    ...objectAndFile(subject),
    code: "invalid-config",
    severity: "error",
    message:
      "The workload has no namespace to select. Set spec.namespace in the configuration, or --namespace on the command line.",
    configField: { path: "spec.podMonitor.namespaceSelector" },
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
