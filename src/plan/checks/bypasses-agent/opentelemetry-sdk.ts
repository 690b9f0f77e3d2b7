import { configFileOf, exporterOf, firstSet, isOtlpExporter, title } from "../../app/otlp-variables";
import { otlpEndpointProblems } from "./otlp-endpoint";
import { otlpProtocolProblems } from "./otlp-protocol";
import { outsideProblem, type Problem, type ProblemInput, removeOrUseLoopback } from "./problem";
import { rejectedValueProblems } from "./rejected-values";

/** Returns what keeps the spans of an OpenTelemetry SDK from the agent. */
export function openTelemetryProblems(input: ProblemInput): readonly Problem[] {
  const { env, parts } = input;
  // SDKs then ignore the other variables, and the file can contain any endpoint.
  if (configFileOf(env) !== undefined) return [];
  const off = isDisabled(input) ?? samplesNothing(input);
  if (off !== undefined) return parts.otlp === undefined ? [] : [off];
  const exporter = exporterOf(env);
  /** Reports whether a selected exporter matches. Undefined if none is selected, or if the value isn't known. */
  const uses = (matches: (name: string) => boolean) => exporter?.exporters?.some(matches);
  const usesOtlp = uses(isOtlpExporter);
  const usesJaeger = uses(named("jaeger"));
  return [
    ...exporterProblem(exporter, input),
    ...((usesOtlp ?? true) ? [...otlpEndpointProblems(input), ...otlpProtocolProblems(input)] : []),
    ...rejectedValueProblems(input),
    ...((usesJaeger ?? true) ? outsideProblem(input, ["OTEL_EXPORTER_JAEGER_AGENT_HOST"], removeOrUseLoopback) : []),
    ...(usesJaeger ? outsideProblem(input, ["OTEL_EXPORTER_JAEGER_ENDPOINT"], useOtlp) : []),
    ...(uses(named("zipkin")) ? outsideProblem(input, ["OTEL_EXPORTER_ZIPKIN_ENDPOINT"], useOtlp) : []),
  ];
}

const named = (wanted: string) => (name: string) => name === wanted;

const useOtlp = "Remove the variable, and set OTEL_TRACES_EXPORTER to otlp";

function isDisabled({ env }: ProblemInput): Problem | undefined {
  const variable = firstSet(env, ["OTEL_SDK_DISABLED"]);
  if (variable?.value?.toLowerCase() !== "true") return undefined;
  return { variable, problem: `sends no spans: ${title(variable)} is true`, advice: "Remove the variable" };
}

/**
 * A sampler that drops every span. Those whose name starts with `parentbased_` aren't reported: they keep the spans of a
 * trace that another service sampled. Only exact names are known to every SDK.
 */
function samplesNothing({ env }: ProblemInput): Problem | undefined {
  const variable = firstSet(env, ["OTEL_TRACES_SAMPLER"]);
  const argument = firstSet(env, ["OTEL_TRACES_SAMPLER_ARG"])?.value?.trim();
  const isOff =
    variable?.value === "always_off" || (variable?.value === "traceidratio" && /^0+(?:\.0*)?$/.test(argument ?? ""));
  if (variable === undefined || !isOff) return undefined;
  const problem = `sends no spans: ${title(variable)} selects a sampler that drops all of them`;
  return { variable, problem, advice: "Remove the variable" };
}

/** Exporters for Jaeger's own protocol, which agents accept by UDP. */
const sendsByUdp: ReadonlySet<string> = new Set(["jaeger"]);

/** Exporters that send nothing. */
const staysInProcess: ReadonlySet<string> = new Set(["none", "console", "logging"]);

/** A list of exporters, of which none reaches the agent: not by OTLP, UDP or a receiver that the user added. */
function exporterProblem(
  exporter: ReturnType<typeof exporterOf>,
  { parts: { otlp, ports, hasOtherPorts } }: ProblemInput,
): readonly Problem[] {
  if (exporter?.exporters === undefined || otlp === undefined) return [];
  const reaches = (name: string) =>
    isOtlpExporter(name) ||
    (sendsByUdp.has(name) && ports.some(({ protocol }) => protocol === "UDP")) ||
    (hasOtherPorts === true && !staysInProcess.has(name));
  if (exporter.exporters.some(reaches)) return [];
  const problem = `doesn't send its spans to the agent: ${title(exporter)} doesn't include otlp`;
  return [{ variable: exporter, problem, advice: "Remove the variable or add otlp to it" }];
}
