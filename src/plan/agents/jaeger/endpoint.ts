import type { Configuration } from "../../../config/configuration";
import type { Finding } from "../../../kube/finding";
import { otherProtocolWarnings, protocols } from "../collector-protocols";
import type { AgentInput } from "../container-input";
import { checkAddress, type EndpointRule, endpointFinding, sampleEndpoint } from "../grpc-endpoint";
import { dnsByDefaultMinor, endpointFlag, type JaegerVersion } from "./flags";
import { readVersion, title } from "./version";

/** The protocol in which the agent sends spans. */
export const protocol = protocols.jaegerGrpc;

/**
 * Checks the endpoint as the agent reads it: a gRPC target, or a list of addresses that it connects to without gRPC's
 * resolvers (jaeger v1 `cmd/agent/app/reporter/grpc/builder.go`).
 */
export function checkEndpoint(configuration: Configuration): readonly Finding[] {
  const read = readVersion(configuration);
  // The version's own error is reported by `check`.
  const { agent, collector } = configuration;
  if ("finding" in read || endpointOf({ agent, endpoint: collector.endpoint }) === undefined) return [];
  const endpoint = sampleEndpoint(collector.endpoint);
  const addresses = endpoint.split(",");
  const findings = addresses.length > 1 ? checkList(addresses) : checkAddress(endpoint, ruleOf(read.version));
  if (findings.some(({ severity }) => severity === "error")) return findings;
  return [...findings, ...otherProtocolWarnings(endpoint, protocol)];
}

/** Returns `spec.collector.endpoint`; undefined if `spec.agent.args` replaces it. */
export function endpointOf({ agent, endpoint }: Pick<AgentInput, "agent" | "endpoint">): string | undefined {
  return agent.args.some((arg) => arg.startsWith(endpointFlag)) ? undefined : endpoint;
}

function ruleOf({ minor, patch }: JaegerVersion): EndpointRule {
  return {
    title: `Jaeger agent 1.${minor}.${patch}`,
    schemes: ["dns", "passthrough", "unix", "unix-abstract"],
    reading: minor < dnsByDefaultMinor ? "passthrough" : "dns",
    example,
  };
}

const example = `jaeger-collector:${protocol.port}`;

function checkList(addresses: readonly string[]): Finding[] {
  const rule: EndpointRule = { title, schemes: [], reading: "passthrough", example };
  if (addresses.every((address) => checkAddress(address, rule).length === 0)) return [];
  const message = `is a list, so each address must be a host and a port without a scheme. Use a list such as "jaeger-0:${protocol.port},jaeger-1:${protocol.port}", or "dns:///${example}" for a headless Service.`;
  return [endpointFinding("invalid-config", "error", message)];
}
