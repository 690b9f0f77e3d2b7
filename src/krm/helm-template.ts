import type { Node } from "../yaml/node";

/** Helm's objects, functions and control structures, which only Helm templates contain. */
const action =
  /\{\{-?\s*(?:\$?\.(?:Values|Release|Chart|Capabilities|Template|Files)\b|(?:include|template|toYaml|tpl|if|range|with|end|else|define)\b)/;

/**
 * Reports whether a document that happens to be valid YAML is a Helm template. `{{ .Values.x }}` parses as a mapping
 * whose key is a mapping, which no Kubernetes object has. Braces in quotes and block scalars are text, and common in
 * alerts and dashboards.
 */
export function isHelmTemplate(node: Node): boolean {
  switch (node.kind) {
    case "alias":
      return false;
    case "scalar":
      return node.style === "plain" && action.test(node.text);
    case "sequence":
      return node.elements.some(isHelmTemplate);
    case "mapping":
      return node.entries.some(
        ({ key, value }) => (node.flow && key.kind === "mapping") || isHelmTemplate(key) || isHelmTemplate(value),
      );
  }
}
