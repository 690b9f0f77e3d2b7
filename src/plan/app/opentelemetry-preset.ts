import { namesOf } from "../../kube/workload";
import { getString, type Mapping, type Value } from "../../yaml/value";
import type { OtlpReceiver } from "../agents/agent-type";
import { escapeDollar } from "../agents/escape-dollar";
import { isLoopback, parseAddress } from "../endpoint-address";
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

/** Variables that apply to metrics or logs alone. Those for traces are then set alone too. */
const otherSignalVariable = /^OTEL_EXPORTER_OTLP_(?:METRICS|LOGS)_(?:ENDPOINT|PROTOCOL|INSECURE)$/;

/** Variables that turn TLS off for gRPC. They show that an app uses gRPC without naming the protocol. */
const insecureVariables = ["OTEL_EXPORTER_OTLP_TRACES_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"];

/**
 * Returns the variables that set where and how an SDK exports (opentelemetry-specification `protocol/exporter.md`). An
 * endpoint or a protocol that is set is never replaced: the other one follows from it.
 */
function exporterVariables({ env, parts: { otlp } }: PresetInput): Mapping[] {
  if (otlp === undefined) return [];
  const endpoint = endpointOf(env);
  const protocol = protocolOf(env);
  const variables =
    endpoint === undefined
      ? destination(env, protocol, otlp)
      : protocol === undefined
        ? protocolOfEndpoint(endpoint, otlp)
        : [];
  return variables.filter(({ name }) => !env.variables.has(String(name)));
}

/** Returns the protocol that an endpoint implies: that of the agent's port. SDKs have different default protocols. */
function protocolOfEndpoint({ name, value }: NamedVariable, { grpcPort, httpPort }: OtlpReceiver): Mapping[] {
  const address = value === undefined ? undefined : parseAddress(value);
  if (address?.port === undefined || !isLoopback(address.host)) return [];
  const protocol = name.replace("ENDPOINT", "PROTOCOL");
  if (address.port === grpcPort) return [{ name: protocol, value: "grpc" }];
  return address.port === httpPort ? [{ name: protocol, value: "http/protobuf" }] : [];
}

/** Returns the agent's endpoint for a protocol, and the protocol if none is set. */
function destination(env: ContainerEnv, protocol: NamedVariable | undefined, otlp: OtlpReceiver): Mapping[] {
  // An endpoint for a protocol that only the cluster knows could be the wrong one.
  if (protocol !== undefined && protocol.value === undefined) return [];
  const forGrpc = insecureVariables.find((name) => env.variables.get(name)?.value?.toLowerCase() === "true");
  const isGrpc = protocol === undefined ? forGrpc !== undefined : protocol.value === "grpc";
  const port = isGrpc ? otlp.grpcPort : otlp.httpPort;
  if (port === undefined) return [];
  // A variable without a value can't be replaced, but that for traces takes precedence over it.
  const isEmpty = [`${prefixOfAll}ENDPOINT`, ...(protocol === undefined ? [`${prefixOfAll}PROTOCOL`] : [])];
  const isForTraces =
    (protocol?.name ?? forGrpc ?? "").includes("_TRACES_") ||
    [...env.variables.keys()].some((name) => isEmpty.includes(name) || otherSignalVariable.test(name));
  const prefix = isForTraces ? `${prefixOfAll}TRACES_` : prefixOfAll;
  // The SDK appends the path only to the endpoint for all signals.
  const path = isForTraces && !isGrpc ? otlp.tracesPath : "";
  return [
    { name: `${prefix}ENDPOINT`, value: `http://127.0.0.1:${port}${path}` },
    ...(protocol === undefined ? [{ name: `${prefix}PROTOCOL`, value: isGrpc ? "grpc" : "http/protobuf" }] : []),
  ];
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
  const { entries, env, container } = input;
  const pod = fieldVariable("POD_NAME", "metadata.name", entries, env);
  const namespace = fieldVariable("POD_NAMESPACE", "metadata.namespace", entries, env);
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
  return [...pod.added, ...namespace.added, { name: "OTEL_RESOURCE_ATTRIBUTES", value }];
}

/**
 * Encodes a value for OTEL_RESOURCE_ATTRIBUTES: what isn't allowed in a baggage value is percent-encoded
 * (opentelemetry-specification `resource/sdk.md`), and what an SDK or the kubelet would decode otherwise.
 */
function encode(text: string): string {
  return text.replace(/[^\w.~!*'()/:@-]+/g, (part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, "\ufffd")));
}

/** Returns a variable with the value of a pod's field: an existing one, or a new one with a name that isn't in use. */
function fieldVariable(
  preferredName: string,
  fieldPath: string,
  entries: readonly Value[],
  { variables }: ContainerEnv,
): { readonly name: string; readonly added: readonly Mapping[] } {
  const names = namesOf(entries);
  const existing = entries.find(
    (entry) =>
      getString(entry, "valueFrom", "fieldRef", "fieldPath") === fieldPath &&
      // If a name is duplicated, the last entry applies, so this one may not.
      names.filter((name) => name === getString(entry, "name")).length === 1,
  );
  const existingName = getString(existing, "name");
  if (existingName !== undefined) return { name: existingName, added: [] };
  const name = unusedName(preferredName, new Set(variables.keys()));
  return { name, added: [podVariable(name, fieldPath)] };
}
