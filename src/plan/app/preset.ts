import type { Configuration } from "../../config/configuration";
import type { Workload } from "../../kube/workload";
import type { Mapping } from "../../yaml/value";
import type { AgentParts } from "../agents/agent-type";
import type { ContainerEnv, EnvSources } from "./container-env";

/** What the variables of a container depend on. */
export interface AppContext {
  readonly workload: Workload;
  readonly configuration: Configuration;
  readonly parts: AgentParts;
  readonly sources: EnvSources;
}

/** A container of the app, without the variables of the presets. */
export interface PresetInput extends AppContext {
  /** The name of the container. */
  readonly container: string;
  readonly env: ContainerEnv;
}

/** Returns the variables that make an SDK send its spans to the agent. The container doesn't set any of them yet. */
export type Preset = (input: PresetInput) => readonly Mapping[];
