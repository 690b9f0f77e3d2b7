import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import { parseImage } from "../../kube/image";

/** A version as its author wrote it; a missing patch is undefined: `1.21` is the newest 1.21. */
export interface WrittenVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch?: number;
  /** The field of the configuration that says it. */
  readonly field: "spec.agent.version" | "spec.agent.image";
}

/** Reads `1.21`, `1.21.0`, `v1.62.0` and `1.62.0-distroless`; undefined for what is no version, such as `latest`. */
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

/** The agent's version: `spec.agent.version`, else the image's tag. Undefined where neither is one. */
export function imageVersion({ agent }: Configuration): WrittenVersion | undefined {
  if (agent.version !== undefined) return parseVersion(agent.version, "spec.agent.version");
  const { tag } = parseImage(agent.image);
  return tag === undefined ? undefined : parseVersion(tag, "spec.agent.image");
}

/** Why neither `spec.agent.version` nor the image's tag tells the version of a product. */
export function notAVersion({ agent }: Configuration, product: string, range: string): string {
  return agent.version === undefined
    ? `spec.agent.image "${agent.image}" does not say its version: spec.agent.version must say which ${product} it is, ${range}.`
    : `spec.agent.version "${agent.version}" is no version: it must be one of the ${product}, ${range}.`;
}

/** A version that cannot be used, by the field of the configuration that says it. */
export function versionError(path: string, message: string): { readonly finding: Finding } {
  return { finding: { code: "invalid-config", severity: "error", message, field: { path } } };
}
