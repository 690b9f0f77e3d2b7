import type { AppContainer } from "../../app/app-env";
import { type Check, type CheckContext, variableField, warning } from "../check";
import { jaegerSdkProblems } from "./jaeger-sdk";
import { openTelemetryProblems } from "./opentelemetry-sdk";
import type { Problem } from "./problem";

/**
 * Warns about environment variables that keep an app's spans from the agent. Only what the input shows is reported: a
 * value from the cluster, or a setting in the app's code, isn't known. A message never contains a value.
 */
export const bypassesAgent: Check = (context) =>
  context.appContainers.flatMap((container) => {
    const { parts, workload } = context;
    const input = { env: container.env, parts, podSpec: workload.podSpec };
    const problems = [...openTelemetryProblems(input), ...jaegerSdkProblems(input)];
    return problems.map((problem) => finding(context, container, problem));
  });

function finding(context: CheckContext, container: AppContainer, { variable, problem, advice }: Problem) {
  const message = `Container "${container.name}" ${problem}. ${advice}.`;
  return warning(context, "warn-bypasses-agent", variableField(context, container, variable), message);
}
