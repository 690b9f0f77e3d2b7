import { isNative } from "../agents/native-sidecar";
import { type Check, inTemplate, warning } from "./check";

/** A Job ends when all its ordinary containers have ended (Kubernetes, "Job termination"), which the agent never does. */
export const jobEnd: Check = (context) => {
  const { configuration, workload } = context;
  if (workload.kind.runsToCompletion !== true || isNative(configuration, workload)) return [];
  const message = `The agent is an ordinary container, so the ${workload.object.kind === "Job" ? "Job" : "CronJob's Jobs"} will not end: spec.agent.native of the configuration must not be false for it.`;
  return [warning(context, "warn-job-end", inTemplate(context, "spec.containers"), message)];
};
