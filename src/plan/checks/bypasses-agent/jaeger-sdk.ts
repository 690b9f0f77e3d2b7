import type { AgentParts } from "../../agents/agent-type";
import type { ContainerEnv } from "../../app/container-env";
import { firstSet, title } from "../../app/otlp-variables";
import { outsideProblem, type Problem, type ProblemInput, removeOrUseLoopback } from "./problem";

/** Returns what keeps the spans of a Jaeger SDK from the agent. */
export function jaegerSdkProblems(input: ProblemInput): readonly Problem[] {
  const off = isDisabled(input);
  if (off !== undefined) return [off];
  const host = outsideProblem(input, ["JAEGER_AGENT_HOST"], removeOrUseLoopback);
  return [...host, ...(host.length === 0 ? jaegerPortProblem(input) : []), ...jaegerEndpointProblem(input)];
}

/** An SDK that makes no spans (jaeger-client-go `config/config_env.go`). It matters only if the agent could receive them. */
function isDisabled({ env, parts }: ProblemInput): Problem | undefined {
  const variable = firstSet(env, ["JAEGER_DISABLED"]);
  if (variable?.value?.toLowerCase() !== "true") return undefined;
  if (!parts.ports.some(({ protocol }) => protocol === "UDP")) return undefined;
  return { variable, problem: `sends no spans: ${title(variable)} is true`, advice: "Remove the variable" };
}

/** The variable takes precedence over the agent's address (jaeger-client-go `config/config_env.go`). */
function jaegerEndpointProblem(input: ProblemInput): readonly Problem[] {
  const advice = "Remove the variable, so that the SDK sends to the agent";
  const bypassing = outsideProblem(input, ["JAEGER_ENDPOINT"], advice);
  const variable = firstSet(input.env, ["JAEGER_ENDPOINT"]);
  if (bypassing.length > 0 || variable?.value === undefined || input.parts.hasOtherPorts) return bypassing;
  const problem = `can't send spans to the agent: the agent has no port for the protocol of ${title(variable)}`;
  return [{ variable, problem, advice }];
}

/** The ports that Jaeger's SDKs send to by default: those of the compact and the binary protocol. */
const defaultJaegerPorts = [6831, 6832];

function jaegerPortProblem({ env, parts }: ProblemInput): readonly Problem[] {
  const variable = firstSet(env, ["JAEGER_AGENT_PORT"]);
  if (variable === undefined) return defaultPortProblem(env, parts);
  if (variable?.value === undefined || !/^\d+$/.test(variable.value) || parts.hasOtherPorts) return [];
  const port = Number(variable.value);
  if (parts.ports.some((listening) => listening.port === port && listening.protocol === "UDP")) return [];
  const problem = `can't send spans to the agent: ${title(variable)} is ${port}, which the agent doesn't listen on`;
  return [{ variable, problem, advice: "Remove the variable" }];
}

/** An address without a port, while the agent listens on other ports than the SDKs' default ones. */
function defaultPortProblem(env: ContainerEnv, { ports, hasOtherPorts }: AgentParts): readonly Problem[] {
  const variable = firstSet(env, ["JAEGER_AGENT_HOST"]);
  const compact = ports.find(({ use }) => use === "jaegerCompact")?.port;
  const listens = ports.some(({ port, protocol }) => protocol === "UDP" && defaultJaegerPorts.includes(port));
  if (variable === undefined || compact === undefined || hasOtherPorts || listens) return [];
  const problem = `can't send spans to the agent: ${title(variable)} is set without JAEGER_AGENT_PORT, and the agent doesn't listen on the default ports of Jaeger SDKs`;
  return [{ variable, problem, advice: `Set JAEGER_AGENT_PORT to "${compact}"` }];
}
