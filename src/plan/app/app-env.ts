import type { Configuration } from "../../config/configuration";
import { namesOf } from "../../kube/workload";
import { getList, getString, type Mapping, type Value } from "../../yaml/value";
import { expandContainerEnv, templateVariables } from "../objects/expand-text";
import { type ContainerEnv, containerEnv } from "./container-env";
import { jaegerPreset } from "./jaeger-preset";
import { openTelemetryPreset } from "./opentelemetry-preset";
import { disabledExporters } from "./other-signals";
import type { AppContext, Preset } from "./preset";

/** The environment variables that a container of the app gets, so that it sends its spans to the agent. */
export interface AppEnv {
  /** The entries to add after the container's own. The container has no entries of these names. */
  readonly added: readonly Mapping[];
  /** The names of the entries in `added` that aren't added if a source of `envFrom` is known to set them. */
  readonly optional: readonly string[];
  /** The container's environment with the entries in `added`. */
  readonly env: ContainerEnv;
}

/** A container of the app. */
export interface AppContainer extends AppEnv {
  readonly name: string;
  /** The field of the pod's spec that it is in. */
  readonly list: "containers" | "initContainers";
}

/** Returns the workload's containers that `spec.app` applies to. An init container is one of them only if it is named. */
export function appContainers(context: AppContext): AppContainer[] {
  const only = context.configuration.app.containers;
  const lists = only === undefined ? (["containers"] as const) : (["containers", "initContainers"] as const);
  return lists.flatMap((list) =>
    getList(context.workload.podSpec, list).flatMap((container) => {
      const name = getString(container, "name") ?? "";
      const isNamed = name !== "" && (only === undefined || only.includes(name));
      return isNamed ? [{ name, list, ...appEnv(container, context) }] : [];
    }),
  );
}

const presets: Readonly<Record<Configuration["app"]["presets"][number], Preset>> = {
  opentelemetry: openTelemetryPreset,
  jaeger: jaegerPreset,
};

/**
 * Returns the variables for one container of the app: those of the configuration that the container doesn't have yet,
 * then those of the presets and of `otherSignals` that neither an entry nor a source of `envFrom` sets. These respect
 * `envFrom` because an entry takes precedence over such a source (core/v1 Container, `envFrom`).
 */
function appEnv(container: Value, context: AppContext): AppEnv {
  const { configuration, workload } = context;
  const { app } = configuration;
  const name = getString(container, "name") ?? "";
  const own = getList(container, "env");
  const ownNames = new Set(namesOf(own));
  const missing = app.env.filter((entry) => !ownNames.has(String(entry.name)));
  const configured = expandContainerEnv(missing, templateVariables(configuration, workload), name);
  const env = containerEnv(container, configured, context.sources);
  const input = {
    ...context,
    container: name,
    env,
  };
  const withMore = (more: readonly Mapping[]) =>
    more.length === 0 ? env : containerEnv(container, [...configured, ...more], context.sources);
  const preset = [...new Set(app.presets)].flatMap((presetName) => presets[presetName](input));
  const exporters = app.otherSignals === "disable" ? disabledExporters(withMore(preset), context) : [];
  const optional = [...preset, ...exporters];
  return { added: [...configured, ...optional], optional: namesOf(optional), env: withMore(optional) };
}
