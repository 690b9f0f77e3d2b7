import { get, getString, type Value } from "../../yaml/value";

/** The pod fields that contain an address of the pod or of its node. */
const addressFields = new Set(["spec.nodeName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"]);

/**
 * Returns the values of a container's environment variables by name. The value is undefined if only the cluster knows
 * it. A pod field with an address is represented by its path: `http://status.hostIP:4318`.
 *
 * If a name is repeated, the last entry counts. `$(NAME)` refers to an earlier entry (core/v1 EnvVar).
 */
export function resolveEnv(env: readonly Value[]): ReadonlyMap<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  for (const entry of env) {
    const name = getString(entry, "name");
    if (name !== undefined) values.set(name, resolve(entry, values));
  }
  return values;
}

/** In UTF-16 code units: longer than any address, and short enough that nested references can't grow without bound. */
const maxLength = 2000;

function resolve(entry: Value, earlier: ReadonlyMap<string, string | undefined>): string | undefined {
  const field = getString(entry, "valueFrom", "fieldRef", "fieldPath");
  if (field !== undefined) return addressFields.has(field) ? field : undefined;
  if (get(entry, "valueFrom") !== undefined) return undefined;
  const value = get(entry, "value") ?? "";
  if (typeof value !== "string" || value.length > maxLength) return undefined;
  let isKnown = true;
  const expanded = value.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return "$";
    const referenced = earlier.get(name);
    isKnown &&= referenced !== undefined;
    return referenced ?? whole;
  });
  return isKnown && expanded.length <= maxLength ? expanded : undefined;
}
