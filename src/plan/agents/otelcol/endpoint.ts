import type { AgentConfiguration, Configuration } from "../../../config/configuration";
import type { Finding } from "../../../kube/finding";
import { get, getList, getString, isMapping, type Mapping } from "../../../yaml/value";
import { parseAddress, parseHostPort, reachesAgent, splitScheme } from "../../endpoint-address";
import { otherProtocolWarnings, type Protocol, protocols } from "../collector-protocols";
import { type AgentInput, agentInput } from "../container-input";
import { checkAddress, type EndpointRule, endpointFinding, sampleEndpoint } from "../grpc-endpoint";
import { tlsFiles } from "../tls-files";
import { collectorConfig } from "./config";
import { mergesMoreConfig } from "./config-problems";
import { exporterName, literal } from "./exporter";
import { type CollectorPorts, portsOf } from "./ports";
import { has, type OtelcolVersion, readVersion } from "./version";

/** Returns the protocol that the exporter uses. */
function protocolOf({ protocol }: AgentConfiguration): Protocol {
  return protocol === "http" ? protocols.otlpHttp : protocols.otlpGrpc;
}

/**
 * Checks the endpoint as the Collector does when it starts, and then as gRPC does when it connects. Since 0.151, the
 * Collector accepts any scheme, even if gRPC has no resolver for it.
 */
export function checkEndpoint(configuration: Configuration): readonly Finding[] {
  const read = readVersion(configuration);
  // The version's own error is reported by `check`.
  if ("finding" in read) return [];
  const input = agentInput(configuration, tlsFiles(configuration));
  const config = collectorConfig(input, read.version, []);
  const exporter = ownExporter(config, input, read.version);
  if (exporter === undefined) return [];
  const endpoint = sampleEndpoint(input.endpoint);
  const { protocol } = input.agent;
  const findings = protocol === "http" ? checkUrl(endpoint) : checkAddress(endpoint, ruleOf(read.version));
  if (findings.some(({ severity }) => severity === "error") || !isUsed(config, input, read.version)) return findings;
  return [
    ...findings,
    ...otherProtocolWarnings(endpoint, protocolOf(input.agent)),
    ...plaintextWarnings(input, exporter),
    ...ownPortWarnings(endpoint, protocol, portsOf(config, input.agent)),
  ];
}

/**
 * Checks a URL for OTLP over HTTP, as the exporter does (opentelemetry-collector `exporter/otlphttpexporter/config.go`),
 * and that it has only what a URL of a collector has. The messages don't quote it, because it can contain a password.
 */
function checkUrl(endpoint: string): Finding[] {
  const { scheme, address } = splitScheme(endpoint);
  const example = '"https://otel-collector:4318"';
  if ((scheme !== "http" && scheme !== "https") || !/^https?:\/\//.test(endpoint)) {
    const message = `must be a URL, because spec.agent.protocol is "http". Use a URL such as ${example}.`;
    return [endpointFinding("invalid-config", "error", message)];
  }
  if (/\/v1\/traces\/?$/.test(address)) {
    const message = "ends with /v1/traces, which the agent adds. Remove this part of the path.";
    return [endpointFinding("invalid-config", "error", message)];
  }
  const [authority = ""] = /^[^/?#]*/.exec(address) ?? [];
  const parsed = parseHostPort(authority);
  const isPort = parsed?.port === undefined || (parsed.port >= 1 && parsed.port <= 65_535);
  if (parsed !== undefined && isPort && !/[\s@,]/.test(parsed.host) && !/[?#]/.test(address)) return [];
  const message = `must be a URL of a host, an optional port from 1 to 65535, and an optional path. Use a URL such as ${example}.`;
  return [endpointFinding("invalid-config", "error", message)];
}

/** An omitted host is localhost, where the agent itself listens. */
function ownPortWarnings(
  endpoint: string,
  protocol: AgentConfiguration["protocol"],
  { otlp }: CollectorPorts,
): Finding[] {
  const address = parseAddress(endpoint.replace(/^:/, "localhost:"));
  const [port, use] = protocol === "http" ? [otlp?.httpPort, "otlpHttp"] : [otlp?.grpcPort, "otlpGrpc"];
  if (address?.port === undefined || address.port !== port || !reachesAgent(address.host, {})) return [];
  const message = `is the agent's own port ${port}, so the agent sends every span to itself. Set it to the collector's address, or move the agent's port with spec.agent.ports.${use}.`;
  return [endpointFinding("warn-collector-endpoint", "warning", message)];
}

/**
 * Returns `spec.collector.endpoint` if the Collector's pipelines send spans there; undefined if `spec.agent` may send
 * them elsewhere.
 */
export function endpointOf(config: Mapping, input: AgentInput, version: OtelcolVersion): string | undefined {
  return ownExporter(config, input, version) !== undefined && isUsed(config, input, version)
    ? input.endpoint
    : undefined;
}

/** Returns the settings of the exporter; undefined if `spec.agent` replaces its endpoint. */
function ownExporter(config: Mapping, { agent, endpoint }: AgentInput, version: OtelcolVersion): Mapping | undefined {
  // More configuration is merged over ours.
  if (mergesMoreConfig(agent)) return undefined;
  const exporter = get(config, "exporters", exporterName(agent, version));
  return isMapping(exporter) && getString(exporter, "endpoint") === literal(endpoint) ? exporter : undefined;
}

/** Reports whether a pipeline sends to the exporter. */
function isUsed(config: Mapping, { agent }: AgentInput, version: OtelcolVersion): boolean {
  const pipelines = get(config, "service", "pipelines");
  return Object.values(isMapping(pipelines) ? pipelines : {}).some((pipeline) =>
    getList(pipeline, "exporters").includes(exporterName(agent, version)),
  );
}

function ruleOf(version: OtelcolVersion): EndpointRule {
  const isValidated = has(version, "validatedEndpoint");
  const accepts = (change: "dnsEndpoint" | "unixEndpoint" | "resolverEndpoint") => !isValidated || has(version, change);
  return {
    title: `OpenTelemetry Collector ${version.major}.${version.minor}`,
    schemes: [
      "http",
      "https",
      ...(accepts("dnsEndpoint") ? ["dns"] : []),
      ...(accepts("unixEndpoint") ? ["unix"] : []),
      ...(accepts("resolverEndpoint") ? ["passthrough", "xds"] : []),
    ],
    reading: isValidated ? "validated" : "passthrough",
    example: `otel-collector:${protocols.otlpGrpc.port}`,
    forUrlWithPath: 'set spec.agent.protocol to "http", which accepts a path and adds /v1/traces to it',
  };
}

/** The TLS settings take precedence over `http://` (opentelemetry-collector `config/configgrpc/configgrpc.go`). */
function plaintextWarnings({ endpoint, tls }: AgentInput, exporter: Mapping): Finding[] {
  if (!endpoint.startsWith("http://") || tls === undefined || get(exporter, "tls", "insecure") === true) return [];
  const message =
    'starts with "http://", but the agent uses TLS, because spec.collector.tls is set. Remove "http://", or remove spec.collector.tls to send spans unencrypted.';
  return [endpointFinding("warn-collector-endpoint", "warning", message)];
}
