import { get, getList, getString, type Mapping, type Value } from "../../src/yaml/value";

/** The values of a pod's fields, by field path. */
export type PodFields = Readonly<Record<string, string>>;

/**
 * Expands `$(NAME)` and `$$` as the kubelet does; a reference to an unknown name stays unchanged (kubernetes
 * `third_party/forked/golang/expansion/expand.go`).
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (reference, name: string | undefined) =>
    name === undefined ? "$" : (variables.get(name) ?? reference),
  );
}

/** Returns a container's environment as its process sees it (kubernetes `pkg/kubelet/kubelet_pods.go`). */
export function environmentOf(container: Value, fields: PodFields): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const entry of getList(container, "env") as readonly Mapping[]) {
    const field = getString(entry, "valueFrom", "fieldRef", "fieldPath");
    if (field === undefined && get(entry, "valueFrom") !== undefined) continue;
    const value = field === undefined ? expand(getString(entry, "value") ?? "", variables) : (fields[field] ?? "");
    variables.set(String(entry.name), value);
  }
  return variables;
}

/** Returns a container's arguments as its process sees them. */
export function argsOf(container: Value, variables: ReadonlyMap<string, string>): string[] {
  return getList(container, "args").map((arg) => expand(String(arg), variables));
}
