import type { Configuration } from "../../../config/configuration";
import { parseImage } from "../../../kube/image";
import { invalid, readImageVersion, type SupportedVersions, type VersionReading } from "../image-version";

/** A release of the OpenTelemetry Collector. */
export interface OtelcolVersion {
  readonly major: number;
  readonly minor: number;
}

/**
 * What the generated configuration and the checks depend on: the first 0.x release with each change, and where it is
 * recorded (opentelemetry-collector). A 1.x release has all of them.
 */
const firstMinors = {
  /** Expands `${env:NAME}` in values without a feature gate (CHANGELOG of v0.73.0, `confmap.expandEnabled`). */
  envExpansion: 73,
  /** Checks that an endpoint is a host and a port (v0.98.0 `exporter/otlpexporter/config.go`). */
  validatedEndpoint: 98,
  /** The check of endpoints accepts `dns:///` (CHANGELOG of v0.99.0). */
  dnsEndpoint: 99,
  /** A value of `${env:NAME}` that looks like a number can be a text (CHANGELOG of v0.105.0, #10659). */
  numbersAsText: 105,
  /** Accepts `${env:NAME:-default}` (v0.110.0 `confmap/provider/envprovider/provider.go`). */
  envDefaults: 110,
  /** Ignores `service.telemetry.metrics.address` in favor of `readers` (CHANGELOG of v0.123.0). */
  metricsReaders: 123,
  /**
   * Batches in the exporter's sending queue, where nothing is known to be lost: batching exists since v0.123.0, with a
   * sizer of its own since v0.130.0; batches that exceed `max_size` (#12893), goroutines without a limit (#13689) and an
   * ignored `num_consumers` (#13607) were fixed until v0.134.0 (CHANGELOG).
   */
  batchingQueue: 134,
  /** The check of endpoints accepts `unix://` (v0.136.0 `exporter/otlpexporter/config.go`). */
  unixEndpoint: 136,
  /**
   * Reads headers as a list (v0.139.0 `config/configopaque/maplist.go`), and rejects a value of `${env:NAME}` that looks like
   * a number again. 0.158.0 accepts it.
   */
  headerList: 139,
  /**
   * Calls the exporters `otlp_grpc` and `otlp_http` instead of `otlp` and `otlphttp` (CHANGELOG of v0.144.0). v0.143.0
   * doesn't know the new names.
   */
  exporterNames: 144,
  /** The check of endpoints accepts every resolver of gRPC (v0.151.0 `config/configgrpc/configgrpc.go`). */
  resolverEndpoint: 151,
} as const;

/** Reports whether a release has a change. */
export function has({ major, minor }: OtelcolVersion, change: keyof typeof firstMinors): boolean {
  return major > 0 || minor >= firstMinors[change];
}

/** Returns the first release with a change, as text. */
export function firstRelease(change: keyof typeof firstMinors): string {
  return `0.${firstMinors[change]}.0`;
}

/** The agent's name in a sentence. */
export const title = "the OpenTelemetry Collector";

const supported: SupportedVersions = {
  title,
  majors: [0, 1],
  firstMinor: firstMinors.envExpansion,
  reason: `the generated configuration requires \${env:NAME} expansion (${firstRelease("envExpansion")} or later)`,
  range: `${firstRelease("envExpansion")} or later`,
};

/**
 * Returns the release that the configuration asks for, or an error if it can't be used. A release that is newer than
 * the function gets the configuration of the newest known release.
 */
export function readVersion(configuration: Pick<Configuration, "agent">): VersionReading<OtelcolVersion> {
  const image = parseImage(configuration.agent.image).name;
  if (image === "opentelemetry-collector-otlp") {
    // opentelemetry-collector-releases `distributions/otelcol-otlp/manifest.yaml`
    return invalid(
      "spec.agent.image",
      `The image "${image}" has neither processors nor a health check. Use the Collector's core, k8s, or contrib distribution, or another distribution that has them.`,
    );
  }
  return readImageVersion(configuration, supported);
}
