import type { Node } from "../yaml/node";

/**
 * Reports whether a document that happens to be valid YAML can only be a Helm template. `{{ .Values.x }}` parses as a
 * mapping whose key is a mapping, which no Kubernetes object has. Braces within scalars can belong to other tools: alerts,
 * dashboards and Flux use them too.
 */
export function isHelmTemplate(node: Node): boolean {
  switch (node.kind) {
    case "alias":
    case "scalar":
      return false;
    case "sequence":
      return node.elements.some(isHelmTemplate);
    case "mapping":
      return node.entries.some(
        ({ key, value }) => (node.flow && key.kind === "mapping") || isHelmTemplate(key) || isHelmTemplate(value),
      );
  }
}
