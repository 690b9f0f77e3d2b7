import type { KrmObject } from "../../kube/object";
import { get, getList, getMapping, getString, type Value } from "../../yaml/value";

/** An environment variable of a container. */
export interface Variable {
  /**
   * Undefined if only the cluster knows it. A pod field with an address is represented by its path:
   * `http://status.hostIP:4318`.
   */
  readonly value: string | undefined;
  /** The object that it comes from, such as `ConfigMap "web"`. Undefined if the container's own entry has the value. */
  readonly source?: string;
  /** The container's field that sets it. */
  readonly field: "env" | "envFrom";
}

/** The environment of a container, as far as the input shows it. */
export interface ContainerEnv {
  /** By name. A variable without a value, which SDKs treat like one that isn't set, is listed too. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Sources of `envFrom` that aren't in the input, such as `Secret "web"`. They can set any variable. */
  readonly unknownSources: readonly string[];
}

/** Finds the ConfigMaps and Secrets that a container reads. */
export interface EnvSources {
  readonly namespace: string | undefined;
  readonly find: (group: string, kind: string, namespace: string | undefined, name: string) => KrmObject | undefined;
}

/**
 * Returns the variables of a container with more entries after its own. Entries take precedence over `envFrom`. If a
 * name is repeated, the last one counts. `$(NAME)` refers to an earlier variable (kubernetes
 * `pkg/kubelet/kubelet_pods.go`).
 */
export function containerEnv(container: Value, added: readonly Value[], sources: EnvSources): ContainerEnv {
  const variables = new Map<string, Variable>();
  const unknownSources: string[] = [];
  for (const source of getList(container, "envFrom")) {
    const read = readSource(source, sources);
    if ("unknown" in read) unknownSources.push(...read.unknown);
    else for (const [name, variable] of read.variables) variables.set(name, variable);
  }
  for (const entry of [...getList(container, "env"), ...added]) {
    const name = getString(entry, "name");
    if (name !== undefined) variables.set(name, { ...resolve(entry, variables, sources), field: "env" });
  }
  return { variables, unknownSources };
}

const sourceKinds = { configMapRef: "ConfigMap", secretRef: "Secret" } as const;

/** Returns the variables that a source of `envFrom` sets, or its kind and name if it isn't in the input. */
function readSource(
  source: Value,
  sources: EnvSources,
):
  | { readonly variables: readonly (readonly [name: string, variable: Variable])[] }
  | { readonly unknown: readonly string[] } {
  const prefix = getString(source, "prefix") ?? "";
  for (const [field, kind] of Object.entries(sourceKinds)) {
    const name = getString(source, field, "name");
    if (name === undefined || name === "") continue;
    const title = `${kind} "${name}"`;
    const object = sources.find("", kind, sources.namespace, name);
    if (object === undefined) return { unknown: [title] };
    // Only text data sets variables, `binaryData` doesn't.
    const parts = kind === "Secret" ? ["data", "stringData"] : ["data"];
    const data = parts.flatMap((part) => Object.entries(getMapping(object.value, part)));
    return {
      variables: data.map(([key, value]) => [
        prefix + key,
        { value: typeof value === "string" ? value : undefined, source: title, field: "envFrom" },
      ]),
    };
  }
  return { variables: [] };
}

/** The pod fields that contain an address of the pod or of its node. */
const addressFields = new Set(["spec.nodeName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"]);

/** Reports whether a host, in lowercase, represents such a field in the value of a variable. */
export function isAddressField(host: string): boolean {
  return [...addressFields].some((field) => field.toLowerCase() === host);
}

/** In UTF-16 code units: longer than any address, and short enough that nested references can't grow without bound. */
export const maxValueLength = 2000;

function resolve(entry: Value, earlier: ReadonlyMap<string, Variable>, sources: EnvSources): Omit<Variable, "field"> {
  const field = getString(entry, "valueFrom", "fieldRef", "fieldPath");
  if (field !== undefined) return { value: addressFields.has(field) ? field : undefined };
  const configMap = getString(entry, "valueFrom", "configMapKeyRef", "name");
  const key = getString(entry, "valueFrom", "configMapKeyRef", "key");
  if (configMap !== undefined && key !== undefined) {
    const object = sources.find("", "ConfigMap", sources.namespace, configMap);
    return { value: getString(object?.value, "data", key), source: `ConfigMap "${configMap}"` };
  }
  if (get(entry, "valueFrom") !== undefined) return { value: undefined };
  return { value: expandReferences(get(entry, "value") ?? "", earlier) };
}

function expandReferences(value: Value, earlier: ReadonlyMap<string, Variable>): string | undefined {
  if (typeof value !== "string" || value.length > maxValueLength) return undefined;
  let isKnown = true;
  const expanded = value.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return "$";
    const referenced = earlier.get(name)?.value;
    isKnown &&= referenced !== undefined;
    return referenced ?? whole;
  });
  return isKnown && expanded.length <= maxValueLength ? expanded : undefined;
}
