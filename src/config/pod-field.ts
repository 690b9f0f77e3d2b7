import { qualifiedName } from "../kube/name-rules";

const podFields = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];

/**
 * Returns what is wrong with a field of the pod as the source of an environment variable, or undefined (kubernetes
 * `pkg/apis/core/validation/validation.go`, `validateObjectFieldSelector`).
 */
export function podFieldProblem(fieldPath: string): string | undefined {
  if (podFields.includes(fieldPath)) return undefined;
  const [, part, key = ""] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (part === undefined)
    return `must be one of ${podFields.join(", ")}, metadata.labels['KEY'], and metadata.annotations['KEY']`;
  // The domain of an annotation's key can have uppercase letters.
  if (qualifiedName.matches(part === "labels" ? key : key.toLowerCase())) return undefined;
  return `must have a valid key in brackets: ${qualifiedName.description}`;
}
