import type { Configuration } from "../../../config/configuration";
import type { Finding } from "../../../kube/finding";
import { imageVersion, unreadableVersionMessage, versionError } from "../image-version";
import { firstMinor, type JaegerVersion, lastMinor, newestPatch } from "./flags";

/** The agent's version, or the reason why it can't be used. */
export type VersionReading = { readonly version: JaegerVersion } | { readonly finding: Finding };

const range = `1.${firstMinor}.0 to 1.${lastMinor}.0`;

/**
 * Returns the release that the configuration asks for, or an error if there is no such release or it is too old. `1.21`
 * means the newest 1.21.
 */
export function readVersion(configuration: Configuration): VersionReading {
  const written = imageVersion(configuration);
  if (written === undefined)
    return versionError("spec.agent.version", unreadableVersionMessage(configuration, "Jaeger agent", range));
  const { text, major, minor, field } = written;
  const fromTag = field === "spec.agent.image";
  const source = fromTag ? `The tag of spec.agent.image, "${text}",` : `spec.agent.version "${text}"`;
  const remedy = fromTag
    ? `The tag must be of ${range}, or spec.agent.version must say which it is.`
    : `It must be of ${range}.`;
  if (major !== 1) return versionError(field, `${source} is no Jaeger agent: there is no ${major}.x of it. ${remedy}`);
  if (minor > lastMinor) {
    return versionError(field, `${source} is no Jaeger agent: the last one is 1.${lastMinor}.0. ${remedy}`);
  }
  if (minor < firstMinor) {
    return versionError(field, `${source} is too old: tags and the admin port came with 1.${firstMinor}.0. ${remedy}`);
  }
  const newest = newestPatch(minor);
  if (written.patch !== undefined && written.patch > newest) {
    return versionError(
      field,
      `${source} was never released: the last of 1.${minor} is 1.${minor}.${newest}. ${remedy}`,
    );
  }
  return { version: { minor, patch: written.patch ?? newest } };
}
