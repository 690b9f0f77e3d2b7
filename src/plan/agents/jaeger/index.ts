import type { Configuration } from "../../../config/configuration";
import type { Workload } from "../../../kube/workload";
import { agentContainer } from "../agent-container";
import type { AgentCache, AgentParts, AgentType, SharedAgentParts } from "../agent-type";
import { type ContainerInput, cachedParts, containerInput } from "../container-input";
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

function build(configuration: Configuration, workload: Workload, cache: AgentCache = new Map()): AgentParts {
  const files = tlsFiles(configuration, lifetimeOf(configuration)?.duration);
  const shared = cachedParts(cache, containerInput(configuration, workload, files), sharedParts);
  return { ...shared, volumes: volumesOf(files) };
}

/** An agent that doesn't reload a renewed certificate needs one that outlives its pods. */
function lifetimeOf(agent: Pick<Configuration, "agent">) {
  return checkedVersion(readVersion(agent)).minor < renewalMinor ? longLifetime : undefined;
}

function sharedParts(input: ContainerInput): SharedAgentParts {
  const version = checkedVersion(readVersion(input));
  const { tags, env } = tagSources(input.agent);
  const ports = portsOf(input.agent);
  const lifetime = lifetimeOf(input);
  const endpoint = endpointOf(input);
  return {
    container: agentContainer(input, {
      args: args(input, version, tags),
      env,
      ports,
      health: healthCheck(input.agent),
      imageHasUser: version.minor >= userMinor,
    }),
    ...(lifetime === undefined ? {} : { certificateLifetime: lifetime }),
    ports,
    metricsPort: adminName(input.agent),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
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
