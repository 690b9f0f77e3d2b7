import type { ContainerEnv, Variable } from "./container-env";

/** A variable that is set, with its name. */
export interface NamedVariable extends Variable {
  readonly name: string;
}

/** Returns the variable that sets where an SDK exports spans; undefined if none does. */
export function endpointOf(env: ContainerEnv): NamedVariable | undefined {
  return firstSet(env, ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]);
}

/** Returns the variable that sets the protocol of spans; undefined if none does. */
export function protocolOf(env: ContainerEnv): NamedVariable | undefined {
  return firstSet(env, ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]);
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
