import { inTemplate, runsToCompletion } from "../../kube/workload";
import { isNative } from "../agents/native-sidecar";
import { type Check, warning } from "./check";

/** What never happens, by the kind of workload. */
const consequences: ReadonlyMap<string, string> = new Map([
  ["CronJob", "the CronJob's Jobs never complete"],
  ["Job", "the Job never completes"],
]);

/**
 * Warns if the agent would keep a Job or a bare Pod from completing. A pod completes when all its ordinary containers
 * have ended (Kubernetes, "Pod lifecycle"), and the agent never ends.
 */
export const jobEnd: Check = (context) => {
  const { configuration, workload } = context;
  if (!runsToCompletion(workload) || isNative(configuration, workload)) return [];
  const consequence = consequences.get(workload.object.kind) ?? "the Pod never completes";
  const message = `The agent is an ordinary container, so ${consequence}. Remove "native: false" from spec.agent in the configuration.`;
  return [warning(context, "warn-job-never-completes", inTemplate(workload, "spec.containers"), message)];
};
