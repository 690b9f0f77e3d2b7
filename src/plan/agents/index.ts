import type { AgentConfiguration, Configuration } from "../../config/configuration";
import type { AgentFlavour } from "./agent-type";
import { jaeger } from "./jaeger/index";
import { otelcol } from "./otelcol/index";

const flavours: Readonly<Record<AgentConfiguration["type"], AgentFlavour>> = { jaeger, otelcol };

/** The flavour of agent that a configuration asks for. */
export function agentOf({ agent }: Configuration): AgentFlavour {
  return flavours[agent.type];
}
