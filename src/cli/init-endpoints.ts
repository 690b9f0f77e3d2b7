import { type ContainerEnv, isAddressField } from "../plan/app/container-env";
import {
  configFileOf,
  endpointOf,
  exporterOf,
  firstSet,
  isOtlpExporter,
  type NamedVariable,
  protocolOf,
  transportOf,
} from "../plan/app/otlp-variables";
import { isIp, isLoopback, parseAddress, reachesAgent, splitScheme } from "../plan/endpoint-address";
import type { Value } from "../yaml/value";

/** An address outside the pod that an app sends its spans to, as its environment variables show it. */
export interface AppEndpoint {
  /** The name of the variable. */
  readonly variable: string;
  /** In lowercase, without brackets for IPv6. */
  readonly host: string;
  readonly port?: number;
  /** `http` or `https`, if the value has it. */
  readonly scheme?: string;
  /** What the app uses to send OTLP. Undefined if the variables don't show it. */
  readonly transport?: "gRPC" | "HTTP";
  /** True if the app sends headers too, such as an API key. */
  readonly hasHeaders?: true;
}

const headerVariables = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];

/** Returns the addresses that a container sends spans to. Those in the pod or on its node are left out. */
export function appEndpoints(env: ContainerEnv, podSpec: Value): readonly AppEndpoint[] {
  const transport = transportOf(protocolOf(env)?.value);
  const hasHeaders = firstSet(env, headerVariables) !== undefined;
  const otlp = sendsOtlp(env) ? toEndpoint(endpointOf(env), podSpec) : [];
  const jaeger = ["OTEL_EXPORTER_JAEGER_ENDPOINT", "JAEGER_ENDPOINT"].flatMap((name) =>
    toEndpoint(firstSet(env, [name]), podSpec),
  );
  return [
    ...otlp.map((endpoint) => ({
      ...endpoint,
      ...(transport === undefined ? {} : { transport }),
      ...(hasHeaders ? { hasHeaders } : {}),
    })),
    ...jaeger,
  ];
}

function sendsOtlp(env: ContainerEnv): boolean {
  return configFileOf(env) === undefined && (exporterOf(env)?.exporters?.some(isOtlpExporter) ?? true);
}

function toEndpoint(variable: NamedVariable | undefined, podSpec: Value): AppEndpoint[] {
  // What is in a Secret isn't copied.
  if (variable?.value === undefined || variable.source?.startsWith("Secret ")) return [];
  const address = parseAddress(variable.value);
  if (address === undefined || !isHost(address.host)) return [];
  if (isLoopback(address.host) || reachesAgent(address.host, podSpec)) return [];
  const { scheme } = splitScheme(variable.value.trim());
  return [{ variable: variable.name, ...address, ...(scheme === undefined ? {} : { scheme }) }];
}

/** Reports whether a text is a name or an IP address, and not a variable or a field of the pod. */
function isHost(host: string): boolean {
  return (/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(host) || isIp(host)) && !isAddressField(host);
}
