import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import { parseImage } from "../../kube/image";
import { listAll } from "../../kube/message-text";

/** A version as the user wrote it. `patch` is undefined if the text has none: `1.21` means the newest 1.21. */
export interface WrittenVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch?: number;
  /** The configuration field that the version is read from. */
  readonly field: "spec.agent.version" | "spec.agent.image";
}

/** Parses `1.21`, `1.21.0`, `v1.62.0`, or `1.62.0-distroless`. Returns undefined for anything else, such as `latest`. */
function parseVersion(text: string, field: WrittenVersion["field"]): WrittenVersion | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+_].*)?$/.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  return {
    text,
    major: Number(major),
    minor: Number(minor),
    ...(patch === undefined ? {} : { patch: Number(patch) }),
    field,
  };
}

/** Returns `spec.agent.version` if it is set, otherwise the image's tag; undefined if that text isn't a version. */
function imageVersion({ agent }: Pick<Configuration, "agent">): WrittenVersion | undefined {
  if (agent.version !== undefined) return parseVersion(agent.version, "spec.agent.version");
  const { tag } = parseImage(agent.image);
  return tag === undefined ? undefined : parseVersion(tag, "spec.agent.image");
}

/** The versions of an agent that the function supports. */
export interface SupportedVersions {
  /** The agent's name in a sentence, such as `the Jaeger agent`. */
  readonly title: string;
  /** The major versions of all releases, in order. */
  readonly majors: readonly number[];
  /** The first supported minor version of the first major version. */
  readonly firstMinor: number;
  /** Why earlier releases aren't supported, as a clause. */
  readonly reason: string;
  /** All of them, as text. */
  readonly range: string;
}

/** The agent's version, or the reason why it can't be used. */
export type VersionReading<V> = { readonly version: V } | { readonly finding: Finding };

/** Returns the version that the configuration asks for, or an error if it is unknown or earlier than the first one. */
export function readImageVersion(
  configuration: Pick<Configuration, "agent">,
  supported: SupportedVersions,
): VersionReading<WrittenVersion> {
  const { title, majors, firstMinor, reason } = supported;
  const version = imageVersion(configuration);
  if (version === undefined) return unreadable(configuration, supported);
  if (!majors.includes(version.major)) {
    const all = listAll(
      majors.map((major) => `${major}.x`),
      "or",
    );
    return unsupported(version, supported, `isn't a version of ${title}: all versions are ${all}`);
  }
  const isTooOld = version.major === majors[0] && version.minor < firstMinor;
  return isTooOld ? unsupported(version, supported, `is too old: ${reason}`) : { version };
}

function unreadable({ agent }: Pick<Configuration, "agent">, { title, range }: SupportedVersions) {
  return agent.version === undefined
    ? invalid(
        "spec.agent.image",
        `the version can't be read from "${agent.image}". Set spec.agent.version to the version of ${title} (${range}).`,
      )
    : invalid("spec.agent.version", `"${agent.version}" isn't a version. Set it to a version of ${title} (${range}).`);
}

/**
 * Returns the error for an unsupported version.
 *
 * @param problem completes the sentence that starts with the version.
 */
export function unsupported(
  { text, field }: WrittenVersion,
  { range }: SupportedVersions,
  problem: string,
): { readonly finding: Finding } {
  const [source, remedy] =
    field === "spec.agent.version"
      ? [`"${text}"`, `Use version ${range}.`]
      : [
          `the tag "${text}"`,
          `Use an image of version ${range}, or set spec.agent.version to the version of the image.`,
        ];
  return invalid(field, `${source} ${problem}. ${remedy}`);
}

/** Returns the error for a field of the configuration. */
export function invalid(path: string, message: string): { readonly finding: Finding } {
  return { finding: { code: "invalid-config", severity: "error", message, configField: { path } } };
}

/**
 * Returns the version of a configuration that was checked before.
 *
 * @throws Error if it can't be used.
 */
export function checkedVersion<V>(reading: VersionReading<V>): V {
  if ("finding" in reading) throw new Error(`build() without a check(): ${reading.finding.message}`);
  return reading.version;
}
