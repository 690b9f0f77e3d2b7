import { inTemplate } from "../../kube/workload";
import { getString, type Value } from "../../yaml/value";
import { appContainers, type Check, type CheckContext, warning } from "./check";
import { aliasesOf, isLoopback, parseAddress } from "./endpoint-address";
import { resolveEnv } from "./env-values";

type Environment = ReadonlyMap<string, string | undefined>;

/** The variables that set where an SDK sends spans, and the advice if one of them points outside the pod. */
const variables = [
  { names: ["JAEGER_AGENT_HOST"], advice: "Remove the variable or set it to 127.0.0.1" },
  // It takes precedence over the agent's address (jaeger-client-go `config/config_env.go`).
  { names: ["JAEGER_ENDPOINT"], advice: "Remove the variable, so that the SDK sends to the agent" },
  {
    names: ["OTEL_EXPORTER_JAEGER_AGENT_HOST"],
    exporter: "jaeger",
    advice: "Remove the variable or set it to 127.0.0.1",
  },
  // The variable for traces takes precedence (opentelemetry-specification `protocol/exporter.md`).
  { names: ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"], exporter: "otlp" },
] as const satisfies readonly { names: readonly string[]; exporter?: string; advice?: string }[];

const names: ReadonlySet<string> = new Set(variables.flatMap((variable): readonly string[] => variable.names));

/** Warns if the app doesn't send its spans to the agent's loopback address. The message never contains a value. */
export const bypassesAgent: Check = (context) =>
  appContainers(context).flatMap(({ name: container, env }) => {
    if (!env.some((entry) => names.has(getString(entry, "name") ?? ""))) return [];
    const values = resolveEnv(env);
    return variables.flatMap((variable) => {
      const name = variable.names.find((candidate) => values.get(candidate) !== "" && values.has(candidate));
      if (name === undefined || ("exporter" in variable && !mayUseExporter(variable.exporter, values))) return [];
      if (!leavesPod(values.get(name), context.workload.podSpec)) return [];
      const path = inTemplate(context.workload, `spec.containers[${container}].env`);
      const advice = "advice" in variable ? variable.advice : otlpAdvice(context);
      const message = `Container "${container}" bypasses the agent, which listens only on 127.0.0.1: ${name} points elsewhere. ${advice}.`;
      return [warning(context, "warn-bypasses-agent", path, message)];
    });
  });

/** Reports whether OpenTelemetry's SDK uses an exporter, as far as the variables show. The default is otlp. */
function mayUseExporter(exporter: string, values: Environment): boolean {
  if (values.get("OTEL_SDK_DISABLED")?.toLowerCase() === "true") return false;
  if (!values.has("OTEL_TRACES_EXPORTER")) return true;
  return (values.get("OTEL_TRACES_EXPORTER")?.split(",") ?? []).some((entry) => entry.trim() === exporter);
}

/** Reports whether an address is known to be outside the pod. */
function leavesPod(value: string | undefined, podSpec: Value): boolean {
  const host = value === undefined ? undefined : parseAddress(value.trim())?.host;
  if (host === undefined || isLoopback(host)) return false;
  return !aliasesOf(podSpec).some(({ name, ip }) => name === host && isLoopback(ip));
}

function otlpAdvice({ parts }: CheckContext): string {
  return parts.ports.some(({ port }) => port === 4317 || port === 4318)
    ? "Remove the variable or change its host to 127.0.0.1"
    : "This agent doesn't accept OTLP. Send spans to 127.0.0.1 with Jaeger's own protocol, or exclude the workload with spec.selector of the configuration";
}
