import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import type { Workload } from "../../kube/workload";
import type { Mapping } from "../../yaml/value";

/** What an agent type adds to one pod. */
export interface AgentParts {
  readonly container: Mapping;
  readonly volumes: readonly Mapping[];
  /**
   * Duration and renewal time of the client's Certificate, as Go durations. They apply if the configuration sets no
   * duration. If omitted, cert-manager's defaults apply.
   */
  readonly certificateLifetime?: { readonly duration: string; readonly renewBefore: string };
  /** Every port that the agent listens on. A port has a name if the container declares it. */
  readonly ports: readonly { readonly port: number; readonly protocol: "TCP" | "UDP"; readonly name?: string }[];
  /** The name of the container port that serves metrics. */
  readonly metricsPort: string;
  /** The port of the loopback address that receives OTLP over HTTP. If omitted, the agent doesn't accept it. */
  readonly otlpHttpPort?: number;
}

/** An agent type: pure functions over plain data. */
export interface AgentType {
  /**
   * Checks the configuration itself, once per run. Returns errors, such as a version that lacks a required feature, and
   * notices, such as an end of life.
   */
  check(configuration: Configuration): readonly Finding[];
  /**
   * Returns what a pod of the workload gets.
   *
   * @param configuration the configuration with its templates expanded for the workload.
   * @param containerCache the containers of other workloads under the same configuration. Equal containers are the same
   *   object, so that each is printed only once.
   * @throws Error if `check` reports an error for the configuration's version.
   */
  build(configuration: Configuration, workload: Workload, containerCache?: Map<string, Mapping>): AgentParts;
}
