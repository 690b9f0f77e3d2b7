import { configFileOf, endpointOf, exporterOf, isOtlpExporter, protocolOf, title } from "../app/otlp-variables";
import { type Check, notice, variableField } from "./check";

/**
 * Reports a container that gets no endpoint from the preset `opentelemetry`, because only the cluster knows the protocol:
 * it comes from a Secret, whose values aren't read, or from a ConfigMap that isn't in the input.
 */
export const unknownProtocol: Check = (context) => {
  const { otlp } = context.parts;
  if (otlp === undefined || !context.configuration.app.presets.includes("opentelemetry")) return [];
  return context.appContainers.flatMap((container) => {
    const { env, name } = container;
    const protocol = protocolOf(env);
    if (protocol === undefined || protocol.value !== undefined || endpointOf(env) !== undefined) return [];
    const exporters = exporterOf(env)?.exporters ?? ["otlp"];
    if (!exporters.some(isOtlpExporter) || configFileOf(env) !== undefined) return [];
    const endpoints = [
      ...(otlp.grpcPort === undefined ? [] : [`"http://127.0.0.1:${otlp.grpcPort}" for gRPC`]),
      ...(otlp.httpPort === undefined ? [] : [`"http://127.0.0.1:${otlp.httpPort}${otlp.tracesPath}" for HTTP`]),
    ];
    const message = `Container "${name}" gets no endpoint for its spans, because the value of ${title(protocol)} isn't known. Set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT to ${endpoints.join(", or to ")}.`;
    return [notice(context, "notice-protocol-unknown", variableField(context, container, protocol), message)];
  });
};
