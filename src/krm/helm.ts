import type { Node } from "../yaml/node";

/** What only Helm's templates say: its objects, its functions, and its control structures. */
const action =
  /\{\{-?\s*(?:\$?\.(?:Values|Release|Chart|Capabilities|Template|Files)\b|(?:include|template|toYaml|tpl|if|range|with|end|else|define)\b)/;

/**
 * Whether a document that happens to be YAML is a Helm template. `{{ .Values.x }}` reads as a mapping in a mapping's key,
 * which no Kubernetes object has. In quotes and block scalars braces are text: alerts and dashboards are full of them.
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
