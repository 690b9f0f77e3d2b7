import { get, getList, getString, type Mapping, type Value } from "../../src/yaml/value";

/** What a pod's fields are, by their path. */
export type PodFields = Readonly<Record<string, string>>;

/**
 * `$(NAME)` and `$$` as the kubelet reads them; a name that is not known stays as it is written (kubernetes
 * `third_party/forked/golang/expansion/expand.go`).
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) =>
    name === undefined ? "$" : (variables.get(name) ?? whole),
  );
}

/** A container's environment as its process finds it (kubernetes `pkg/kubelet/kubelet_pods.go`). */
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

/** A container's arguments as its process finds them. */
export function argsOf(container: Value, variables: ReadonlyMap<string, string>): string[] {
  return getList(container, "args").map((arg) => expand(String(arg), variables));
}
