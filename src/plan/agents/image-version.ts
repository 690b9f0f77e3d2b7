import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import { parseImage } from "../../kube/image";

/** A version as the user wrote it. `patch` is undefined if the text has none: `1.21` means the newest 1.21. */
export interface WrittenVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch?: number;
  /** The configuration field that the version is read from. */
  readonly field: "spec.agent.version" | "spec.agent.image";
}

/** Parses `1.21`, `1.21.0`, `v1.62.0` or `1.62.0-distroless`. Returns undefined for anything else, such as `latest`. */
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

/**
 * Returns the agent's version: `spec.agent.version` if it is set, otherwise the image's tag. Returns undefined if that
 * text isn't a version.
 */
export function imageVersion({ agent }: Pick<Configuration, "agent">): WrittenVersion | undefined {
  if (agent.version !== undefined) return parseVersion(agent.version, "spec.agent.version");
  const { tag } = parseImage(agent.image);
  return tag === undefined ? undefined : parseVersion(tag, "spec.agent.image");
}

/**
 * Returns the error message for a configuration without a readable version.
 *
 * @param title the name of the agent, such as `the Jaeger agent`.
 * @param range the supported versions, as text.
 */
export function unreadableVersionMessage(
  { agent }: Pick<Configuration, "agent">,
  title: string,
  range: string,
): string {
  return agent.version === undefined
    ? `The version can't be read from spec.agent.image "${agent.image}". Set spec.agent.version to the version of ${title} (${range}).`
    : `spec.agent.version "${agent.version}" isn't a version. Set it to a version of ${title} (${range}).`;
}

/**
 * Returns the parts of a message about an unsupported version: its subject, and the sentence that says what to do.
 *
 * @param range the supported versions, as text.
 */
export function versionParts(
  { text, field }: WrittenVersion,
  range: string,
): { readonly source: string; readonly remedy: string } {
  if (field === "spec.agent.version")
    return { source: `spec.agent.version "${text}"`, remedy: `Use version ${range}.` };
  return {
    source: `The tag "${text}" of spec.agent.image`,
    remedy: `Use an image of version ${range}, or set spec.agent.version to the version of the image.`,
  };
}

/** Returns the error for an unsupported version. `path` is the configuration field that the version is read from. */
export function versionError(path: string, message: string): { readonly finding: Finding } {
  return { finding: { code: "invalid-config", severity: "error", message, field: { path } } };
}
