import { inTemplate } from "../../kube/workload";
import { rejectedSignals } from "../app/other-signals";
import { title } from "../app/otlp-variables";
import { type Check, warning } from "./check";

/** Warns if a variable makes an SDK export metrics or logs to the agent, which doesn't forward them. */
export const rejectedSignal: Check = (context) =>
  context.appContainers.flatMap(({ name, env }) =>
    rejectedSignals(env, context.parts).flatMap(({ signal, selectedBy }) => {
      if (selectedBy === undefined) return [];
      const message = `Container "${name}" exports ${signal} to the agent, which doesn't forward them: ${title(selectedBy)} selects OTLP. Add "${signal}" to spec.agent.signals of the configuration, or set the variable to "none".`;
      const path = inTemplate(context.workload, `spec.containers[${name}].${selectedBy.field}`);
      return [warning(context, "warn-signal-rejected", path, message)];
    }),
  );
