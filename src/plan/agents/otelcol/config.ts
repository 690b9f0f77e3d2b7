import { printDocument } from "../../../yaml/print";
import { get, getList, getMapping, isMapping, type Mapping } from "../../../yaml/value";
import { mergePatch } from "../../merge-patch";
import type { AgentInput } from "../container-input";
import { escapeDollar } from "../escape-dollar";
import type { SourcedTag } from "../span-tags";
import { exporterName, exporterSettings, literal } from "./exporter";
import { defaultPortsOf } from "./ports";
import { signals } from "./signals";
import { textReference } from "./text-reference";
import { has, type OtelcolVersion } from "./version";

/**
 * Returns the Collector's configuration, escaped for the value of an env entry in the pod template: the Collector reads
 * what the kubelet expands from it. `spec.agent.config` is merged over the defaults.
 *
 * Spans are accepted only on the loopback address. Health and metrics are served on every address of the pod, because
 * the kubelet and Prometheus connect from outside.
 *
 * @param configuration the configuration with its templates expanded.
 */
export function collectorConfig(input: AgentInput, version: OtelcolVersion, tags: readonly SourcedTag[]): Mapping {
  const ports = defaultPortsOf(input.agent);
  const exporter = exporterName(input.agent, version);
  const userConfig = escapeUserConfig(input.agent.config ?? {});
  const usesBatchProcessor = !has(version, "batchingQueue") || mentionsBatchProcessor(userConfig);
  const forwarded = signals.filter((signal) => input.agent.signals?.includes(signal));
  const processors = {
    memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 },
    ...(tags.length === 0 ? {} : { resource: { attributes: tags.map((tag) => attribute(tag, version)) } }),
    ...(usesBatchProcessor ? { batch: batchSizes(userConfig) } : {}),
  };
  return mergePatch(
    {
      receivers: {
        otlp: { protocols: { grpc: loopback(ports.otlpGrpc), http: loopback(ports.otlpHttp) } },
        jaeger: {
          protocols: { thrift_compact: loopback(ports.jaegerCompact), thrift_binary: loopback(ports.jaegerBinary) },
        },
      },
      // The limiter must reject spans before anything stores them. Tags must be added before spans are batched.
      processors,
      exporters: {
        [exporter]: exporterSettings(input, version, !usesBatchProcessor),
      },
      extensions: { health_check: { endpoint: `:${ports.health}` } },
      service: {
        extensions: ["health_check"],
        pipelines: Object.fromEntries(
          forwarded.map((signal) => [
            signal,
            {
              // The Jaeger protocols have only spans.
              receivers: signal === "traces" ? ["otlp", "jaeger"] : ["otlp"],
              processors: Object.keys(processors),
              exporters: [exporter],
            },
          ]),
        ),
        telemetry: { metrics: metrics(version, ports.metrics) },
      },
    },
    userConfig,
  );
}

/**
 * Reports whether `spec.agent.config` configures the batch processor or has it in a pipeline. Then the exporter doesn't
 * create batches too: the Collector warns if both do.
 */
function mentionsBatchProcessor(userConfig: Mapping): boolean {
  const pipelines = get(userConfig, "service", "pipelines");
  return (
    isMapping(get(userConfig, "processors", "batch")) ||
    Object.values(isMapping(pipelines) ? pipelines : {}).some((one) => getList(one, "processors").includes("batch"))
  );
}

/**
 * Returns the sizes of the processor's batches, unless the user sets one of them. By default, a batch has 8192 spans or
 * more: enough of them at a time exceed the agent's memory limit when the collector is back, and a batch can exceed 4 MiB,
 * the largest message that gRPC accepts by default.
 */
function batchSizes(userConfig: Mapping): Mapping {
  const settings = getMapping(userConfig, "processors", "batch");
  const isSet = ["send_batch_size", "send_batch_max_size"].some((key) => Object.hasOwn(settings, key));
  return isSet ? {} : { send_batch_size: 2048, send_batch_max_size: 2048 };
}

function loopback(port: number): Mapping {
  return { endpoint: `127.0.0.1:${port}` };
}

/** An empty host means every address, both IPv4 and IPv6. */
function metrics(version: OtelcolVersion, port: number): Mapping {
  if (!has(version, "metricsReaders")) return { address: `:${port}` };
  // A configured reader has none of the defaults of the Collector's built-in reader.
  const names = { without_scope_info: true, without_type_suffix: true, without_units: true };
  return { readers: [{ pull: { exporter: { prometheus: { host: "", port, ...names } } } }] };
}

/** Sets a tag on every span, and overwrites an existing one. */
function attribute(tag: SourcedTag, version: OtelcolVersion): Mapping {
  return { key: literal(tag.key), value: sourceOf(tag, version), action: "upsert" };
}

/**
 * The kubelet's expansion of `$(NAME)` stays inside the quotes and is always a string. It is safe only for fields without
 * quotes and backslashes, and an annotation can contain any text.
 */
function sourceOf(tag: SourcedTag, version: OtelcolVersion): string {
  if ("literal" in tag) return literal(tag.literal);
  const isSafeInQuotes = tag.fieldPath !== undefined && !tag.fieldPath.startsWith("metadata.annotations");
  return isSafeInQuotes ? `$(${tag.variable})` : textReference(tag.variable, version);
}

/** Prints a configuration as YAML. The kubelet's references are in double quotes, so that their values stay texts. */
export function printConfig(config: Mapping): string {
  return printDocument(config, (text) => text.includes("$("));
}

/** Escapes `spec.agent.config` for the kubelet only: `$` keeps its meaning in the Collector's own syntax. */
function escapeUserConfig(config: Mapping): Mapping {
  return JSON.parse(escapeDollar(JSON.stringify(config)));
}
