import type { AppContainer } from "../app/app-env";
import { configFileOf, endpointOf, exporterOf, isOtlpExporter } from "../app/otlp-variables";
import { parseAddress, reachesAgent } from "../endpoint-address";
import { type Check, type CheckContext, warning } from "./check";

const field = "spec.agent.config";

/**
 * Warns if `spec.agent.config` leaves the agent without a receiver for an app's spans: the one that the app sends to is in
 * no traces pipeline, or the preset `opentelemetry` finds no port without TLS. It is the same for all workloads, so it
 * is reported once.
 */
export const agentRejectsSpans: Check = (context) => {
  const reasons = new Set(context.appContainers.flatMap((container) => reasonFor(container, context) ?? []));
  return [...reasons].map((reason) => ({
    ...warning(context, "warn-agent-rejects-spans", undefined, reason),
    configField: { path: field },
    cause: field,
  }));
};

function reasonFor({ env }: AppContainer, context: CheckContext): string | undefined {
  const { parts, configuration } = context;
  const exporter = exporterOf(env);
  const sendsOtlp = exporter === undefined || exporter.exporters?.some(isOtlpExporter) === true;
  if (!sendsOtlp || configFileOf(env) !== undefined) return undefined;
  const endpoint = endpointOf(env);
  if (endpoint !== undefined) {
    const isRejected = isOtlpReceiver(endpoint.value, context) && parts.otlp?.signals.includes("traces") === false;
    return isRejected
      ? `The agent rejects spans sent over OTLP: its receiver "otlp" isn't in a traces pipeline. Add it to service.pipelines.traces.receivers.`
      : undefined;
  }
  const lacksPort = configuration.app.presets.includes("opentelemetry") && parts.otlp === undefined;
  return lacksPort && env.unknownSources.length === 0
    ? `The preset "opentelemetry" adds no endpoint: the agent's receiver "otlp" has no port that accepts spans without TLS. Remove tls from the receiver, or set the endpoint in spec.app.env.`
    : undefined;
}

/** Reports whether an endpoint is a port of the agent for OTLP. */
function isOtlpReceiver(endpoint: string | undefined, { parts: { otlp }, workload }: CheckContext): boolean {
  const address = endpoint === undefined ? undefined : parseAddress(endpoint);
  if (address?.port === undefined || !reachesAgent(address.host, workload.podSpec)) return false;
  return address.port === otlp?.grpcPort || address.port === otlp?.httpPort;
}
