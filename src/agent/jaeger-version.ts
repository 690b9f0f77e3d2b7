import type { Configuration } from "../config/configuration";
import type { Finding } from "../krm/finding";
import { imageVersion } from "./image-version";
import { firstMinor, type JaegerVersion, lastMinor, newestPatch } from "./jaeger-flags";

/** The version of the agent, or why it cannot be used. */
export type VersionReading = { readonly version: JaegerVersion } | { readonly finding: Finding };

const range = `1.${firstMinor}.0 to 1.${lastMinor}.0`;

/** Reads which release the configuration asks for, and whether it ever was. `1.21` is the newest of 1.21. */
export function readVersion(configuration: Configuration): VersionReading {
  const written = imageVersion(configuration);
  if (written === undefined) return error("spec.agent.version", notAVersion(configuration));
  const { text, major, minor, field } = written;
  const fromTag = field === "spec.agent.image";
  const source = fromTag ? `The tag of spec.agent.image, "${text}",` : `spec.agent.version "${text}"`;
  const remedy = fromTag
    ? `The tag must be of ${range}, or spec.agent.version must say which it is.`
    : `It must be of ${range}.`;
  if (major !== 1) return error(field, `${source} is no Jaeger agent: there is no ${major}.x of it. ${remedy}`);
  if (minor > lastMinor) {
    return error(field, `${source} is no Jaeger agent: the last one is 1.${lastMinor}.0. ${remedy}`);
  }
  if (minor < firstMinor) {
    return error(field, `${source} is too old: tags and the admin port came with 1.${firstMinor}.0. ${remedy}`);
  }
  const newest = newestPatch(minor);
  if (written.patch !== undefined && written.patch > newest) {
    return error(field, `${source} was never released: the last of 1.${minor} is 1.${minor}.${newest}. ${remedy}`);
  }
  return { version: { minor, patch: written.patch ?? newest } };
}

function notAVersion({ agent }: Configuration): string {
  return agent.version === undefined
    ? `spec.agent.image "${agent.image}" does not say its version: spec.agent.version must say which Jaeger agent it is, ${range}.`
    : `spec.agent.version "${agent.version}" is no version: it must be one of the Jaeger agent, ${range}.`;
}

function error(path: string, message: string): VersionReading {
  return { finding: { code: "invalid-config", severity: "error", message, field: { path } } };
}
