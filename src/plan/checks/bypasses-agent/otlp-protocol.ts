import { endpointOf, exporterOf, isOtlpExporter, protocolOf, title, transportOf } from "../../app/otlp-variables";
import type { Problem, ProblemInput } from "./problem";

/** Returns what keeps an app without an endpoint from getting one: a protocol that the agent doesn't accept. */
export function otlpProtocolProblems(input: ProblemInput): readonly Problem[] {
  if (endpointOf(input.env) !== undefined || input.parts.hasOtherPorts) return [];
  return input.parts.otlp === undefined ? otlpNotAccepted(input) : protocolWithoutPort(input);
}

/** Advice for an app that sends OTLP, if the agent doesn't accept it. */
export const withoutOtlp =
  "This agent doesn't accept OTLP. Send spans to 127.0.0.1 with Jaeger's own protocol, use an agent that accepts OTLP (spec.agent in the configuration), or exclude the workload with spec.selector";

/** A variable that shows that the app sends OTLP, though no endpoint is set. */
function otlpNotAccepted({ env }: ProblemInput): readonly Problem[] {
  const exporter = exporterOf(env);
  const variable = exporter ?? protocolOf(env);
  if (variable === undefined) return [];
  // OTLP is the default. An exporter for Jaeger's protocol next to it can reach the agent.
  const names = exporter === undefined ? ["otlp"] : (exporter.exporters ?? []);
  if (!names.some(isOtlpExporter) || names.includes("jaeger")) return [];
  return [{ variable, problem: `can't send spans to the agent: ${title(variable)} is for OTLP`, advice: withoutOtlp }];
}

/** A protocol that the agent has no port for. */
function protocolWithoutPort({ env, parts: { otlp } }: ProblemInput): readonly Problem[] {
  const variable = protocolOf(env);
  const transport = transportOf(variable?.value);
  if (variable === undefined || transport === undefined) return [];
  if ((transport === "gRPC" ? otlp?.grpcPort : otlp?.httpPort) !== undefined) return [];
  const problem = `can't send spans to the agent: ${title(variable)} selects ${transport}, which the agent has no port for`;
  return [{ variable, problem, advice: "Remove the variable, or add the port in spec.agent.config" }];
}
