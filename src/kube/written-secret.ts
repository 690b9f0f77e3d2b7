import { getString } from "../yaml/value";
import type { KrmObject } from "./object";

/**
 * Returns the name of the Secret that an object creates: its own name if it is a Secret, or `spec.secretName` if it is
 * a cert-manager Certificate. Returns undefined for other objects.
 */
export function secretWrittenBy(object: Pick<KrmObject, "group" | "kind" | "name" | "value">): string | undefined {
  if (object.group === "" && object.kind === "Secret") return object.name;
  if (object.group === "cert-manager.io" && object.kind === "Certificate")
    return getString(object.value, "spec", "secretName");
  return undefined;
}
