import type { AgentConfiguration, Configuration, Signal } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import type { Workload } from "../../kube/workload";
import type { Mapping, Value } from "../../yaml/value";

/** What an agent type adds to one pod. */
export interface AgentParts extends SharedAgentParts {
  readonly volumes: readonly Mapping[];
}

/** The parts of an agent that are the same for all pods that get an equal container. */
export interface SharedAgentParts {
  readonly container: Mapping;
  /**
   * Duration and renewal time of the client's Certificate, as Go durations. They apply if the configuration sets no
   * duration. If omitted, cert-manager's defaults apply.
   */
  readonly certificateLifetime?: { readonly duration: string; readonly renewBefore: string };
  /** Every port that the agent listens on. */
  readonly ports: readonly AgentPort[];
  /** The name of the container port that serves metrics. */
  readonly metricsPort: string;
  /** True if the agent can also listen on ports that aren't in `ports`, or that require TLS: the user added receivers. */
  readonly hasOtherPorts?: true;
  /**
   * `spec.collector.endpoint`, if the agent sends spans there. Undefined if `spec.agent` has settings that may send them
   * elsewhere.
   */
  readonly endpoint?: string;
  /** Where the agent receives OTLP on the loopback address, without TLS. If omitted, it doesn't. */
  readonly otlp?: OtlpReceiver;
}

/** The agents of a run, by their configuration, and by everything else that their container is built from, as JSON. */
export type AgentCache = Map<AgentConfiguration, Map<string, SharedAgentParts>>;

/** A port that the agent listens on. */
export interface AgentPort {
  /** What it is for, as a field of `spec.agent.ports`. */
  readonly use: PortUse;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
  /** The address that it listens on: empty for every address of the pod. Omitted if it isn't known. */
  readonly host?: string;
  /** The name of the container port. Omitted if the container doesn't declare the port. */
  readonly name?: string;
  /** The path of the configuration field that changes the number. */
  readonly field: string;
}

/** What a port is for: a field of `spec.agent.ports`. */
export type PortUse = keyof AgentConfiguration["ports"];

/** The ports for OTLP. A protocol without a port isn't accepted. */
export interface OtlpReceiver {
  readonly grpcPort?: number;
  readonly httpPort?: number;
  /** The path of an HTTP request with spans, such as `/v1/traces`. */
  readonly tracesPath: string;
  /** The signals that the agent forwards. It rejects all others. */
  readonly signals: readonly Signal[];
}

/** An agent type: data for messages and for `init`, and pure functions over plain data. */
export interface AgentType {
  /** The agent's name in a sentence, such as `the Jaeger agent`. */
  readonly title: string;
  /** The images that run the agent, by the last segment of their repository's path. */
  readonly images: readonly string[];
  /** The usual address of a collector that understands the agent. */
  readonly collector: { readonly service: string; readonly port: number };
  /** The presets of `spec.app` that the agent has a port for. */
  readonly presets: Configuration["app"]["presets"];
  /** The SDKs that this agent type is the first choice for, by the prefix of their environment variables. */
  readonly sdks?: { readonly title: string; readonly variablePrefix: string };
  /** Undefined if an existing agent of this type can't be adopted. */
  readonly adoption?: Adoption;
  /**
   * Checks the configuration itself, once per run. Returns errors, such as a version that lacks a required feature, and
   * notices, such as an end of life.
   */
  check(configuration: Configuration): readonly Finding[];
  /**
   * Checks `spec.collector.endpoint` by the agent's own rule, once per run. A template counts as a valid part of a host.
   * Returns nothing if `spec.agent` replaces the endpoint.
   */
  checkEndpoint(configuration: Configuration): readonly Finding[];
  /**
   * Returns what a pod of the workload gets.
   *
   * @param configuration the configuration with its templates expanded for the workload.
   * @param cache the agents of other workloads under the same configuration. Equal containers are the same object, so
   *   that each is printed only once.
   * @throws Error if `check` reports an error for the configuration's version.
   */
  build(configuration: Configuration, workload: Workload, cache?: AgentCache): AgentParts;
}

/** What is known about existing agents of a type: those that the function didn't add. */
export interface Adoption {
  /** Such an agent in a sentence, such as `a Jaeger agent`. */
  readonly noun: string;
  /** Reports whether a container is such an agent. */
  recognizes(container: Value): boolean;
  /** Returns the address of the collector that an existing agent sends to; undefined if its container doesn't set it. */
  endpoint(container: Value): string | undefined;
  /** Reports whether an existing agent uses TLS. */
  usesTls(container: Value): boolean;
  /** Compares every setting of an existing agent with the agent that replaces it, in the order of the container. */
  compare(replacement: Replacement): readonly SettingComparison[];
}

/** An existing agent, and the agent that replaces it. */
export interface Replacement {
  /** The container of the existing agent. */
  readonly container: Value;
  /** The workload with the existing agent. */
  readonly workload: Workload;
  /** The configuration with its templates expanded for the workload. */
  readonly configuration: Configuration;
  /** What the new agent adds to the pod. */
  readonly parts: AgentParts;
  /** True if the new agent is of the same type, and so has the same flags and variables. */
  readonly sameType: boolean;
}

/** How one setting of an existing agent compares to the new agent. Never contains a value, because it could be a secret. */
export interface SettingComparison {
  /** A flag, an environment variable or a field of the container. */
  readonly setting: string;
  /** `same` or `other`: the new agent has the same value or another one. `none`: it doesn't have the setting. */
  readonly outcome: "same" | "other" | "none";
  /** The configuration field that decides the setting, or another explanation. */
  readonly reason?: string;
}
