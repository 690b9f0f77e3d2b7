import type { DefinedError } from "ajv";
import type { Finding } from "../kube/finding";
import { toObject } from "../kube/object";
import { getString, type Value } from "../yaml/value";
import { illFormedStrings, normalize } from "./normalize";
import type { Problem } from "./problem";
import { toProblems } from "./schema-errors";

/** The apiVersion of every kind of functionConfig that is the function's own. */
export const apiVersion = "tracing-sidecar.dev/v1alpha1";

/** A validator that `scripts/generate.ts` made: it fills the defaults in, in place. */
interface Validator<T> {
  (data: unknown): data is T;
  errors?: readonly DefinedError[] | null;
}

/** The data with its defaults and in the form that the rest of the program relies on, or what is wrong with it. */
export function validated<T>(
  validate: Validator<T>,
  given: Value,
): { readonly value: T } | { readonly problems: readonly Problem[] } {
  // The validator fills the defaults in, and the caller's data is not ours to change.
  const filled: unknown = structuredClone(given);
  if (!validate(filled)) return { problems: toProblems(validate.errors ?? [], given) };
  const problems = illFormedStrings(given);
  if (problems.length > 0) return { problems };
  normalize(filled);
  return { value: filled };
}

/** What is said of a field of the functionConfig that names another kind or version than the function knows. */
export function wrongTypeMeta(functionConfig: Value, field: "apiVersion" | "kind", right: string): Problem {
  const given = getString(functionConfig, field);
  return { path: field, message: `${given === undefined ? "" : `${JSON.stringify(given)} `}must be ${right}` };
}

/** A problem as a finding about the functionConfig, and its file where the host says it. */
export function toFinding({ path, message }: Problem, functionConfig: Value | undefined): Finding {
  const { apiVersion, kind, name, namespace, file } = toObject(functionConfig ?? null);
  return {
    code: "invalid-config",
    severity: "error",
    message: `${path}: ${message}`,
    ...(apiVersion && kind && name
      ? { object: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) } }
      : {}),
    ...(file === undefined ? {} : { file }),
    field: { path },
  };
}
