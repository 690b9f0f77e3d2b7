import type { Mapping, Value } from "../../yaml/value";
import type { OtlpReceiver } from "../agents/agent-type";
import { escapeDollar } from "../agents/escape-dollar";
import { parseAddress, reachesAgent } from "../endpoint-address";
import { podVariable, unusedName } from "../pod-variable";
import type { ContainerEnv } from "./container-env";
import { identityOf } from "./identity";
import { endpointOf, type NamedVariable, protocolOf } from "./otlp-variables";
import type { PresetInput } from "./preset";

/** Returns the variables that make OpenTelemetry's SDKs send to the agent, under the right name. */
export function openTelemetryPreset(input: PresetInput): Mapping[] {
  return [...exporterVariables(input), ...identityVariables(input)];
}

/** The start of variables for all signals. Those for traces alone continue with `TRACES_`. */
const prefixOfAll = "OTEL_EXPORTER_OTLP_";

/** The path that SDKs append to the endpoint for all signals. */
const defaultTracesPath = "/v1/traces";

/** Variables that apply to metrics or logs alone. Those for traces are then set alone too. */
const otherSignalVariable = /^OTEL_EXPORTER_OTLP_(?:METRICS|LOGS)_(?:ENDPOINT|PROTOCOL|INSECURE)$/;

/** Variables that turn TLS off for gRPC. They show that an app uses gRPC without naming the protocol. */
const insecureVariables = ["OTEL_EXPORTER_OTLP_TRACES_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"];

/**
 * Returns the variables that set where and how an SDK exports (opentelemetry-specification `protocol/exporter.md`). An
 * endpoint or a protocol that is set is never replaced: the other one follows from it.
 */
function exporterVariables({ env, parts: { otlp }, workload }: PresetInput): Mapping[] {
  if (otlp === undefined) return [];
  const endpoint = endpointOf(env);
  const protocol = protocolOf(env);
  const variables =
    endpoint === undefined
      ? destination(env, protocol, otlp)
      : protocol === undefined
        ? protocolOfEndpoint(endpoint, otlp, workload.podSpec)
        : [];
  return variables.filter(({ name }) => !env.variables.has(String(name)));
}

/** Returns the protocol that an endpoint implies: that of the agent's port. SDKs have different default protocols. */
function protocolOfEndpoint(
  { name, value }: NamedVariable,
  { grpcPort, httpPort }: OtlpReceiver,
  podSpec: Value,
): Mapping[] {
  const address = value === undefined ? undefined : parseAddress(value);
  if (address?.port === undefined || !reachesAgent(address.host, podSpec)) return [];
  const protocol = name.replace("ENDPOINT", "PROTOCOL");
  if (address.port === grpcPort) return [{ name: protocol, value: "grpc" }];
  return address.port === httpPort ? [{ name: protocol, value: "http/protobuf" }] : [];
}

/** Returns the agent's endpoint for a protocol, and the protocol if none is set. */
function destination(env: ContainerEnv, protocol: NamedVariable | undefined, otlp: OtlpReceiver): Mapping[] {
  // An endpoint for a protocol that only the cluster knows could be the wrong one.
  if (protocol !== undefined && protocol.value === undefined) return [];
  const forGrpc = insecureVariables.find((name) => env.variables.get(name)?.value?.toLowerCase() === "true");
  const prefersGrpc = forGrpc !== undefined || otlp.httpPort === undefined;
  const isGrpc = protocol === undefined ? prefersGrpc : protocol.value === "grpc";
  const port = isGrpc ? otlp.grpcPort : otlp.httpPort;
  if (port === undefined) return [];
  const decidedBy = protocol?.name ?? forGrpc ?? "";
  const isForTraces =
    decidedBy.includes("_TRACES_") ||
    (!isGrpc && otlp.tracesPath !== defaultTracesPath) ||
    leavesNoRoomForAll(env, protocol === undefined);
  const prefix = isForTraces ? `${prefixOfAll}TRACES_` : prefixOfAll;
  // The SDK appends the path only to the endpoint for all signals.
  const path = isForTraces && !isGrpc ? otlp.tracesPath : "";
  return [
    { name: `${prefix}ENDPOINT`, value: `http://127.0.0.1:${port}${path}` },
    ...(protocol === undefined ? [{ name: `${prefix}PROTOCOL`, value: isGrpc ? "grpc" : "http/protobuf" }] : []),
  ];
}

/**
 * Reports whether the variables for all signals can't be added: one of them has no value, or metrics or logs have
 * variables of their own. The variables for traces are used instead, which take precedence.
 */
function leavesNoRoomForAll({ variables }: ContainerEnv, addsProtocol: boolean): boolean {
  const added = [`${prefixOfAll}ENDPOINT`, ...(addsProtocol ? [`${prefixOfAll}PROTOCOL`] : [])];
  return [...variables.keys()].some((name) => added.includes(name) || otherSignalVariable.test(name));
}

/** Returns the variables that name the service and describe where it runs. What the user named is kept. */
function identityVariables(input: PresetInput): Mapping[] {
  const { env } = input;
  const identity = identityOf(input);
  if (identity === undefined) return [];
  const attributes = env.variables.get("OTEL_RESOURCE_ATTRIBUTES");
  const isNamed =
    env.variables.has("OTEL_SERVICE_NAME") ||
    // The value may be known only to the cluster.
    (attributes !== undefined && (attributes.value === undefined || namesService(attributes.value)));
  return [
    ...(isNamed ? [] : [{ name: "OTEL_SERVICE_NAME", value: escapeDollar(identity.serviceName) }]),
    ...(attributes === undefined ? resourceAttributes(input, identity.attributes) : []),
  ];
}

function namesService(resourceAttributes: string): boolean {
  return resourceAttributes.split(",").some((pair) => /^\s*service\.name\s*=\s*\S/.test(pair));
}

/**
 * Returns OTEL_RESOURCE_ATTRIBUTES. The variables that it refers to come first: `$(NAME)` is expanded from earlier
 * entries only.
 */
function resourceAttributes(input: PresetInput, attributes: { readonly [name: string]: string }): Mapping[] {
  const { env, container } = input;
  const names = new Set(env.variables.keys());
  // An entry of the app with the same field may come after ours, where `$(NAME)` isn't expanded from it.
  const pod = podVariable(unusedName("POD_NAME", names), "metadata.name");
  const namespace = podVariable(unusedName("POD_NAMESPACE", names), "metadata.namespace");
  const known = Object.entries(attributes).map(([name, value]) => [name, encode(value)]);
  const all: { readonly [name: string]: string } = {
    "service.namespace": `$(${namespace.name})`,
    "service.instance.id": `$(${namespace.name}).$(${pod.name}).${encode(container)}`,
    "k8s.namespace.name": `$(${namespace.name})`,
    "k8s.pod.name": `$(${pod.name})`,
    "k8s.container.name": encode(container),
    ...Object.fromEntries(known),
  };
  const value = Object.entries(all)
    .map(([name, text]) => `${name}=${text}`)
    .join(",");
  return [pod, namespace, { name: "OTEL_RESOURCE_ATTRIBUTES", value }];
}

/**
 * Percent-encodes a value for OTEL_RESOURCE_ATTRIBUTES: characters that aren't allowed in a baggage value
 * (opentelemetry-specification `resource/sdk.md`), and characters that an SDK or the kubelet would interpret.
 */
function encode(text: string): string {
  return text.replace(/[^\w.~!*'()/:@-]+/g, (part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, "\ufffd")));
}
