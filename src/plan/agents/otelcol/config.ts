import type { Configuration } from "../../../config/configuration";
import type { Mapping } from "../../../yaml/value";
import { escapeDollar } from "../escape-kubelet";
import { mergePatch } from "../merge-patch";
import type { SourcedTag } from "../tags";
import type { TlsFiles } from "../tls-files";
import { type OtelcolVersion, otlpGrpcMinor, readersMinor } from "./version";

/**
 * The Collector's configuration, as it must stand in an env value of the pod template: what the kubelet makes of it is
 * what the Collector reads. The user's is merged over the function's.
 *
 * Spans come in at the loopback address only; health and metrics on every address of the pod, since the kubelet and
 * Prometheus come from outside.
 */
export function collectorConfig(
  configuration: Configuration,
  version: OtelcolVersion,
  files: Omit<TlsFiles, "mounts">,
  tags: readonly SourcedTag[],
): Mapping {
  const exporter = version.minor < otlpGrpcMinor ? "otlp" : "otlp_grpc";
  const processors = {
    memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 },
    ...(tags.length === 0 ? {} : { resource: { attributes: tags.map(attribute) } }),
    batch: {},
  };
  return mergePatch(
    {
      receivers: {
        otlp: { protocols: { grpc: { endpoint: "127.0.0.1:4317" }, http: { endpoint: "127.0.0.1:4318" } } },
        jaeger: {
          protocols: { thrift_compact: { endpoint: "127.0.0.1:6831" }, thrift_binary: { endpoint: "127.0.0.1:6832" } },
        },
      },
      // The limiter refuses spans before anything keeps them; the tags are on them before they are put in a batch.
      processors,
      exporters: {
        [exporter]: { endpoint: literal(configuration.collector.endpoint), tls: tls(configuration, files) },
      },
      extensions: { health_check: { endpoint: ":13133" } },
      service: {
        extensions: ["health_check"],
        pipelines: {
          traces: { receivers: ["otlp", "jaeger"], processors: Object.keys(processors), exporters: [exporter] },
        },
        telemetry: { metrics: metrics(version) },
      },
    },
    asWritten(configuration.agent.config ?? {}),
  );
}

/** Without a host it is every address, of IPv4 and IPv6. */
function metrics({ minor }: OtelcolVersion): Mapping {
  if (minor < readersMinor) return { address: ":8888" };
  // A reader of one's own has none of the defaults of the Collector's own reader.
  const names = { without_scope_info: true, without_type_suffix: true, without_units: true };
  return { readers: [{ pull: { exporter: { prometheus: { host: "", port: 8888, ...names } } } }] };
}

/** TLS is on by default. Without an interval a renewed certificate is never read (`config/configtls/configtls.go`). */
function tls({ collector }: Configuration, { ca, certificate }: Omit<TlsFiles, "mounts">): Mapping {
  if (collector.tls === undefined) return { insecure: true };
  const { serverName } = collector.tls;
  return {
    ...(ca === undefined ? {} : { ca_file: literal(ca) }),
    ...(certificate === undefined
      ? {}
      : { cert_file: literal(certificate.cert), key_file: literal(certificate.key), reload_interval: "1h" }),
    ...(serverName === undefined ? {} : { server_name_override: literal(serverName) }),
  };
}

/**
 * The Collector reads what `${env:NAME}` stands for as YAML, so that a label `1.10` would be the number 1.1, and an empty
 * one would keep it from starting. What the kubelet fills in for `$(NAME)` stays in its quotes and is a string; but only
 * fields without quotes and backslashes can be filled in so, and an annotation is any text.
 */
function attribute(tag: SourcedTag): Mapping {
  return { key: literal(tag.key), value: sourceOf(tag), action: "upsert" };
}

function sourceOf(tag: SourcedTag): string {
  if ("literal" in tag) return literal(tag.literal);
  const isPlain = tag.fieldPath !== undefined && !tag.fieldPath.startsWith("metadata.annotations");
  return isPlain ? `$(${tag.variable})` : `\${env:${tag.variable}}`;
}

/** A text that neither the Collector nor the kubelet is to read anything into: both make `$` of `$$`. */
function literal(text: string): string {
  return escapeDollar(text.replaceAll("$", "$$$$"));
}

/** The user's part is in the Collector's own language: the kubelet must leave it as it is. */
function asWritten(config: Mapping): Mapping {
  return JSON.parse(escapeDollar(JSON.stringify(config)));
}
