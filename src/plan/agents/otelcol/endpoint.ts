import type { Configuration } from "../../../config/configuration";
import type { Finding } from "../../../kube/finding";
import { get, getList, getString, isMapping, type Mapping } from "../../../yaml/value";
import { parseAddress, reachesAgent } from "../../endpoint-address";
import { otherProtocolWarnings, protocols } from "../collector-protocols";
import { type AgentInput, agentInput } from "../container-input";
import { checkAddress, type EndpointRule, endpointFinding, sampleEndpoint } from "../grpc-endpoint";
import { tlsFiles } from "../tls-files";
import { collectorConfig, exporterName, literal } from "./config";
import { type CollectorPorts, portsOf } from "./ports";
import {
  dnsMinor,
  type OtelcolVersion,
  readVersion,
  resolversMinor,
  unixMinor,
  validatedEndpointMinor,
} from "./version";

/** The protocol that the exporter uses. */
export const protocol = protocols.otlpGrpc;

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
  const findings = checkAddress(endpoint, ruleOf(read.version));
  if (findings.some(({ severity }) => severity === "error") || !isUsed(config, read.version)) return findings;
  return [
    ...findings,
    ...otherProtocolWarnings(endpoint, protocol),
    ...plaintextWarnings(input, exporter),
    ...ownPortWarnings(endpoint, portsOf(config, input.agent)),
  ];
}

/** An omitted host is localhost, where the agent itself listens. */
function ownPortWarnings(endpoint: string, { otlp }: CollectorPorts): Finding[] {
  const address = parseAddress(endpoint.replace(/^:/, "localhost:"));
  if (address?.port === undefined || address.port !== otlp?.grpcPort || !reachesAgent(address.host, {})) return [];
  const message = `is the agent's own port ${address.port}, so the agent sends every span to itself. Set it to the collector's address, or move the agent's port with spec.agent.ports.otlpGrpc.`;
  return [endpointFinding("warn-collector-endpoint", "warning", message)];
}

/**
 * Returns `spec.collector.endpoint` if the Collector's pipelines send spans there; undefined if `spec.agent` may send
 * them elsewhere.
 */
export function endpointOf(config: Mapping, input: AgentInput, version: OtelcolVersion): string | undefined {
  return ownExporter(config, input, version) !== undefined && isUsed(config, version) ? input.endpoint : undefined;
}

/** Returns the settings of the exporter; undefined if `spec.agent` replaces its endpoint. */
function ownExporter(config: Mapping, { agent, endpoint }: AgentInput, version: OtelcolVersion): Mapping | undefined {
  // More configuration is merged over ours.
  if (agent.args.some((arg) => /^--?(?:config|set)\b/.test(arg))) return undefined;
  const exporter = get(config, "exporters", exporterName(version));
  return isMapping(exporter) && getString(exporter, "endpoint") === literal(endpoint) ? exporter : undefined;
}

/** Reports whether a pipeline sends to the exporter. */
function isUsed(config: Mapping, version: OtelcolVersion): boolean {
  const pipelines = get(config, "service", "pipelines");
  return Object.values(isMapping(pipelines) ? pipelines : {}).some((pipeline) =>
    getList(pipeline, "exporters").includes(exporterName(version)),
  );
}

function ruleOf({ minor }: OtelcolVersion): EndpointRule {
  const isValidated = minor >= validatedEndpointMinor;
  return {
    title: `OpenTelemetry Collector 0.${minor}`,
    schemes: [
      "http",
      "https",
      ...(minor >= dnsMinor || !isValidated ? ["dns"] : []),
      ...(minor >= unixMinor || !isValidated ? ["unix"] : []),
      ...(minor >= resolversMinor || !isValidated ? ["passthrough", "xds"] : []),
    ],
    reading: isValidated ? "validated" : "passthrough",
    example: `otel-collector:${protocol.port}`,
  };
}

/** The TLS settings take precedence over `http://` (opentelemetry-collector `config/configgrpc/configgrpc.go`). */
function plaintextWarnings({ endpoint, tls }: AgentInput, exporter: Mapping): Finding[] {
  if (!endpoint.startsWith("http://") || tls === undefined || get(exporter, "tls", "insecure") === true) return [];
  const message =
    'starts with "http://", but the agent uses TLS, because spec.collector.tls is set. Remove "http://", or remove spec.collector.tls to send spans unencrypted.';
  return [endpointFinding("warn-collector-endpoint", "warning", message)];
}
