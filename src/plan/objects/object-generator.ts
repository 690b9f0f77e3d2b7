import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import type { Workload } from "../../kube/workload";
import type { Mapping } from "../../yaml/value";
import type { AgentParts } from "../agents/agent-type";
import type { Ownership } from "./metadata";

/** A kind of Kubernetes object. */
export interface ObjectKind {
  /** The API group, without the version. */
  readonly group: string;
  readonly kind: string;
}

/** What an object is generated from. */
export interface GeneratorInput {
  /** With its templates expanded. */
  readonly configuration: Configuration;
  readonly workload: Workload;
  /** The annotations that the object must have, so that a later run recognizes it. */
  readonly ownership: Ownership;
  readonly parts: AgentParts;
}

/** An object without the host's annotations, or a finding that says why there is none. */
export type GeneratedObject = { readonly object: Mapping } | { readonly finding: Finding };

/**
 * Generates one kind of object for each workload. Objects of this kind are then also recognized in later runs, updated,
 * pruned and removed.
 */
export interface ObjectGenerator extends ObjectKind {
  /** Returns an object of this kind, or undefined if the configuration doesn't ask for one. */
  readonly generate: (input: GeneratorInput) => GeneratedObject | undefined;
}
