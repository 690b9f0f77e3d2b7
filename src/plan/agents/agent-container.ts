import type { Mapping } from "../../yaml/value";
import type { AgentParts } from "./agent-type";
import type { ContainerInput } from "./container-input";
import { securityContext } from "./security-context";

/** What differs between the containers of agent types. */
export interface ContainerParts {
  readonly args: readonly string[];
  readonly env: readonly Mapping[];
  /** The ports that are used from outside the pod. */
  readonly ports: readonly (AgentParts["ports"][number] & { readonly name: string })[];
  /** The target of the liveness probe. If omitted, there is no probe. */
  readonly health?: { readonly path: string; readonly port: string };
  /** True if the agent's image has a USER other than root. */
  readonly imageHasUser: boolean;
}

/** Returns an agent's container. */
export function agentContainer({ agent, files, podUser }: ContainerInput, parts: ContainerParts): Mapping {
  const { args, env, ports, health, imageHasUser } = parts;
  return {
    name: agent.name,
    image: agent.image,
    ...(agent.imagePullPolicy === undefined ? {} : { imagePullPolicy: agent.imagePullPolicy }),
    args,
    ...(env.length === 0 ? {} : { env }),
    ports: ports.map(({ name, port, protocol }) => ({ name, protocol, containerPort: port })),
    ...(health === undefined ? {} : { livenessProbe: { httpGet: { path: health.path, port: health.port } } }),
    resources: agent.resources,
    securityContext: securityContext(imageHasUser, podUser, agent.securityContext),
    ...(files.mounts.length === 0
      ? {}
      : { volumeMounts: files.mounts.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })) }),
  };
}
