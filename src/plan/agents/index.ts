import type { Configuration } from "../../config/configuration";
import type { AgentType } from "./agent-type";
import { jaeger } from "./jaeger/index";
import { otelcol } from "./otelcol/index";

/** The name of an agent type in `spec.agent.type`. */
export type AgentTypeName = Configuration["agent"]["type"];

/** All agent types. If several would do, the first one is preferred. */
export const agentTypes: Readonly<Record<AgentTypeName, AgentType>> = { otelcol, jaeger };

/** The names of all agent types, in the order of `agentTypes`. */
export const agentTypeNames = Object.keys(agentTypes) as [AgentTypeName, ...AgentTypeName[]];

/** Reports whether a text is the name of an agent type. */
export function isAgentTypeName(text: string): text is AgentTypeName {
  return Object.hasOwn(agentTypes, text);
}

/** Returns the agent type of a configuration. */
export function agentTypeOf({ agent }: Configuration): AgentType {
  return agentTypes[agent.type];
}
