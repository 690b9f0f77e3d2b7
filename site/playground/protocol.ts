/*
 * What the page and its Web Worker send each other, as plain data.
 */

/** A manifest: its path, and exactly its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What to do with the input: inject, or inject and then remove again. */
export interface Run {
  readonly kind: "run";
  readonly files: readonly SourceFile[];
  readonly configuration: string;
  readonly remove: boolean;
}

/** Asks where the input contains a Secret. */
export interface FindSecrets {
  readonly kind: "find-secrets";
  readonly files: readonly SourceFile[];
}

export type Task = Run | FindSecrets;

/** A replaced range: of the text before, and of the text after. */
export interface TextChange {
  readonly fromBefore: number;
  readonly toBefore: number;
  readonly fromAfter: number;
  readonly toAfter: number;
}

/** A file of the result. */
export interface ResultFile {
  readonly path: string;
  /** The input, or for a removal the text with the agent. */
  readonly before: string;
  readonly after: string;
  /** The differences, in order. */
  readonly changes: readonly TextChange[];
}

/** A place in the input. Lines and columns are counted from 1. */
export interface Place {
  /** Undefined for the configuration. */
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A finding, ready to be shown. */
export interface ShownFinding {
  readonly severity: "error" | "warning" | "notice" | "info";
  readonly code: string;
  /** The object, the field and the message. */
  readonly text: string;
  readonly place?: Place;
}

/** The Collector's configuration in a container. */
export interface AgentConfiguration {
  /** Such as `Deployment/web: otel-collector`. */
  readonly title: string;
  readonly text: string;
}

/** Compares the input with what is left after a removal. */
export interface Removal {
  /** The bytes of all files. */
  readonly bytes: number;
  /** The files that differ. */
  readonly different: readonly string[];
}

export interface RunResult {
  readonly kind: "run";
  readonly files: readonly ResultFile[];
  readonly findings: readonly ShownFinding[];
  /** One sentence, as the command line prints it. */
  readonly summary: string;
  readonly agentConfigurations: readonly AgentConfiguration[];
  /** Only for a removal, and only if it isn't refused. */
  readonly removal?: Removal;
  readonly hasErrors: boolean;
}

export interface FoundSecrets {
  readonly kind: "find-secrets";
  readonly places: readonly Place[];
}

export type Outcome = RunResult | FoundSecrets;

/** A defect: what the worker threw. */
export interface Failure {
  readonly kind: "failure";
  readonly message: string;
}

export interface TaskMessage {
  readonly id: number;
  readonly task: Task;
}

export interface OutcomeMessage {
  readonly id: number;
  readonly outcome: Outcome | Failure;
}
