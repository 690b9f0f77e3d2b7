import type { AgentConfiguration } from "../../../config/configuration";
import { formatPath } from "../../../config/json-path";
import type { Finding } from "../../../kube/finding";
import { get, getList, getMapping, isMapping, type Mapping, type Value } from "../../../yaml/value";
import { invalid } from "../image-version";
import { exporterName } from "./exporter";
import type { OtelcolVersion } from "./version";

/**
 * Reports why the Collector would not start with a configuration, as far as `spec.agent.config` decides it
 * (opentelemetry-collector `otelcol/config.go`, `exporter/exporterhelper/internal/queuebatch/config.go`). Settings that
 * only a component knows aren't checked.
 *
 * @param config the configuration, after `spec.agent.config` was merged.
 */
export function configProblems(config: Mapping, agent: AgentConfiguration, version: OtelcolVersion): Finding[] {
  if (mergesMoreConfig(agent)) return [];
  const name = exporterName(agent, version);
  const pipelines = get(config, "service", "pipelines") ?? {};
  const hasNoPipeline = isMapping(pipelines) && Object.keys(pipelines).length === 0;
  return [
    ...(hasNoPipeline
      ? [problem(["service", "pipelines"], "must have a pipeline, or the Collector doesn't start.")]
      : []),
    ...referenceProblems(config, name),
    ...endpointProblems(getMapping(config, "exporters"), name),
    ...queueProblems(get(config, "exporters", name, "sending_queue"), ["exporters", name, "sending_queue"]),
  ];
}

/** Reports whether arguments merge more configuration over that of the function. */
export function mergesMoreConfig(agent: AgentConfiguration): boolean {
  return agent.args.some((arg) => /^--?(?:config|set)\b/.test(arg));
}

function problem(path: readonly string[], message: string): Finding {
  return invalid(formatPath(["spec", "agent", "config", ...path]), message).finding;
}

/** The parts of a pipeline. A connector is an exporter of one pipeline and a receiver of another. */
const pipelineParts = [
  { part: "receivers", sections: ["receivers", "connectors"] },
  { part: "processors", sections: ["processors"] },
  { part: "exporters", sections: ["exporters", "connectors"] },
] as const;

/** Finds references to components that aren't configured. */
function referenceProblems(config: Mapping, ownExporter: string): Finding[] {
  const check = (path: readonly string[], sections: readonly string[]) => {
    // A section can be a text such as `${file:exporters.yaml}`.
    if (sections.some((section) => typeof get(config, section) === "string")) return [];
    const missing = getList(config, ...path).filter(
      (name) => typeof name === "string" && !name.includes("$") && !sections.some((one) => isKey(config, one, name)),
    );
    return missing.map((name) => problem(path, missingComponent(String(name), sections[0] as string, ownExporter)));
  };
  return [
    ...check(["service", "extensions"], ["extensions"]),
    ...Object.keys(getMapping(config, "service", "pipelines")).flatMap((pipeline) =>
      pipelineParts.flatMap(({ part, sections }) => check(["service", "pipelines", pipeline, part], sections)),
    ),
  ];
}

function isKey(config: Mapping, section: string, name: string): boolean {
  return Object.hasOwn(getMapping(config, section), name);
}

function missingComponent(name: string, section: string, ownExporter: string): string {
  const missing = `"${name}" isn't in ${section}, so the Collector doesn't start.`;
  return section === "exporters" && isOtlp(name) && name !== ownExporter
    ? `${missing} ${exporterHint(ownExporter)}`
    : `${missing} Add it there, with \`{}\` if it has no settings, or set this list without it. Null removes a component.`;
}

function exporterHint(ownExporter: string): string {
  return `The exporter that sends to spec.collector.endpoint is called ${ownExporter}.`;
}

/** The names of the exporters for OTLP, of all versions. */
const otlpExporters = new Set(["otlp", "otlp_grpc", "otlphttp", "otlp_http"]);

function isOtlp(name: string): boolean {
  return otlpExporters.has(typeOf(name));
}

/** Returns the type of a component: `otlp_grpc` of `otlp_grpc/backup`. */
function typeOf(name: string): string {
  return name.split("/", 1)[0] as string;
}

/** Finds OTLP exporters without an endpoint, such as settings under a name that another version uses. */
function endpointProblems(exporters: Mapping, ownExporter: string): Finding[] {
  return Object.entries(exporters)
    .filter(([name, settings]) => isOtlp(name) && isMapping(settings) && !hasEndpoint(settings))
    .map(([name]) =>
      problem(
        ["exporters", name],
        `has no endpoint, so the Collector doesn't start. Add one. ${exporterHint(ownExporter)}`,
      ),
    );
}

function hasEndpoint(settings: Mapping): boolean {
  return Object.keys(settings).some((key) => key === "endpoint" || key.endsWith("_endpoint"));
}

function queueProblems(queue: Value | undefined, path: readonly string[]): Finding[] {
  if (get(queue, "enabled") === false) return [];
  const size = numberAt(queue, "queue_size");
  const least = numberAt(queue, "batch", "min_size");
  const most = numberAt(queue, "batch", "max_size");
  const sizer = get(queue, "sizer");
  const hasOneSizer = sizer !== undefined && sizer === get(queue, "batch", "sizer");
  const problems: string[] = [];
  if (size !== undefined && size <= 0) problems.push("queue_size must be greater than 0.");
  else if (size !== undefined && least !== undefined && hasOneSizer && size < least)
    problems.push(
      `queue_size, ${size}, must be at least batch.min_size, ${least}. Both are in ${sizer}, which \`sizer\` and \`batch.sizer\` set.`,
    );
  if (least !== undefined && most !== undefined && most > 0 && most < least)
    problems.push(`batch.max_size, ${most}, must be at least batch.min_size, ${least}.`);
  return problems.map((message) => problem(path, message));
}

function numberAt(value: Value | undefined, ...path: readonly string[]): number | undefined {
  const found = get(value, ...path);
  return typeof found === "number" ? found : undefined;
}
