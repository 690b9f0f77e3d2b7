import type { Configuration } from "../../config/configuration";
import { scrapeLabel } from "../../kube/own-annotations";
import { fitText } from "./fit-text";

/** The API's limit for the value of a label. */
const maxLabelValue = 63;

/**
 * Returns the label that the PodMonitor of a namespace selects. Pods with the agent have it. Its value is the name of the
 * configuration, shortened if it is too long, so the PodMonitors of two configurations select different pods.
 * Undefined if each workload has its own PodMonitor.
 */
export function scrapeLabelOf({ name, podMonitor }: Configuration): Readonly<Record<string, string>> | undefined {
  return podMonitor?.scope === "namespace" ? { [scrapeLabel]: fitText(name, maxLabelValue) } : undefined;
}
