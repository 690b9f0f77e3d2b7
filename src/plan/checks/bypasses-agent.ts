import { inTemplate } from "../../kube/workload";
import { getString, type Value } from "../../yaml/value";
import { appContainers, type Check, type CheckContext, warning } from "./check";
import { aliasesOf, isLoopback, parseAddress } from "./endpoint-address";
import { resolveEnv } from "./env-values";

type Environment = ReadonlyMap<string, string | undefined>;

/** The variables that set where an SDK sends spans, and the advice if one of them points outside the pod. */
const variables = [
  { names: ["JAEGER_AGENT_HOST"], advice: "it must be 127.0.0.1, or absent" },
  // It takes precedence over the agent's address (jaeger-client-go `config/config_env.go`).
  { names: ["JAEGER_ENDPOINT"], advice: "it must be absent, so that the SDK sends to the agent" },
  { names: ["OTEL_EXPORTER_JAEGER_AGENT_HOST"], exporter: "jaeger", advice: "it must be 127.0.0.1, or absent" },
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
      const message = `The container "${container}" sends its spans past the agent: ${name} names another place than the pod's loopback address, where alone the agent listens; ${advice}.`;
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
    ? "it must name 127.0.0.1, or be absent"
    : "this agent takes no OTLP, so the app must send by Jaeger's own protocol to 127.0.0.1, or spec.selector of the configuration must leave the workload out";
}
