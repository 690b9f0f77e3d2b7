import type { Configuration } from "../../../config/configuration";
import type { Finding } from "../../../kube/finding";
import { parseImage } from "../../../kube/image";
import { imageVersion, unreadableVersionMessage, versionError, versionParts } from "../image-version";

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

const range = `0.${firstMinor}.0 or later`;

/** The Collector's version, or the reason why it can't be used. */
export type VersionReading = { readonly version: OtelcolVersion } | { readonly finding: Finding };

/**
 * Returns the release that the configuration asks for, or an error if it can't be used. A release that is newer than
 * the function gets the configuration of the newest known release.
 */
export function readVersion(configuration: Pick<Configuration, "agent">): VersionReading {
  const { agent } = configuration;
  const image = parseImage(agent.image).name;
  if (image === "opentelemetry-collector-otlp") {
    // opentelemetry-collector-releases `distributions/otelcol-otlp/manifest.yaml`
    return versionError(
      "spec.agent.image",
      `The image "${image}" has neither processors nor a health check. Use the Collector's core, k8s or contrib distribution, or another distribution that has them.`,
    );
  }
  const written = imageVersion(configuration);
  if (written === undefined)
    return versionError(
      "spec.agent.version",
      unreadableVersionMessage(configuration, "the OpenTelemetry Collector", range),
    );
  const { major, minor, field } = written;
  const { source, remedy } = versionParts(written, range);
  if (major !== 0)
    return versionError(
      field,
      `${source} isn't a version of the OpenTelemetry Collector: all versions are 0.x. ${remedy}`,
    );
  if (minor < firstMinor) {
    return versionError(
      field,
      `${source} is too old: the generated configuration requires \${env:NAME} expansion (0.${firstMinor}.0 or later). ${remedy}`,
    );
  }
  return { version: { minor } };
}
