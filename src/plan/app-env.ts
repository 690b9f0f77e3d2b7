import type { Configuration } from "../config/configuration";
import type { KrmObject } from "../kube/object";
import { namesOf } from "../kube/workload";
import { getList, getString, type Mapping, type Value } from "../yaml/value";
import type { AgentParts } from "./agents/agent-type";

/** What a container of the app gets, so that it sends its spans to the agent. */
export interface AppEnv {
  /** Added behind the container's own entries; none of them is there already. */
  readonly added: readonly Mapping[];
  /** The names among these that come from presets. */
  readonly preset: readonly string[];
  /** Sources of `envFrom` that are not in the input: whether they set one of those names is not known. */
  readonly unknownSources: readonly string[];
}

interface Context {
  readonly configuration: Configuration;
  readonly parts: AgentParts;
  readonly namespace: string | undefined;
  readonly find: (group: string, kind: string, namespace: string | undefined, name: string) => KrmObject | undefined;
}

/**
 * The configuration's own variables, as far as the container has no entry of that name; then those of the presets, as
 * far as nothing sets them, an entry or a source of `envFrom`: before such a source an entry would go (core/v1
 * Container, `envFrom`).
 */
export function appEnv(container: Value, context: Context): AppEnv {
  const { env, presets } = context.configuration.app;
  if (env.length + presets.length === 0) return nothing;
  const own = getList(container, "env");
  const names = new Set(namesOf(own));
  const given = env.filter((entry) => !names.has(String(entry.name)));
  if (!presets.includes("opentelemetry")) return { ...nothing, added: given };
  const sources = getList(container, "envFrom").map((source) => namesFrom(source, context));
  const known = sources.flatMap((source) => ("names" in source ? source.names : []));
  const preset = openTelemetry([...own, ...given], new Set(known), context.parts.otlpHttpPort);
  return {
    added: [...given, ...preset],
    preset: namesOf(preset),
    unknownSources: sources.flatMap((source) => ("unknown" in source ? source.unknown : [])),
  };
}

const nothing: AppEnv = { added: [], preset: [], unknownSources: [] };

/**
 * The variables by which an SDK finds its way (opentelemetry-specification `protocol/exporter.md`). The address and the
 * protocol belong together, for one signal and for all: where one of them is set, none is added.
 */
const address = /^OTEL_EXPORTER_OTLP_(?:(?:TRACES|METRICS|LOGS)_)?(?:ENDPOINT|PROTOCOL)$/;

function openTelemetry(
  entries: readonly Value[],
  fromSources: ReadonlySet<string>,
  port: number | undefined,
): Mapping[] {
  const present = new Set([...namesOf(entries), ...fromSources]);
  const hasAddress = port === undefined || [...present].some((name) => address.test(name));
  return [
    ...(hasAddress
      ? []
      : [
          { name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: `http://127.0.0.1:${port}` },
          { name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "http/protobuf" },
        ]),
    ...(present.has("OTEL_RESOURCE_ATTRIBUTES") ? [] : resourceAttributes(entries, present)),
  ];
}

/** `$(NAME)` is filled in from the entries before it. */
function resourceAttributes(entries: readonly Value[], present: ReadonlySet<string>): Mapping[] {
  const pod = fieldVariable("POD_NAME", "metadata.name", entries, present);
  const namespace = fieldVariable("POD_NAMESPACE", "metadata.namespace", entries, present);
  const value = `k8s.pod.name=$(${pod.name}),k8s.namespace.name=$(${namespace.name})`;
  return [...pod.added, ...namespace.added, { name: "OTEL_RESOURCE_ATTRIBUTES", value }];
}

/** The variable that holds a field of the pod: one that is there, or one of ours under a name that nothing has. */
function fieldVariable(
  wanted: string,
  fieldPath: string,
  entries: readonly Value[],
  present: ReadonlySet<string>,
): { readonly name: string; readonly added: readonly Mapping[] } {
  const names = namesOf(entries);
  const there = entries.find(
    (entry) =>
      getString(entry, "valueFrom", "fieldRef", "fieldPath") === fieldPath &&
      // Of a name given twice the last entry stands.
      names.filter((name) => name === getString(entry, "name")).length === 1,
  );
  const found = getString(there, "name");
  if (found !== undefined) return { name: found, added: [] };
  let name = wanted;
  for (let n = 2; present.has(name); n++) name = `${wanted}_${n}`;
  return { name, added: [{ name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } } }] };
}

const sourceKinds = { configMapRef: "ConfigMap", secretRef: "Secret" } as const;

/** The names that a source of `envFrom` sets, or what it is called where it is not in the input. */
function namesFrom(
  source: Value,
  { find, namespace }: Context,
): { readonly names: readonly string[] } | { readonly unknown: readonly string[] } {
  const prefix = getString(source, "prefix") ?? "";
  for (const [field, kind] of Object.entries(sourceKinds)) {
    const name = getString(source, field, "name");
    if (name === undefined) continue;
    const object = find("", kind, namespace, name);
    if (object === undefined) return { unknown: [`${kind} "${name}"`] };
    // `binaryData` sets no variables: only what is text does (kubernetes `pkg/kubelet/kubelet_pods.go`).
    const keys = [...getList(object.value, "data"), ...getList(object.value, "stringData")];
    return { names: keys.map((key) => prefix + key) };
  }
  return { names: [] };
}
