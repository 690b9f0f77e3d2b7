import type { AgentConfiguration } from "../../../config/configuration";
import type { Mapping } from "../../../yaml/value";
import { unusedName } from "../../pod-variable";
import type { AgentInput } from "../container-input";
import { escapeDollar } from "../escape-dollar";
import { memoryLimitOf } from "./memory";
import { textReference } from "./text-reference";
import { has, type OtelcolVersion } from "./version";

/** Returns the name of the exporter that sends to `spec.collector.endpoint`. */
export function exporterName({ protocol }: AgentConfiguration, version: OtelcolVersion): string {
  const isHttp = protocol === "http";
  if (has(version, "exporterNames")) return isHttp ? "otlp_http" : "otlp_grpc";
  return isHttp ? "otlphttp" : "otlp";
}

/**
 * Returns the settings of that exporter.
 *
 * @param batches true if the exporter creates batches, instead of a processor.
 */
export function exporterSettings(input: AgentInput, version: OtelcolVersion, batches: boolean): Mapping {
  const { endpoint, agent } = input;
  const headers = headersOf(agent);
  return {
    endpoint: literal(endpoint),
    tls: tls(input),
    ...(headers.length === 0
      ? {}
      : {
          headers: Object.fromEntries(headers.map(({ name, variable }) => [name, headerReference(variable, version)])),
        }),
    sending_queue: batches ? sendingQueue(agent) : fewConsumers,
  };
}

function headerReference(variable: string, version: OtelcolVersion): string {
  return has(version, "headerList") ? textReference(variable, version) : `\${env:${variable}}`;
}

/** Escapes a text for both the Collector and the kubelet: each of them turns `$$` into `$`. */
export function literal(text: string): string {
  return escapeDollar(text.replaceAll("$", "$$$$"));
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

/** A header, and the environment variable that holds its value. */
export interface Header {
  readonly name: string;
  readonly variable: string;
  readonly secretKeyRef: Mapping;
}

/** Returns the headers of each request to the collector. Their values come from Secrets. */
export function headersOf({ headersFrom = [] }: AgentConfiguration): readonly Header[] {
  const variables = new Set<string>();
  return headersFrom.map(({ name, secretKeyRef }) => {
    const variable = unusedName(`HEADER_${name.replace(/[^A-Za-z0-9]/g, "_").toUpperCase()}`, variables);
    variables.add(variable);
    return { name, variable, secretKeyRef: { ...secretKeyRef } };
  });
}

/**
 * The queue after the batch processor. It counts batches, so that it can need more than the memory: `memory_limiter` rejects
 * spans first. With the default of 10 batches that are sent at a time, the agent can exceed its memory limit when the
 * collector is back.
 */
const fewConsumers = { num_consumers: 2 };

const mebibyte = 1024 ** 2;

/**
 * What the exporter stores while the collector is unavailable, in bytes of the OTLP encoding. A full queue rejects new
 * spans, and the SDKs send those again.
 *
 * In memory, spans take about three times their encoded size, so an eighth of the memory limit stays below the limit at
 * which `memory_limiter` rejects spans. `max_size` stays below 4 MiB, the largest message that gRPC accepts by default
 * (`config/configgrpc/README.md`).
 */
function sendingQueue({ resources }: AgentConfiguration): Mapping {
  const queueSize = Math.floor((memoryLimitOf(resources) ?? 128 * mebibyte) / 8);
  const batch = { sizer: "bytes", min_size: Math.min(mebibyte, Math.floor(queueSize / 4)), max_size: 3 * mebibyte };
  return { sizer: "bytes", queue_size: queueSize, batch: { ...batch, flush_timeout: "200ms" } };
}
