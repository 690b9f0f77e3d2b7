import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import type { Identity } from "../../kube/object";
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

/** What an object for all injected workloads of a namespace is generated from. */
export interface NamespaceInput {
  /** With the templates of `podMonitor` expanded. */
  readonly configuration: Configuration;
  /** The namespace that the workloads will be in. Undefined if it is unknown. */
  readonly namespace: string | undefined;
  /** The namespace to write into the object. Undefined if none of the workloads has one: a later step sets it. */
  readonly ownNamespace: string | undefined;
  /** One of the workloads, for findings. */
  readonly subject: Identity;
  readonly ownership: Ownership;
  /** The name of the agents' container port to scrape. */
  readonly metricsPort: string;
}

/**
 * Generates one kind of object, for each workload or for each namespace. Objects of this kind are then also recognized in
 * later runs, updated, pruned and removed.
 */
export interface ObjectGenerator extends ObjectKind {
  /** The field of the configuration that names the objects. */
  readonly nameField: string;
  /** Returns a workload's object of this kind, or undefined if the configuration doesn't ask for one. */
  readonly generate?: (input: GeneratorInput) => GeneratedObject | undefined;
  /** Like `generate`, for all injected workloads of a namespace. */
  readonly generateForNamespace?: (input: NamespaceInput) => GeneratedObject | undefined;
}
