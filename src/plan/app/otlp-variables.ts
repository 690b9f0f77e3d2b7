import type { ContainerEnv, Variable } from "./container-env";

/** A variable that is set, with its name. */
export interface NamedVariable extends Variable {
  readonly name: string;
}

/** The signals, as the names of variables have them: `OTEL_TRACES_EXPORTER`. */
export const signalInfixes = ["TRACES", "METRICS", "LOGS"] as const;

/** A signal, as the names of variables have it. */
export type SignalInfix = (typeof signalInfixes)[number];

/**
 * Returns the variable that names a file with the SDK's whole configuration (opentelemetry-specification
 * `configuration/sdk-environment-variables.md`, "Declarative configuration"); undefined if none does. SDKs that support it
 * then ignore the other variables.
 */
export function configFileOf(env: ContainerEnv): NamedVariable | undefined {
  return firstSet(env, ["OTEL_CONFIG_FILE", "OTEL_EXPERIMENTAL_CONFIG_FILE"]);
}

/** Returns the variable that sets where an SDK exports spans; undefined if none does. */
export function endpointOf(env: ContainerEnv): NamedVariable | undefined {
  return firstSet(env, ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]);
}

/** The Python SDK's span exporters that always use one protocol, regardless of the variables that set the protocol. */
const exporterProtocols: ReadonlyMap<string, string> = new Map([
  ["otlp_proto_grpc", "grpc"],
  ["otlp_proto_http", "http/protobuf"],
]);

/**
 * Returns the variable that sets the protocol of spans, or of another signal, with the protocol as its value; undefined if
 * none does.
 */
export function protocolOf(env: ContainerEnv, signal: SignalInfix = "TRACES"): NamedVariable | undefined {
  const exporter = exporterOf(env, signal);
  const protocol = exporter?.exporters?.map((name) => exporterProtocols.get(name)).find((found) => found !== undefined);
  if (exporter !== undefined && protocol !== undefined) return { ...exporter, value: protocol };
  return firstSet(env, [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, "OTEL_EXPORTER_OTLP_PROTOCOL"]);
}

const transports: ReadonlyMap<string | undefined, "gRPC" | "HTTP"> = new Map([
  ["grpc", "gRPC"],
  ["http/protobuf", "HTTP"],
  ["http/json", "HTTP"],
]);

/** Returns what a protocol uses to send OTLP; undefined if it isn't known, or isn't one (`protocol/exporter.md`). */
export function transportOf(protocol: string | undefined): "gRPC" | "HTTP" | undefined {
  return transports.get(protocol);
}

/** Returns the variable that selects the exporters of a signal, with their names; undefined if it isn't set. */
export function exporterOf(
  env: ContainerEnv,
  signal: SignalInfix = "TRACES",
): (NamedVariable & { readonly exporters?: readonly string[] }) | undefined {
  const variable = firstSet(env, [`OTEL_${signal}_EXPORTER`]);
  if (variable?.value === undefined) return variable;
  return { ...variable, exporters: variable.value.split(",").map((exporter) => exporter.trim()) };
}

/** Reports whether an exporter, by its name in such a variable, sends OTLP. */
export function isOtlpExporter(name: string): boolean {
  return name === "otlp" || exporterProtocols.has(name);
}

/**
 * Returns the first of some variables that is set. Without a value, a variable counts as not set
 * (opentelemetry-specification `configuration/sdk-environment-variables.md`).
 */
export function firstSet({ variables }: ContainerEnv, names: readonly string[]): NamedVariable | undefined {
  for (const name of names) {
    const variable = variables.get(name);
    if (variable !== undefined && variable.value !== "") return { ...variable, name };
  }
  return undefined;
}

/** Returns a variable's name for messages, with the object that it comes from. */
export function title({ name, source }: NamedVariable): string {
  return source === undefined ? name : `${name} (from ${source})`;
}
