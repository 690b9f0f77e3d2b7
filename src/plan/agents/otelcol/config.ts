import type { Mapping } from "../../../yaml/value";
import { mergePatch } from "../../merge-patch";
import type { AgentInput } from "../container-input";
import { escapeDollar } from "../escape-dollar";
import type { SourcedTag } from "../span-tags";
import { defaultPortsOf } from "./ports";
import { signals } from "./signals";
import { type OtelcolVersion, otlpGrpcMinor, readersMinor } from "./version";

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
  const exporter = exporterName(version);
  const forwarded = signals.filter((signal) => input.agent.signals?.includes(signal));
  const processors = {
    memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 },
    ...(tags.length === 0 ? {} : { resource: { attributes: tags.map(attribute) } }),
    batch: {},
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
        [exporter]: { endpoint: literal(input.endpoint), tls: tls(input) },
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
    escapeUserConfig(input.agent.config ?? {}),
  );
}

function loopback(port: number): Mapping {
  return { endpoint: `127.0.0.1:${port}` };
}

/** Returns the name of the exporter that sends to `spec.collector.endpoint`. */
export function exporterName({ minor }: OtelcolVersion): string {
  return minor < otlpGrpcMinor ? "otlp" : "otlp_grpc";
}

/** An empty host means every address, both IPv4 and IPv6. */
function metrics({ minor }: OtelcolVersion, port: number): Mapping {
  if (minor < readersMinor) return { address: `:${port}` };
  // A configured reader has none of the defaults of the Collector's built-in reader.
  const names = { without_scope_info: true, without_type_suffix: true, without_units: true };
  return { readers: [{ pull: { exporter: { prometheus: { host: "", port, ...names } } } }] };
}

/**
 * TLS is on by default, and `https://` turns it on in any case (`config/configgrpc/configgrpc.go`). Without
 * `reload_interval`, the Collector never reads a renewed certificate (`config/configtls/configtls.go`).
 */
function tls({ endpoint, tls: settings, files }: AgentInput): Mapping {
  if (settings === undefined) return { insecure: !endpoint.startsWith("https://") };
  const { serverName } = settings;
  const { ca, certificate } = files;
  return {
    ...(ca === undefined ? {} : { ca_file: literal(ca) }),
    ...(certificate === undefined
      ? {}
      : { cert_file: literal(certificate.cert), key_file: literal(certificate.key), reload_interval: "1h" }),
    ...(serverName === undefined ? {} : { server_name_override: literal(serverName) }),
  };
}

/** Sets a tag on every span, and overwrites an existing one. */
function attribute(tag: SourcedTag): Mapping {
  return { key: literal(tag.key), value: sourceOf(tag), action: "upsert" };
}

/**
 * The Collector parses the value of `${env:NAME}` as YAML: a label `1.10` would become the number 1.1, and an empty one
 * would keep the Collector from starting. The kubelet's expansion of `$(NAME)` stays inside the quotes and is always a
 * string. It is safe only for fields without quotes and backslashes, and an annotation can contain any text.
 */
function sourceOf(tag: SourcedTag): string {
  if ("literal" in tag) return literal(tag.literal);
  const isSafeInQuotes = tag.fieldPath !== undefined && !tag.fieldPath.startsWith("metadata.annotations");
  return isSafeInQuotes ? `$(${tag.variable})` : `\${env:${tag.variable}}`;
}

/** Escapes a text for both the Collector and the kubelet: each of them turns `$$` into `$`. */
export function literal(text: string): string {
  return escapeDollar(text.replaceAll("$", "$$$$"));
}

/** Escapes `spec.agent.config` for the kubelet only: `$` keeps its meaning in the Collector's own syntax. */
function escapeUserConfig(config: Mapping): Mapping {
  return JSON.parse(escapeDollar(JSON.stringify(config)));
}
