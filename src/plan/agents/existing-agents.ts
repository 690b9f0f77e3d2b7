import { namesOf } from "../../kube/workload";
import { get, getList, isMapping, type Mapping, type Value } from "../../yaml/value";
import type { Adoption, AgentType } from "./agent-type";
import { type AgentTypeName, agentTypeNames, agentTypes } from "./index";

/** An agent type whose existing agents can be adopted. */
type AdoptableType = AgentType & { readonly adoption: Adoption };

const adoptable = agentTypeNames.flatMap((name) => {
  const type = agentTypes[name];
  return isAdoptable(type) ? [{ name, type }] : [];
});

function isAdoptable(type: AgentType): type is AdoptableType {
  return type.adoption !== undefined;
}

/** Returns the type of the agent that a container runs; undefined if it isn't an agent that can be adopted. */
export function existingType(
  container: Value,
): { readonly name: AgentTypeName; readonly type: AdoptableType } | undefined {
  return adoptable.find(({ type }) => type.adoption.recognizes(container));
}

/** A container that is an agent, its type, and the list it is in. */
export interface ExistingAgent {
  readonly list: "containers" | "initContainers";
  readonly container: Mapping;
  readonly name: AgentTypeName;
  readonly type: AdoptableType;
}

/** Returns the agents that run next to an app, including native sidecars. */
export function existingAgents(podSpec: Value): readonly ExistingAgent[] {
  const agentsIn = (list: ExistingAgent["list"]) =>
    getList(podSpec, list).flatMap((container) => {
      if (!isMapping(container) || namesOf([container]).length === 0) return [];
      const found = existingType(container);
      return found === undefined ? [] : [{ list, container, ...found }];
    });
  const agents = agentsIn("containers");
  // A pod that has nothing else would be left without containers.
  if (agents.length === getList(podSpec, "containers").length) return [];
  const sidecars = agentsIn("initContainers").filter(({ container }) => get(container, "restartPolicy") === "Always");
  return [...agents, ...sidecars];
}
