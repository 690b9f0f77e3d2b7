import type { AgentConfiguration } from "../../config/configuration";
import { getString, type Mapping } from "../../yaml/value";

/**
 * A tag with where its value comes from: a literal, or the environment variable that holds the pod's field. Without
 * `fieldPath` the variable is the user's own, and what it holds is not known.
 */
export type SourcedTag = { readonly key: string } & (
  | { readonly literal: string }
  | { readonly variable: string; readonly fieldPath?: string }
);

/** The tags in their order, and the container's whole env that feeds them. */
export interface TagSources {
  readonly tags: readonly SourcedTag[];
  readonly env: readonly Mapping[];
}

/**
 * Gives each field of the pod that a tag names a variable. The user's own entries come last, so that they can refer
 * to ours; where one has the name of ours, it stands and ours is left out.
 */
export function tagSources({ tags, env }: AgentConfiguration): TagSources {
  const variables = new Map<string, string>();
  for (const tag of Object.values(tags)) {
    if (typeof tag !== "string" && !variables.has(tag.fieldPath)) {
      variables.set(tag.fieldPath, unusedName(variableName(tag.fieldPath), new Set(variables.values())));
    }
  }
  const given = new Set(env.map((entry) => getString(entry, "name")));
  return {
    tags: Object.entries(tags).map(([key, tag]) => {
      if (typeof tag === "string") return { key, literal: tag };
      const variable = variables.get(tag.fieldPath) as string;
      return given.has(variable) ? { key, variable } : { key, variable, fieldPath: tag.fieldPath };
    }),
    env: [
      ...[...variables]
        .filter(([, name]) => !given.has(name))
        .map(([fieldPath, name]) => ({ name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } } })),
      ...env,
    ],
  };
}

/** The fields that the API lets an env entry refer to, besides single labels and annotations. */
const variableNames: ReadonlyMap<string, string> = new Map([
  ["metadata.name", "POD_NAME"],
  ["metadata.namespace", "POD_NAMESPACE"],
  ["metadata.uid", "POD_UID"],
  ["spec.nodeName", "POD_NODE_NAME"],
  ["spec.serviceAccountName", "POD_SERVICE_ACCOUNT_NAME"],
  ["status.hostIP", "POD_HOST_IP"],
  ["status.hostIPs", "POD_HOST_IPS"],
  ["status.podIP", "POD_IP"],
  ["status.podIPs", "POD_IPS"],
]);

/** The variable of a field; `metadata.labels['app']` is POD_LABEL_APP. */
function variableName(fieldPath: string): string {
  const known = variableNames.get(fieldPath);
  if (known !== undefined) return known;
  const words = fieldPath
    .replace(/^metadata\.(label|annotation)s\[/, "$1.")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/_$/, "");
  return `POD_${words.toUpperCase()}`;
}

function unusedName(name: string, used: ReadonlySet<string>): string {
  let candidate = name;
  for (let n = 2; used.has(candidate); n++) candidate = `${name}_${n}`;
  return candidate;
}
