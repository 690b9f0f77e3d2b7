import type { AgentConfiguration } from "../../config/configuration";
import { namesOf } from "../../kube/workload";
import { getOrInsert } from "../../yaml/maps";
import type { Mapping } from "../../yaml/value";
import { podVariable, unusedName } from "../pod-variable";

/**
 * A tag and the source of its value: a literal, or the environment variable that holds a field of the pod. Without
 * `fieldPath`, the variable is set by the user, and its content isn't known.
 */
export type SourcedTag = { readonly key: string } & (
  | { readonly literal: string }
  | { readonly variable: string; readonly fieldPath?: string }
);

/** The tags in their configured order, and the container's complete `env`, including the variables for the tags. */
export interface TagSources {
  readonly tags: readonly SourcedTag[];
  readonly env: readonly Mapping[];
}

/**
 * Assigns an environment variable to each pod field that a tag refers to. The user's entries come last, so that they
 * can refer to the generated ones. A user's entry with the name of a generated one replaces it.
 */
export function tagSources({ tags, env }: AgentConfiguration): TagSources {
  const variables = new Map<string, string>();
  const variableOf = (fieldPath: string) =>
    getOrInsert(variables, fieldPath, () => unusedName(variableName(fieldPath), new Set(variables.values())));
  const userNames = new Set(namesOf(env));
  const sourced = Object.entries(tags).map(([key, tag]) => {
    if (typeof tag === "string") return { key, literal: tag };
    const variable = variableOf(tag.fieldPath);
    return userNames.has(variable) ? { key, variable } : { key, variable, fieldPath: tag.fieldPath };
  });
  const generated = [...variables].filter(([, name]) => !userNames.has(name));
  return { tags: sourced, env: [...generated.map(([fieldPath, name]) => podVariable(name, fieldPath)), ...env] };
}

/** The fields that the API allows in an env entry, besides individual labels and annotations. */
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

/** Returns the variable name for a field: POD_LABEL_APP for `metadata.labels['app']`. */
function variableName(fieldPath: string): string {
  const standardName = variableNames.get(fieldPath);
  if (standardName !== undefined) return standardName;
  const words = fieldPath
    .replace(/^metadata\.(label|annotation)s\[/, "$1.")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/_$/, "");
  return `POD_${words.toUpperCase()}`;
}
