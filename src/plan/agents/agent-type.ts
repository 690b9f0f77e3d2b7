import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import type { Workload } from "../../kube/workload";
import type { Mapping } from "../../yaml/value";

/** What a flavour of agent adds to one pod. */
export interface AgentParts {
  readonly container: Mapping;
  readonly volumes: readonly Mapping[];
  /** Duration and renewal for the client's Certificate where the user gave no duration; absent: cert-manager's own. */
  readonly certificateLifetime?: { readonly duration: string; readonly renewBefore: string };
  /** Every port that the agent listens on, named where the container declares it. */
  readonly ports: readonly { readonly port: number; readonly protocol: "TCP" | "UDP"; readonly name?: string }[];
  /** The name of the container's port that serves metrics. */
  readonly metricsPort: string;
  /** Where an SDK sends OTLP over HTTP, on the loopback address; absent: the agent takes none. */
  readonly otlpHttpPort?: number;
}

/** One flavour of agent: pure functions over plain data. */
export interface AgentType {
  /** Problems and notices of the configuration itself, once a run: a version that cannot do what is asked, an end of life. */
  check(configuration: Configuration): readonly Finding[];
  /**
   * What a pod of this workload gets. `configuration` has its templates expanded for the workload.
   *
   * @param containerCache the containers of other workloads under the same configuration: one that comes out the same is the same
   *   object, so that it is printed once.
   */
  build(configuration: Configuration, workload: Workload, containerCache?: Map<string, Mapping>): AgentParts;
}
