import type { Configuration } from "../../../config/configuration";
import type { Workload } from "../../../kube/workload";
import type { Mapping } from "../../../yaml/value";
import { agentContainer } from "../agent-container";
import type { AgentParts, AgentType } from "../agent-type";
import { type ContainerInput, cachedContainer, containerInput } from "../container-input";
import { escapeDollar } from "../escape-dollar";
import { checkedVersion } from "../image-version";
import { type SourcedTag, tagSources } from "../span-tags";
import { tlsFiles, volumesOf } from "../tls-files";
import { adoption, imageName } from "./adoption";
import { check } from "./check";
import { checkEndpoint, endpointOf, protocol } from "./endpoint";
import { flag, type JaegerVersion, longLifetime, renewalMinor, userMinor } from "./flags";
import { adminName, healthCheck, listener, portsOf } from "./ports";
import { readVersion, title } from "./version";

/** The Jaeger agent: accepts spans only from its pod, and serves health and metrics on the admin port. */
export const jaeger: AgentType = {
  title,
  images: [imageName],
  collector: { service: "jaeger-collector", port: protocol.port },
  presets: ["jaeger"],
  sdks: { title: "Jaeger SDKs", variablePrefix: "JAEGER_" },
  adoption,
  check,
  checkEndpoint,
  build,
};

function build(
  configuration: Configuration,
  workload: Workload,
  containerCache: Map<string, Mapping> = new Map(),
): AgentParts {
  const version = checkedVersion(readVersion(configuration));
  // An agent that doesn't reload a renewed certificate needs one that outlives its pods.
  const lifetime = version.minor < renewalMinor ? longLifetime : undefined;
  const files = tlsFiles(configuration, lifetime?.duration);
  const input = containerInput(configuration, workload, files);
  const endpoint = endpointOf(configuration);
  return {
    container: cachedContainer(containerCache, input, container),
    volumes: volumesOf(files),
    ...(lifetime === undefined ? {} : { certificateLifetime: lifetime }),
    ports: portsOf(input.agent),
    metricsPort: adminName(input.agent),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

function container(input: ContainerInput): Mapping {
  const version = checkedVersion(readVersion(input));
  const { tags, env } = tagSources(input.agent);
  return agentContainer(input, {
    args: args(input, version, tags),
    env,
    ports: portsOf(input.agent),
    health: healthCheck(input.agent),
    imageHasUser: version.minor >= userMinor,
  });
}

/**
 * The order never changes, because a different order would restart every pod (jaeger-operator#334). The user's
 * arguments come last: if a flag is repeated, the agent uses the last one.
 */
function args(
  { agent, endpoint, tls, files }: ContainerInput,
  version: JaegerVersion,
  tags: readonly SourcedTag[],
): string[] {
  return [
    flag("endpoint", endpoint, version),
    // Since 1.34.0, any other TLS flag without this one is a fatal error.
    ...(tls === undefined ? [] : [flag("tlsEnabled", "true", version)]),
    ...(files.ca === undefined ? [] : [flag("tlsCa", files.ca, version)]),
    ...(files.certificate === undefined
      ? []
      : [flag("tlsCert", files.certificate.cert, version), flag("tlsKey", files.certificate.key, version)]),
    ...(tls?.serverName === undefined ? [] : [flag("tlsServerName", tls.serverName, version)]),
    ...(tags.length === 0 ? [] : [flag("tags", tags.map(tagPair).join(","), version)]),
    ...portsOf(agent).flatMap((port) => listener(port, version)),
    ...agent.args,
  ];
}

/** `${NAME:}` is the agent's syntax for the value of a variable, or an empty text if the variable isn't set. */
function tagPair(tag: SourcedTag): string {
  if ("variable" in tag) return `${tag.key}=\${${tag.variable}:}`;
  return escapeDollar(`${tag.key}=${tag.literal}`);
}
