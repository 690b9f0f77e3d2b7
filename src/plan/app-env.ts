import type { Configuration } from "../config/configuration";
import type { KrmObject } from "../kube/object";
import { namesOf } from "../kube/workload";
import { getList, getString, type Mapping, type Value } from "../yaml/value";
import type { AgentParts } from "./agents/agent-type";
import { podVariable, unusedName } from "./pod-variable";

/** The environment variables that a container of the app gets, so that it sends its spans to the agent. */
export interface AppEnv {
  /** The entries to add after the container's own. The container has no entries of these names. */
  readonly added: readonly Mapping[];
  /** The names of the entries in `added` that come from presets. */
  readonly preset: readonly string[];
  /** Sources of `envFrom` that are not in the input, such as `ConfigMap "web"`. They may set a name in `preset`. */
  readonly unknownSources: readonly string[];
}

interface Context {
  readonly configuration: Configuration;
  readonly parts: AgentParts;
  readonly namespace: string | undefined;
  readonly find: (group: string, kind: string, namespace: string | undefined, name: string) => KrmObject | undefined;
}

/**
 * Returns the variables for one container of the app: those of the configuration that the container doesn't have yet,
 * then those of the presets that neither an entry nor a source of `envFrom` sets. A preset respects `envFrom` because
 * an entry takes precedence over such a source (core/v1 Container, `envFrom`).
 */
export function appEnv(container: Value, context: Context): AppEnv {
  const { env, presets } = context.configuration.app;
  if (env.length + presets.length === 0) return noEnv;
  const existing = getList(container, "env");
  const existingNames = new Set(namesOf(existing));
  const configured = env.filter((entry) => !existingNames.has(String(entry.name)));
  if (!presets.includes("opentelemetry")) return { ...noEnv, added: configured };
  const sources = getList(container, "envFrom").map((source) => namesFrom(source, context));
  const sourceNames = sources.flatMap((source) => ("names" in source ? source.names : []));
  const preset = openTelemetry([...existing, ...configured], new Set(sourceNames), context.parts.otlpHttpPort);
  return {
    added: [...configured, ...preset],
    preset: namesOf(preset),
    unknownSources: sources.flatMap((source) => ("unknown" in source ? source.unknown : [])),
  };
}

const noEnv: AppEnv = { added: [], preset: [], unknownSources: [] };

/**
 * The variables that set where and how an SDK exports (opentelemetry-specification `protocol/exporter.md`). Endpoint
 * and protocol belong together, for one signal or for all of them: if any of these variables is set, neither is added.
 */
const exporterVariable = /^OTEL_EXPORTER_OTLP_(?:(?:TRACES|METRICS|LOGS)_)?(?:ENDPOINT|PROTOCOL)$/;

function openTelemetry(
  entries: readonly Value[],
  sourceNames: ReadonlySet<string>,
  port: number | undefined,
): Mapping[] {
  const present = new Set([...namesOf(entries), ...sourceNames]);
  const addsExporter = port !== undefined && ![...present].some((name) => exporterVariable.test(name));
  return [
    ...(addsExporter
      ? [
          { name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: `http://127.0.0.1:${port}` },
          { name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "http/protobuf" },
        ]
      : []),
    ...(present.has("OTEL_RESOURCE_ATTRIBUTES") ? [] : resourceAttributes(entries, present)),
  ];
}

/** The variables that `$(NAME)` refers to come first: it is expanded from earlier entries only. */
function resourceAttributes(entries: readonly Value[], present: ReadonlySet<string>): Mapping[] {
  const pod = fieldVariable("POD_NAME", "metadata.name", entries, present);
  const namespace = fieldVariable("POD_NAMESPACE", "metadata.namespace", entries, present);
  const value = `k8s.pod.name=$(${pod.name}),k8s.namespace.name=$(${namespace.name})`;
  return [...pod.added, ...namespace.added, { name: "OTEL_RESOURCE_ATTRIBUTES", value }];
}

/** Returns a variable with the value of a pod's field: an existing one, or a new one with a name that isn't in use. */
function fieldVariable(
  preferredName: string,
  fieldPath: string,
  entries: readonly Value[],
  present: ReadonlySet<string>,
): { readonly name: string; readonly added: readonly Mapping[] } {
  const names = namesOf(entries);
  const existing = entries.find(
    (entry) =>
      getString(entry, "valueFrom", "fieldRef", "fieldPath") === fieldPath &&
      // If a name is duplicated, the last entry applies, so this one may not.
      names.filter((name) => name === getString(entry, "name")).length === 1,
  );
  const existingName = getString(existing, "name");
  if (existingName !== undefined) return { name: existingName, added: [] };
  const name = unusedName(preferredName, present);
  return { name, added: [podVariable(name, fieldPath)] };
}

const sourceKinds = { configMapRef: "ConfigMap", secretRef: "Secret" } as const;

/** Returns the names that a source of `envFrom` sets, or its kind and name if it is not in the input. */
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
    // Only text data sets variables, `binaryData` doesn't (kubernetes `pkg/kubelet/kubelet_pods.go`).
    const keys = [...getList(object.value, "data"), ...getList(object.value, "stringData")];
    return { names: keys.map((key) => prefix + key) };
  }
  return { names: [] };
}
