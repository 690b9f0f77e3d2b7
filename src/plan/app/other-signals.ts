import type { Signal } from "../../config/configuration";
import type { Mapping } from "../../yaml/value";
import { parseAddress, reachesAgent } from "../endpoint-address";
import type { ContainerEnv } from "./container-env";
import { configFileOf, exporterOf, firstSet, isOtlpExporter, type NamedVariable } from "./otlp-variables";
import type { AppContext } from "./preset";

/** A signal that an SDK exports to the agent, which rejects it. */
export interface RejectedSignal {
  readonly signal: Signal;
  /** Selects the SDK's exporters for the signal, such as `OTEL_METRICS_EXPORTER`. */
  readonly variable: string;
  /** The variable, if it selects OTLP. Undefined if it isn't set: then OTLP is the default. */
  readonly selectedBy: NamedVariable | undefined;
}

/** The signals other than traces, each with its part of a variable's name. */
const otherSignals = [
  { signal: "metrics", infix: "METRICS" },
  { signal: "logs", infix: "LOGS" },
] as const satisfies readonly { signal: Signal; infix: string }[];

/** A pod and its agent. */
type Pod = Pick<AppContext, "parts" | "workload">;

/**
 * Returns the metrics and logs that a container's OpenTelemetry SDK exports to the agent, if it exports them at all, and
 * that the agent rejects. Leaves out a signal whose exporter or endpoint isn't known.
 */
export function rejectedSignals(env: ContainerEnv, pod: Pod): RejectedSignal[] {
  const { otlp } = pod.parts;
  if (otlp === undefined) return [];
  if (configFileOf(env) !== undefined) return [];
  const disabled = firstSet(env, ["OTEL_SDK_DISABLED"]);
  if (disabled !== undefined && disabled.value?.toLowerCase() !== "false") return [];
  return otherSignals.flatMap(({ signal, infix }) => {
    if (otlp.signals.includes(signal)) return [];
    const variable = `OTEL_${infix}_EXPORTER`;
    const selectedBy = exporterOf(env, infix);
    if (selectedBy !== undefined && !selectedBy.exporters?.some(isOtlpExporter)) return [];
    const endpoint = firstSet(env, [`OTEL_EXPORTER_OTLP_${infix}_ENDPOINT`, "OTEL_EXPORTER_OTLP_ENDPOINT"]);
    // Without any setting, an SDK sends to localhost. The image can have settings that the input doesn't show.
    const isSent =
      endpoint === undefined ? selectedBy === undefined && env.unknownSources.length === 0 : isAgent(endpoint, pod);
    return isSent ? [{ signal, variable, selectedBy }] : [];
  });
}

/** Returns the variables that turn off signals that an SDK exports by default and the agent rejects. */
export function disabledExporters(env: ContainerEnv, pod: Pod): Mapping[] {
  return rejectedSignals(env, pod)
    .filter(({ variable }) => !env.variables.has(variable))
    .map(({ variable }) => ({ name: variable, value: "none" }));
}

/** Reports whether an endpoint is known to be the agent's. */
function isAgent({ value }: NamedVariable, { parts, workload }: Pod): boolean {
  const address = value === undefined ? undefined : parseAddress(value);
  if (address === undefined || !reachesAgent(address.host, workload.podSpec)) return false;
  return parts.ports.some(({ port }) => port === address.port);
}
