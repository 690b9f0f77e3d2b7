import type { Finding } from "../../kube/finding";
import { parseEndpoint } from "../endpoint-address";
import { endpointFinding } from "./grpc-endpoint";

/**
 * The protocols in which a collector receives spans, with their usual ports (opentelemetry-collector
 * `receiver/otlpreceiver/README.md`; jaeger v1 `ports/ports.go`).
 */
export const protocols = {
  otlpGrpc: { title: "OTLP over gRPC", port: 4317 },
  otlpHttp: { title: "OTLP over HTTP", port: 4318 },
  jaegerGrpc: { title: "Jaeger's own gRPC protocol", port: 14250 },
  jaegerHttp: { title: "Jaeger's own protocol over HTTP", port: 14268 },
} as const;

/** A protocol of `protocols`. */
export type Protocol = (typeof protocols)[keyof typeof protocols];

/**
 * Returns a warning if the endpoint has the usual port of another protocol.
 *
 * @param protocol the protocol that the agent uses.
 */
export function otherProtocolWarnings(endpoint: string, protocol: Protocol): Finding[] {
  const ports = new Set(parseEndpoint(endpoint)?.map(({ port }) => port));
  const other = Object.values(protocols).find(({ port }) => port !== protocol.port && ports.has(port));
  if (other === undefined) return [];
  const isHttpPort = protocol === protocols.otlpGrpc && other === protocols.otlpHttp;
  const message = `has port ${other.port}, which is usually for ${other.title}, but the agent sends ${protocol.title}. Use the collector's port for that protocol, usually ${protocol.port}${isHttpPort ? ', or set spec.agent.protocol to "http"' : ""}.`;
  return [endpointFinding("warn-collector-endpoint", "warning", message)];
}
