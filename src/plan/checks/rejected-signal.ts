import { rejectedSignals } from "../app/other-signals";
import { title } from "../app/otlp-variables";
import { type Check, variableField, warning } from "./check";

/** Warns if a variable makes an SDK export metrics or logs to the agent, which doesn't forward them. */
export const rejectedSignal: Check = (context) =>
  context.appContainers.flatMap((container) =>
    rejectedSignals(container.env, context).flatMap(({ signal, selectedBy }) => {
      if (selectedBy === undefined) return [];
      const message = `Container "${container.name}" exports ${signal} to the agent, which doesn't forward them: ${title(selectedBy)} selects OTLP. Add "${signal}" to spec.agent.signals in the configuration, or set the variable to "none".`;
      const field = variableField(context, container, selectedBy);
      return [warning(context, "warn-signal-rejected", field, message)];
    }),
  );
