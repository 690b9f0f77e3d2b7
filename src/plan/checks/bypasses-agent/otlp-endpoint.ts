import { listAll } from "../../../kube/message-text";
import type { AgentParts, OtlpReceiver } from "../../agents/agent-type";
import type { ContainerEnv } from "../../app/container-env";
import { endpointOf, firstSet, type NamedVariable, protocolOf, title, transportOf } from "../../app/otlp-variables";
import type { Address } from "../../endpoint-address";
import { withoutOtlp } from "./otlp-protocol";
import { addressOf, isAgents, outside, type Problem, type ProblemInput } from "./problem";

/** Returns what keeps the endpoint for spans from being the agent's. */
export function otlpEndpointProblems(input: ProblemInput): readonly Problem[] {
  const { env, parts } = input;
  const variable = endpointOf(env);
  const address = addressOf(variable);
  if (variable === undefined || address === undefined) return [];
  const protocol = protocolOf(env)?.value;
  if (!isAgents(address, input))
    return [{ variable, problem: outside(variable), advice: otlpAdvice(parts, variable, protocol) }];
  const wrong = unreachable(variable, address, parts, protocol);
  if (wrong !== undefined) return [cannotSend(variable, "", wrong)];
  // A receiver that the user added can require TLS.
  if (parts.hasOtherPorts && !isOtlpPort(address.port, parts.otlp)) return [];
  const hasScheme = /^https?:\/\//i.test((variable.value ?? "").trim());
  return hasScheme ? requiresTls(env) : [cannotSend(variable, " with some SDKs", noScheme)];
}

function cannotSend(variable: NamedVariable, condition: string, { problem, advice }: Mistake): Problem {
  return { variable, problem: `can't send spans to the agent${condition}: ${title(variable)} ${problem}`, advice };
}

/** An endpoint in the pod, and the agent that it should be the address of. */
interface PodEndpoint {
  readonly name: string;
  /** Undefined if it isn't a URL. */
  readonly scheme: string | undefined;
  readonly port: number;
  readonly path: string;
  /** Undefined if it isn't known. */
  readonly protocol: string | undefined;
  readonly otlp: OtlpReceiver;
}

/** The path that SDKs append to the endpoint for all signals. */
const defaultTracesPath = "/v1/traces";

type Mistake = Pick<Problem, "problem" | "advice">;

/** Returns what keeps an endpoint in the pod from being the agent's, and what to do. */
function unreachable(
  variable: NamedVariable,
  address: Address,
  parts: AgentParts,
  protocol: string | undefined,
): Mistake | undefined {
  const { name, value = "" } = variable;
  const [, scheme, path = ""] = /^(https?):\/\/[^/?#]*([^?#]*)/i.exec(value.trim()) ?? [];
  const port = address.port ?? (scheme === undefined ? undefined : /^https$/i.test(scheme) ? 443 : 80);
  if (port === undefined) return undefined;
  if (!parts.ports.some((listening) => listening.port === port && listening.protocol === "TCP")) {
    if (parts.hasOtherPorts) return undefined;
    const advice = otlpAdvice(parts, variable, protocol);
    return { problem: `uses port ${port}, which the agent doesn't listen on`, advice };
  }
  const { otlp } = parts;
  if (otlp === undefined) return undefined;
  const endpoint = { name, scheme: scheme?.toLowerCase(), port, path, protocol, otlp };
  return usesTls(endpoint) ?? hasPortOfOtherProtocol(endpoint) ?? hasWrongPath(endpoint);
}

function usesTls({ scheme, port, otlp }: PodEndpoint): Mistake | undefined {
  if (scheme !== "https" || !isOtlpPort(port, otlp)) return undefined;
  return { problem: "uses https, but the agent accepts spans from its pod without TLS", advice: "Use http" };
}

/**
 * What SDKs make of an address without a scheme differs: TLS, an error, or an address without a host. Even with a variable
 * that turns TLS off, the Java SDK rejects it (`OtlpConfigUtil.java`), and the Go SDK rejects `127.0.0.1:4317`.
 */
const noScheme: Mistake = { problem: "must start with http://", advice: "Add the scheme" };

/** Go's SDK uses TLS unless the variable is true, and with a certificate, whatever the endpoint's scheme is. */
function requiresTls(env: ContainerEnv): readonly Problem[] {
  const insecure = firstSet(env, ["OTEL_EXPORTER_OTLP_TRACES_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"]);
  const certificate = firstSet(env, ["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"]);
  const isSecure = insecure?.value !== undefined && insecure.value.toLowerCase() !== "true";
  const variable = isSecure ? insecure : certificate;
  if (variable === undefined) return [];
  const problem = "makes them use TLS, but the agent accepts spans from its pod without TLS";
  return [cannotSend(variable, " with some SDKs", { problem, advice: "Remove the variable" })];
}

/** Reports whether a port receives OTLP without TLS. */
function isOtlpPort(port: number | undefined, otlp: OtlpReceiver | undefined): boolean {
  return port !== undefined && (port === otlp?.grpcPort || port === otlp?.httpPort);
}

function hasPortOfOtherProtocol({ port, protocol, otlp }: PodEndpoint): Mistake | undefined {
  const used = transportOf(protocol);
  if (used === undefined) return undefined;
  const { grpcPort, httpPort } = otlp;
  const isGrpc = used === "gRPC";
  const right = isGrpc ? grpcPort : httpPort;
  if (right === undefined || port !== (isGrpc ? httpPort : grpcPort)) return undefined;
  return {
    problem: `uses port ${port}, which is for ${isGrpc ? "HTTP" : "gRPC"}, but the protocol is ${used}`,
    advice: `Use port ${right}`,
  };
}

function hasWrongPath({ name, scheme, port, path, otlp }: PodEndpoint): Mistake | undefined {
  const { httpPort, tracesPath } = otlp;
  if (scheme === undefined || port !== httpPort) return undefined;
  if (name === "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
    if (path === tracesPath) return undefined;
    return {
      problem: `must have the path ${tracesPath}, because SDKs don't append a path to this variable`,
      advice: "Add the path",
    };
  }
  if (`${path.replace(/\/$/, "")}${defaultTracesPath}` === tracesPath) return undefined;
  if (tracesPath !== defaultTracesPath)
    return {
      problem: `doesn't lead to the agent's path ${tracesPath}, because SDKs append /v1/traces`,
      advice: `Set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT to an address with that path`,
    };
  return { problem: "must not have a path, because SDKs append /v1/traces", advice: "Remove the path" };
}

/**
 * Returns the advice for an endpoint that isn't the agent's: its address for the protocol, or for both if that isn't known.
 */
function otlpAdvice({ otlp }: AgentParts, { name }: NamedVariable, protocol: string | undefined): string {
  if (otlp === undefined) return withoutOtlp;
  const { grpcPort, httpPort, tracesPath } = otlp;
  const isForTraces = name === "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  const used = transportOf(protocol);
  const addresses = [
    ...(grpcPort === undefined || used === "HTTP" ? [] : [`http://127.0.0.1:${grpcPort} (gRPC)`]),
    // SDKs append the default path to the variable for all signals.
    ...(httpPort === undefined || used === "gRPC" || !(isForTraces || tracesPath === defaultTracesPath)
      ? []
      : [`http://127.0.0.1:${httpPort}${isForTraces ? tracesPath : ""} (HTTP)`]),
  ];
  return `Remove the variable or change it to ${addresses.length === 0 ? "the agent's address" : listAll(addresses, "or")}`;
}
