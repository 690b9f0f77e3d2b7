import type { AgentConfiguration, Configuration } from "../../config/configuration";
import type { Workload } from "../../kube/workload";
import { getOrInsert } from "../../yaml/maps";
import { get, type Mapping, type Value } from "../../yaml/value";
import type { TlsFiles } from "./tls-files";

/** The files that an agent reads, without the sources of their volumes, which differ from workload to workload. */
export interface ContainerFiles extends Omit<TlsFiles, "mounts"> {
  readonly mounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/**
 * Everything that an agent's container is built from. It is plain data, because it is also the key of the cache: a
 * container can't depend on a field that the key doesn't have.
 */
export interface ContainerInput {
  readonly agent: AgentConfiguration;
  readonly endpoint: string;
  /** Undefined without TLS. */
  readonly tls: { readonly serverName?: string } | undefined;
  readonly files: ContainerFiles;
  /** `runAsUser` of the pod's securityContext. */
  readonly podUser: Value | undefined;
}

/** @param configuration has its templates expanded. */
export function containerInput(
  { agent, collector }: Configuration,
  { podSpec }: Pick<Workload, "podSpec">,
  { mounts, ...files }: TlsFiles,
): ContainerInput {
  const { serverName } = collector.tls ?? {};
  return {
    agent,
    endpoint: collector.endpoint,
    tls: collector.tls === undefined ? undefined : serverName === undefined ? {} : { serverName },
    files: { ...files, mounts: mounts.map(({ name, mountPath }) => ({ name, mountPath })) },
    podUser: get(podSpec, "securityContext", "runAsUser"),
  };
}

/** Returns the container of an equal input if there is one, otherwise builds it. */
export function cachedContainer(
  cache: Map<string, Mapping>,
  input: ContainerInput,
  build: (input: ContainerInput) => Mapping,
): Mapping {
  return getOrInsert(cache, JSON.stringify(input), () => build(input));
}
