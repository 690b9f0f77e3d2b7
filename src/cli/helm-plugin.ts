import { requireNamespaceName } from "./options";
import type { System } from "./system";

/**
 * Returns the namespace of a Helm release: `HELM_NAMESPACE`, if Helm runs tracing-sidecar as a plugin. The templates of a
 * chart usually omit the namespace. Without Helm's `HELM_PLUGIN_NAME`, the variable doesn't change what a run does.
 *
 * @returns undefined if Helm doesn't run it, or didn't pass the variable: Helm 4.3.1 passes its own environment to a
 *   post-renderer, but not the value of its option `--namespace`.
 * @throws UsageError if the value isn't the name of a namespace.
 */
export function helmNamespace({ env }: Pick<System, "env">): string | undefined {
  const namespace = env["HELM_PLUGIN_NAME"] ? env["HELM_NAMESPACE"] : undefined;
  return namespace ? requireNamespaceName("HELM_NAMESPACE", namespace) : undefined;
}
