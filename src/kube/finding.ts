import type { FilePosition, Identity, ObjectReference } from "./object";
import type { ResultCode } from "./result-codes";

export type Severity = "error" | "warning" | "info";

/**
 * One thing to tell the user. `code` is from the closed list in `result-codes.ts`. `message` is one line and says what is
 * wrong and what would be right; it never holds a value that could be a secret.
 */
export interface Finding {
  readonly code: ResultCode;
  readonly severity: Severity;
  readonly message: string;
  readonly object?: ObjectReference;
  readonly file?: FilePosition;
  /** The field's path within the object, such as `spec.template.spec.containers`. */
  readonly field?: { readonly path: string; readonly currentValue?: string; readonly proposedValue?: string };
}

/** The parts of a finding that say which object it is about, and in which file. */
export function objectAndFile({ apiVersion, kind, name, namespace, file }: Identity): Pick<Finding, "object" | "file"> {
  return {
    object: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) },
    ...(file === undefined ? {} : { file }),
  };
}
