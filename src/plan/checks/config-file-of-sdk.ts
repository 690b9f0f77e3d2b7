import { configFileOf, title } from "../app/otlp-variables";
import { type Check, notice, variableField } from "./check";

/**
 * Reports a container whose OpenTelemetry SDK reads its whole configuration from a file. What the file contains isn't
 * known, and not every SDK supports it.
 */
export const configFileOfSdk: Check = (context) =>
  context.appContainers.flatMap((container) => {
    const variable = configFileOf(container.env);
    const port = context.parts.otlp?.httpPort ?? context.parts.otlp?.grpcPort;
    if (variable === undefined || port === undefined) return [];
    const message = `Container "${container.name}" configures its SDK with a file (${title(variable)}). An SDK that supports this ignores other variables, such as those of spec.app. Make sure that the exporter in the file sends spans to 127.0.0.1:${port}.`;
    return [notice(context, "notice-sdk-config-file", variableField(context, container, variable), message)];
  });
