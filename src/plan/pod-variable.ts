import type { Mapping } from "../yaml/value";

/** Returns an entry of `env` that sets a variable to a field of the pod. */
export function podVariable(name: string, fieldPath: string): Mapping {
  return { name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } } };
}

/** Returns a name that isn't in use: `name` itself, or `name` with the first number that makes it unique. */
export function unusedName(name: string, used: ReadonlySet<string>): string {
  let candidate = name;
  for (let n = 2; used.has(candidate); n++) candidate = `${name}_${n}`;
  return candidate;
}
