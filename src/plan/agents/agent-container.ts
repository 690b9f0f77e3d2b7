import type { Mapping } from "../../yaml/value";
import type { AgentPort } from "./agent-type";
import type { ContainerInput } from "./container-input";
import { type HealthCheck, probes } from "./probes";
import { securityContext } from "./security-context";

/** What differs between the containers of agent types. */
export interface ContainerParts {
  readonly args: readonly string[];
  readonly env: readonly Mapping[];
  /** Every port that the agent listens on. The container declares those with a name. */
  readonly ports: readonly AgentPort[];
  /** Omitted if the agent has no health check. */
  readonly health?: HealthCheck;
  /** True if the agent's image has a USER other than root. */
  readonly imageHasUser: boolean;
}

/** Returns an agent's container. */
export function agentContainer({ agent, files, podUser, native }: ContainerInput, parts: ContainerParts): Mapping {
  const { args, env, ports, health, imageHasUser } = parts;
  const { livenessProbe, startupProbe } = probes(agent, health, native);
  return {
    name: agent.name,
    image: agent.image,
    ...(native ? { restartPolicy: "Always" } : {}),
    ...(agent.imagePullPolicy === undefined ? {} : { imagePullPolicy: agent.imagePullPolicy }),
    args,
    ...(env.length === 0 ? {} : { env }),
    ports: ports.flatMap(({ name, port, protocol }) =>
      name === undefined ? [] : [{ name, protocol, containerPort: port }],
    ),
    ...(livenessProbe === undefined ? {} : { livenessProbe }),
    resources: agent.resources,
    securityContext: securityContext(imageHasUser, podUser, agent.securityContext),
    ...(files.mounts.length === 0
      ? {}
      : { volumeMounts: files.mounts.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })) }),
    ...(startupProbe === undefined ? {} : { startupProbe }),
  };
}
