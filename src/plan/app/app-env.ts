import type { Configuration } from "../../config/configuration";
import { namesOf } from "../../kube/workload";
import { getList, getString, type Mapping, type Value } from "../../yaml/value";
import { type ContainerEnv, containerEnv } from "./container-env";
import { jaegerPreset } from "./jaeger-preset";
import { openTelemetryPreset } from "./opentelemetry-preset";
import type { AppContext, Preset } from "./preset";

/** The environment variables that a container of the app gets, so that it sends its spans to the agent. */
export interface AppEnv {
  /** The entries to add after the container's own. The container has no entries of these names. */
  readonly added: readonly Mapping[];
  /** The names of the entries in `added` that come from presets. */
  readonly preset: readonly string[];
  /** The container's environment with the entries in `added`. */
  readonly env: ContainerEnv;
}

/** A container of the app. */
export interface AppContainer extends AppEnv {
  readonly name: string;
}

/** Returns the workload's containers that `spec.app` applies to. */
export function appContainers(context: AppContext): AppContainer[] {
  const only = context.configuration.app.containers;
  return getList(context.workload.podSpec, "containers").flatMap((container) => {
    const name = getString(container, "name") ?? "";
    return only !== undefined && !only.includes(name) ? [] : [{ name, ...appEnv(container, context) }];
  });
}

const presets: Readonly<Record<Configuration["app"]["presets"][number], Preset>> = {
  opentelemetry: openTelemetryPreset,
  jaeger: jaegerPreset,
};

/**
 * Returns the variables for one container of the app: those of the configuration that the container doesn't have yet,
 * then those of the presets that neither an entry nor a source of `envFrom` sets. A preset respects `envFrom` because
 * an entry takes precedence over such a source (core/v1 Container, `envFrom`).
 */
function appEnv(container: Value, context: AppContext): AppEnv {
  const { app } = context.configuration;
  const own = getList(container, "env");
  const ownNames = new Set(namesOf(own));
  const configured = app.env.filter((entry) => !ownNames.has(String(entry.name)));
  const env = containerEnv(container, configured, context.sources);
  if (app.presets.length === 0) return { added: configured, preset: [], env };

  const input = {
    ...context,
    container: getString(container, "name") ?? "",
    entries: [...own, ...configured],
    env,
  };
  const preset = app.presets.flatMap((name) => presets[name](input));
  const added = [...configured, ...preset];
  return { added, preset: namesOf(preset), env: containerEnv(container, added, context.sources) };
}
