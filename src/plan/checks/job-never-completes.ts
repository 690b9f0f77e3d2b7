import { inTemplate } from "../../kube/workload";
import { isNative } from "../agents/native-sidecar";
import { type Check, warning } from "./check";

/**
 * Warns if the agent would keep a Job from completing. A Job completes when all its ordinary containers have ended
 * (Kubernetes, "Job termination"), and the agent never ends.
 */
export const jobEnd: Check = (context) => {
  const { configuration, workload } = context;
  if (workload.kind.runsToCompletion !== true || isNative(configuration, workload)) return [];
  const message = `The agent is an ordinary container, so ${workload.object.kind === "Job" ? "the Job never completes" : "the CronJob's Jobs never complete"}. Remove "native: false" from spec.agent of the configuration.`;
  return [warning(context, "warn-job-never-completes", inTemplate(workload, "spec.containers"), message)];
};
