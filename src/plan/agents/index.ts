import type { AgentConfiguration, Configuration } from "../../config/configuration";
import type { AgentType } from "./agent-type";
import { jaeger } from "./jaeger/index";
import { otelcol } from "./otelcol/index";

const agentTypes: Readonly<Record<AgentConfiguration["type"], AgentType>> = { jaeger, otelcol };

/** Returns the agent type of a configuration. */
export function agentTypeOf({ agent }: Configuration): AgentType {
  return agentTypes[agent.type];
}
