import type { Configuration } from "../../../config/configuration";
import {
  readImageVersion,
  type SupportedVersions,
  unsupported,
  type VersionReading,
  type WrittenVersion,
} from "../image-version";
import { firstMinor, type JaegerVersion, lastMinor, newestPatch } from "./flags";

/** The agent's name in a sentence. */
export const title = "the Jaeger agent";

const supported: SupportedVersions = {
  title,
  majors: [1],
  firstMinor,
  reason: `tags and the admin port require 1.${firstMinor}.0 or later`,
  range: `1.${firstMinor}.0 to 1.${lastMinor}.0`,
};

/**
 * Returns the release that the configuration asks for, or an error if there is no such release or it is too old. `1.21`
 * means the newest 1.21.
 */
export function readVersion(
  configuration: Pick<Configuration, "agent">,
): VersionReading<JaegerVersion & Pick<WrittenVersion, "field">> {
  const read = readImageVersion(configuration, supported);
  if ("finding" in read) return read;
  const { minor, patch, field } = read.version;
  if (minor > lastMinor) {
    const problem = `isn't a version of ${title}: the last one is 1.${lastMinor}.0`;
    return unsupported(read.version, supported, problem);
  }
  const newest = newestPatch(minor);
  if (patch !== undefined && patch > newest) {
    const problem = `was never released: the last 1.${minor} release is 1.${minor}.${newest}`;
    return unsupported(read.version, supported, problem);
  }
  return { version: { minor, patch: patch ?? newest, field } };
}
