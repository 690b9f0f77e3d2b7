import type { FilePosition, Identity, ObjectReference } from "./object";
import type { ResultCode } from "./result-codes";

/** How severe a finding is, from most to least. If there is an error, the run changes nothing. */
export type Severity = "error" | "warning" | "info";

/**
 * A message to the user, with the object and field that it is about. `code` is from the closed list in
 * `result-codes.ts`. `message` is one line that says what is wrong and what to do. It never contains a value that
 * could be a secret.
 */
export interface Finding {
  readonly code: ResultCode;
  readonly severity: Severity;
  readonly message: string;
  readonly object?: ObjectReference;
  readonly file?: FilePosition;
  /** The field, with its path within the object, such as `spec.template.spec.containers`. */
  readonly field?: { readonly path: string; readonly currentValue?: string; readonly proposedValue?: string };
  /**
   * Identifies the cause, such as a namespace with a policy, if it isn't the object itself and can affect other objects
   * of the run too. A run reports all findings with the same cause and message as one.
   */
  readonly cause?: string;
  /** True if a run that changes something removes the cause, so that the next run doesn't find it. */
  readonly isFoundOnce?: true;
  /** The other objects that an error is about, such as the second workload of a conflict between two. */
  readonly alsoAbout?: readonly FilePosition[];
}

/** Returns the parts of a finding that name an object and its file. */
export function objectAndFile(identity: Identity): Pick<Finding, "object" | "file"> {
  const { apiVersion, kind, name, generateName, namespace, file } = identity;
  const object = {
    apiVersion,
    kind,
    name,
    ...(generateName === undefined ? {} : { generateName }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  return {
    object,
    ...(file === undefined ? {} : { file }),
  };
}

/** Reports whether a finding is an error. */
export function isError({ severity }: Finding): boolean {
  return severity === "error";
}

/** Returns the part of a finding that names the other objects that it is about. */
export function alsoAbout(...objects: readonly Identity[]): Pick<Finding, "alsoAbout"> {
  return { alsoAbout: objects.flatMap(({ file }) => file ?? []) };
}

/** Reports whether a finding is an error or a warning. */
export function isProblem({ severity }: Finding): boolean {
  return severity !== "info";
}

/** Reports whether there is an error, so that the run changes nothing. */
export function hasError(findings: readonly Finding[]): boolean {
  return findings.some(isError);
}
