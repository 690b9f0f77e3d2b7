import type { Configuration } from "../../../config/configuration";
import type { Finding } from "../../../kube/finding";
import { imageVersion, unreadableVersionMessage, versionError, versionParts } from "../image-version";
import { firstMinor, type JaegerVersion, lastMinor, newestPatch } from "./flags";

/** The agent's version, or the reason why it can't be used. */
export type VersionReading = { readonly version: JaegerVersion } | { readonly finding: Finding };

const range = `1.${firstMinor}.0 to 1.${lastMinor}.0`;

/**
 * Returns the release that the configuration asks for, or an error if there is no such release or it is too old. `1.21`
 * means the newest 1.21.
 */
export function readVersion(configuration: Pick<Configuration, "agent">): VersionReading {
  const written = imageVersion(configuration);
  if (written === undefined)
    return versionError("spec.agent.version", unreadableVersionMessage(configuration, "the Jaeger agent", range));
  const { major, minor, field } = written;
  const { source, remedy } = versionParts(written, range);
  if (major !== 1)
    return versionError(field, `${source} isn't a version of the Jaeger agent: all versions are 1.x. ${remedy}`);
  if (minor > lastMinor) {
    return versionError(
      field,
      `${source} isn't a version of the Jaeger agent: the last one is 1.${lastMinor}.0. ${remedy}`,
    );
  }
  if (minor < firstMinor) {
    return versionError(
      field,
      `${source} is too old: tags and the admin port require 1.${firstMinor}.0 or later. ${remedy}`,
    );
  }
  const newest = newestPatch(minor);
  if (written.patch !== undefined && written.patch > newest) {
    return versionError(
      field,
      `${source} was never released: the last 1.${minor} release is 1.${minor}.${newest}. ${remedy}`,
    );
  }
  return { version: { minor, patch: written.patch ?? newest } };
}
