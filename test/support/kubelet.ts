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

/**
 * Returns a container's environment as its process sees it (kubernetes `pkg/kubelet/kubelet_pods.go`). Sources other than
 * the pod's fields and ConfigMaps are left out.
 *
 * @param configMaps the data of the namespace's ConfigMaps, by name.
 */
export function environmentOf(
  container: Value,
  fields: PodFields,
  configMaps: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const source of getList(container, "envFrom")) {
    const prefix = getString(source, "prefix") ?? "";
    const data = configMaps[getString(source, "configMapRef", "name") ?? ""] ?? {};
    for (const [key, value] of Object.entries(data)) variables.set(prefix + key, value);
  }
  for (const entry of getList(container, "env") as readonly Mapping[]) {
    const value =
      get(entry, "valueFrom") === undefined
        ? expand(getString(entry, "value") ?? "", variables)
        : fromSource(get(entry, "valueFrom"), fields, configMaps);
    if (value !== undefined) variables.set(String(entry.name), value);
  }
  return variables;
}

function fromSource(
  source: Value | undefined,
  fields: PodFields,
  configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string | undefined {
  const field = getString(source, "fieldRef", "fieldPath");
  if (field !== undefined) return fields[field] ?? "";
  const [name, key] = [getString(source, "configMapKeyRef", "name"), getString(source, "configMapKeyRef", "key")];
  return configMaps[name ?? ""]?.[key ?? ""];
}

/** Returns a container's arguments as its process sees them. */
export function argsOf(container: Value, variables: ReadonlyMap<string, string>): string[] {
  return getList(container, "args").map((arg) => expand(String(arg), variables));
}
