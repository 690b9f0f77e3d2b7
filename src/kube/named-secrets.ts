import { isList, isMapping, type Value } from "../yaml/value";
import type { KrmObject } from "./object";

/** Keys that refer to a Secret: `secretName`, `secretKeyRef`, and those of the Gateways of Istio and the Gateway API. */
const secretKeys = /secret|^credentialName$|^certificateRefs$/i;

/**
 * Returns the names of the Secrets that an object refers to, whatever its kind. It finds every name at or below a key
 * that refers to a Secret, and can also return texts that aren't names.
 */
export function namedSecrets({ group, kind, value }: Pick<KrmObject, "group" | "kind" | "value">): readonly string[] {
  // What is in a Secret isn't read.
  return group === "" && kind === "Secret" ? [] : namesIn(value, false);
}

/** @param isReference true if the value is at or below a key that refers to a Secret. */
function namesIn(value: Value, isReference: boolean): readonly string[] {
  if (typeof value === "string") return isReference ? [value] : [];
  if (isList(value)) return value.flatMap((element) => namesIn(element, isReference));
  if (!isMapping(value)) return [];
  const isSecret = isReference || value["kind"] === "Secret";
  return Object.entries(value).flatMap(([key, entry]) => namesIn(entry, isSecret || secretKeys.test(key)));
}
