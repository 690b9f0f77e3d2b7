import type { AgentConfiguration, Configuration } from "../../config/configuration";
import type { Workload } from "../../kube/workload";
import { getOrInsert } from "../../yaml/maps";
import { get, type Value } from "../../yaml/value";
import type { AgentCache, SharedAgentParts } from "./agent-type";
import { isNative } from "./native-sidecar";
import type { TlsFiles } from "./tls-files";

/** The files that an agent reads, without the sources of their volumes, which differ from workload to workload. */
export interface ContainerFiles extends Omit<TlsFiles, "mounts"> {
  readonly mounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** What an agent is configured with. */
export interface AgentInput {
  readonly agent: AgentConfiguration;
  readonly endpoint: string;
  /** Undefined without TLS. */
  readonly tls: { readonly serverName?: string } | undefined;
  readonly files: ContainerFiles;
}

/**
 * Everything that an agent's container is built from. It is plain data, because it is also the key of `cachedParts`.
 */
export interface ContainerInput extends AgentInput {
  /** `runAsUser` of the pod's securityContext. */
  readonly podUser: Value | undefined;
  /** True if the container is a native sidecar. */
  readonly native: boolean;
}

/** @param configuration has its templates expanded. */
export function containerInput(configuration: Configuration, workload: Workload, files: TlsFiles): ContainerInput {
  return {
    ...agentInput(configuration, files),
    podUser: get(workload.podSpec, "securityContext", "runAsUser"),
    native: isNative(configuration, workload),
  };
}

/** @param configuration has its templates expanded. */
export function agentInput({ agent, collector }: Configuration, { mounts, ...files }: TlsFiles): AgentInput {
  const { serverName } = collector.tls ?? {};
  return {
    agent,
    endpoint: collector.endpoint,
    tls: collector.tls === undefined ? undefined : serverName === undefined ? {} : { serverName },
    files: { ...files, mounts: mounts.map(({ name, mountPath }) => ({ name, mountPath })) },
  };
}

/**
 * Returns the parts that were built from an equal input if there are any, otherwise builds them. The agent's
 * configuration is compared by identity: workloads share it (see `SharedParts`).
 */
export function cachedParts(
  cache: AgentCache,
  input: ContainerInput,
  build: (input: ContainerInput) => SharedAgentParts,
): SharedAgentParts {
  // The rest, not a list of fields: no field can be forgotten.
  const { agent, ...others } = input;
  const agents = getOrInsert(cache, agent, () => new Map<string, SharedAgentParts>());
  return getOrInsert(agents, JSON.stringify(others), () => build(input));
}
