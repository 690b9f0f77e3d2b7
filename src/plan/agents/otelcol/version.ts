import type { Configuration } from "../../../config/configuration";
import { parseImage } from "../../../kube/image";
import { invalid, readImageVersion, type SupportedVersions, type VersionReading } from "../image-version";

/** A release of the OpenTelemetry Collector. The major version is always 0. */
export interface OtelcolVersion {
  readonly minor: number;
}

/**
 * The first release that expands `${env:NAME}` in values without a feature gate (CHANGELOG of v0.73.0,
 * `confmap.expandEnabled`).
 */
const firstMinor = 73;
/** The first release that ignores `service.telemetry.metrics.address` in favor of `readers` (CHANGELOG of v0.123.0). */
export const readersMinor = 123;
/**
 * The first release that calls the exporter `otlp_grpc` instead of `otlp` (CHANGELOG of v0.144.0). v0.143.0 doesn't
 * know the new name.
 */
export const otlpGrpcMinor = 144;

/** The first release that checks that an endpoint is a host and a port (v0.98.0 `exporter/otlpexporter/config.go`). */
export const validatedEndpointMinor = 98;
/** The first release in which that check accepts `dns:///` (CHANGELOG of v0.99.0). */
export const dnsMinor = 99;
/** The first release in which that check accepts `unix://` (v0.136.0 `exporter/otlpexporter/config.go`). */
export const unixMinor = 136;
/** The first release in which that check accepts every resolver of gRPC (v0.151.0 `config/configgrpc/configgrpc.go`). */
export const resolversMinor = 151;

/** The agent's name in a sentence. */
export const title = "the OpenTelemetry Collector";

const supported: SupportedVersions = {
  title,
  major: 0,
  firstMinor,
  reason: `the generated configuration requires \${env:NAME} expansion (0.${firstMinor}.0 or later)`,
  range: `0.${firstMinor}.0 or later`,
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
      `The image "${image}" has neither processors nor a health check. Use the Collector's core, k8s or contrib distribution, or another distribution that has them.`,
    );
  }
  return readImageVersion(configuration, supported);
}
