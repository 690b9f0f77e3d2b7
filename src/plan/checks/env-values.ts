import { get, getString, type Value } from "../../yaml/value";

/** The pod's fields that hold an address, of the pod or of its node. */
const addressFields = new Set(["spec.nodeName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"]);

/**
 * The values of a container's variables, as far as the input says them: undefined for one that is there and whose value
 * the cluster decides. A field of the pod that holds an address stands for itself: `http://status.hostIP:4318`.
 *
 * Of a name given twice the last one stands, and `$(NAME)` is the value of an entry before it (core/v1 EnvVar).
 */
export function resolveEnv(env: readonly Value[]): ReadonlyMap<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  for (const entry of env) {
    const name = getString(entry, "name");
    if (name !== undefined) values.set(name, resolve(entry, values));
  }
  return values;
}

/** More than an address takes, and little enough that references to references cannot blow up. */
const maxLength = 2000;

function resolve(entry: Value, before: ReadonlyMap<string, string | undefined>): string | undefined {
  const field = getString(entry, "valueFrom", "fieldRef", "fieldPath");
  if (field !== undefined) return addressFields.has(field) ? field : undefined;
  if (get(entry, "valueFrom") !== undefined) return undefined;
  const value = get(entry, "value") ?? "";
  if (typeof value !== "string" || value.length > maxLength) return undefined;
  let known = true;
  const expanded = value.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return "$";
    const found = before.get(name);
    known &&= found !== undefined;
    return found ?? whole;
  });
  return known && expanded.length <= maxLength ? expanded : undefined;
}
