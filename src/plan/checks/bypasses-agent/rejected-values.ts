import type { ContainerEnv } from "../../app/container-env";
import {
  exporterOf,
  firstSet,
  isOtlpExporter,
  type NamedVariable,
  protocolOf,
  type SignalInfix,
  signalInfixes,
  title,
  transportOf,
} from "../../app/otlp-variables";
import type { Problem, ProblemInput } from "./problem";

/*
 * Values that some SDKs reject. Such an SDK then exports no spans at all, even if the value is about metrics or logs alone.
 * `test/sdk/` shows it with the real SDKs. The Java SDK's rules are in its `OtlpConfigUtil.java`,
 * `SpanExporterConfiguration.java` and `DefaultConfigProperties.java`, the Python SDK's in `sdk/_configuration/__init__.py`.
 */

/** A value that some SDKs reject. */
interface Rejection extends Pick<Problem, "variable" | "advice"> {
  /** The SDKs, after `exports no spans with`. */
  readonly sdks: string;
  /** What is wrong with the value. Follows the variable's name. */
  readonly reason: string;
}

const java = "the Java SDK";
const python = "the Python SDK";
const several = "some SDKs, such as the Java SDK";

const rules: readonly ((env: ContainerEnv) => readonly Rejection[])[] = [
  emptyInJava,
  emptyInPython,
  unknownProtocol,
  noneNextToOthers,
  malformedPairs,
  ratioOutOfRange,
];

/** Returns the variables with values that some OpenTelemetry SDKs reject. Each variable is reported once. */
export function rejectedValueProblems({ env, parts }: ProblemInput): readonly Problem[] {
  if (parts.otlp === undefined) return [];
  const all = rules.flatMap((rule) => rule(env));
  const isFirst = ({ variable }: Rejection, index: number) =>
    all.findIndex((other) => other.variable.name === variable.name) === index;
  return all.filter(isFirst).map(({ variable, sdks, reason, advice }) => ({
    variable,
    problem: `exports no spans with ${sdks}: ${title(variable)} ${reason}`,
    advice,
  }));
}

/** The settings of an exporter that the Java SDK doesn't treat as unset if they are empty. */
const javaSettings = ["ENDPOINT", "PROTOCOL", "CERTIFICATE", "CLIENT_KEY", "CLIENT_CERTIFICATE", "COMPRESSION"];

function emptyInJava(env: ContainerEnv): readonly Rejection[] {
  const settings = exportedSignals(env).flatMap((signal) =>
    javaSettings.map((setting) => settingOf(env, signal, setting)),
  );
  return whereEmpty([...settings, named(env, "OTEL_TRACES_SAMPLER")], java);
}

/** The settings of gRPC's exporter that the Python SDK doesn't treat as unset if they are empty. */
const pythonSettings = ["INSECURE", "TIMEOUT", "COMPRESSION"];

function emptyInPython(env: ContainerEnv): readonly Rejection[] {
  const settings =
    protocolOf(env)?.value === "grpc" ? pythonSettings.map((setting) => settingOf(env, "TRACES", setting)) : [];
  return whereEmpty([...settings, named(env, "OTEL_TRACES_EXPORTER")], python);
}

function whereEmpty(variables: readonly (NamedVariable | undefined)[], sdks: string): readonly Rejection[] {
  return variables.flatMap((variable) =>
    variable?.value === "" ? [{ variable, sdks, reason: "is empty", advice: "Remove the variable" }] : [],
  );
}

function unknownProtocol(env: ContainerEnv): readonly Rejection[] {
  return exportedSignals(env).flatMap((signal) => {
    const variable = protocolOf(env, signal);
    if (variable?.value === undefined || transportOf(variable.value) !== undefined) return [];
    const reason = "must be exactly grpc, http/protobuf, or http/json";
    return [{ variable, sdks: several, reason, advice: "Change the value" }];
  });
}

function noneNextToOthers(env: ContainerEnv): readonly Rejection[] {
  return exportedSignals(env).flatMap((signal) => {
    const variable = exporterOf(env, signal);
    if (variable?.exporters?.includes("none") !== true) return [];
    return [{ variable, sdks: several, reason: "contains none in addition to otlp", advice: "Remove none from it" }];
  });
}

/** Lists of `name=value` pairs. */
function malformedPairs(env: ContainerEnv): readonly Rejection[] {
  const headers = exportedSignals(env).map((signal) => [`${prefix}${signal}_HEADERS`, `${prefix}HEADERS`]);
  return [["OTEL_RESOURCE_ATTRIBUTES"], ...headers].flatMap((names) => {
    const variable = firstSet(env, names);
    const pairs = (variable?.value ?? "").split(",").map((pair) => pair.trim());
    if (variable === undefined || pairs.every((pair) => pair === "" || /^[^=]+=/.test(pair))) return [];
    const reason = "has an entry that isn't of the form name=value";
    return [{ variable, sdks: java, reason, advice: "Correct the entry" }];
  });
}

function ratioOutOfRange(env: ContainerEnv): readonly Rejection[] {
  const sampler = firstSet(env, ["OTEL_TRACES_SAMPLER"])?.value;
  const variable = firstSet(env, ["OTEL_TRACES_SAMPLER_ARG"]);
  if (variable?.value === undefined || !/^(?:parentbased_)?traceidratio$/.test(sampler ?? "")) return [];
  // Java's numbers can have a suffix.
  const ratio = Number(variable.value.trim().replace(/[df]$/i, ""));
  if (ratio >= 0 && ratio <= 1) return [];
  return [{ variable, sdks: java, reason: "must be a number from 0 to 1", advice: "Change the value" }];
}

const prefix = "OTEL_EXPORTER_OTLP_";

/** Returns the signals that an SDK exports by OTLP, which is the default, as far as the input shows it. */
function exportedSignals(env: ContainerEnv): readonly SignalInfix[] {
  return signalInfixes.filter((signal) => {
    const exporter = exporterOf(env, signal);
    if (exporter !== undefined) return exporter.exporters?.some(isOtlpExporter) ?? false;
    // A source that isn't in the input can turn the other signals off.
    return signal === "TRACES" || env.unknownSources.length === 0;
  });
}

/** Returns the variable that decides a setting for a signal: even without a value, its own takes precedence. */
function settingOf(env: ContainerEnv, signal: SignalInfix, setting: string): NamedVariable | undefined {
  return named(env, `${prefix}${signal}_${setting}`) ?? named(env, `${prefix}${setting}`);
}

function named({ variables }: ContainerEnv, name: string): NamedVariable | undefined {
  const variable = variables.get(name);
  return variable === undefined ? undefined : { ...variable, name };
}
