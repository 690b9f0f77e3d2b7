import type { ExactStep } from "./field-path";
import { describe, type FilePosition, type Identity, type ObjectReference } from "./object";
import type { ResultCode } from "./result-codes";

/** How severe a finding is, from most to least. If there is an error, the run changes nothing. */
export type Severity = "error" | "warning" | "info";

/** A field of the configuration. */
export interface ConfigField {
  /**
   * The path for messages, such as `spec.app.env[0].value`. It ends before a key that may be a secret. Empty for the
   * configuration as a whole.
   */
  readonly path: string;
  /** The exact path, which is never printed. Default: that of `path`. */
  readonly at?: readonly (string | number)[];
  /** True if the key is wrong, and not its value. Default: false. */
  readonly isKey?: boolean;
}

/** A field of an object. */
export interface ObjectField {
  /** The path for results, such as `spec.template.spec.containers`. */
  readonly path: string;
  /** A more exact path, for the line, if the message itself names the rest. Default: that of `path`. */
  readonly at?: readonly ExactStep[];
}

/**
 * A message to the user, with the object and field that it is about. `code` is from the closed list in
 * `result-codes.ts`. `message` is one line that says what is wrong and what to do. It never contains a value that
 * could be a secret, and never starts with its own object or field: they are printed before it (`findingText`).
 */
export interface Finding {
  readonly code: ResultCode;
  readonly severity: Severity;
  readonly message: string;
  readonly object?: ObjectReference;
  readonly file?: FilePosition;
  readonly field?: ObjectField;
  /** The field of the configuration. Without an object, the finding is about the configuration itself. */
  readonly configField?: ConfigField;
  /** Where in the file it is, if that is more exact than the field. */
  readonly position?: { readonly line: number; readonly column: number };
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

/**
 * Returns a finding as one text. The order is from the outside in: the place, a field of the configuration, the object,
 * a field of the object, and the message.
 *
 * @param place the file, with the line if it is known.
 */
export function findingText({ configField, object, field, message }: Finding, place: string | undefined): string {
  const parts = [place, configField?.path, object?.kind && describe(object), field?.path, message];
  return parts.filter((part) => part).join(": ");
}

/**
 * Returns a finding as one about objects alone, for hosts, in which the configuration is an object too. A field of the
 * configuration becomes the field of that object. If the finding is about another object, it becomes part of the message.
 *
 * @param configuration undefined if it has no name or type.
 */
export function withConfigObject({ configField, ...finding }: Finding, configuration: Identity | undefined): Finding {
  if (configField === undefined) return finding;
  const { path } = configField;
  if (finding.object === undefined) {
    const object = configuration === undefined ? {} : objectAndFile(configuration);
    return { ...finding, ...object, ...(path === "" ? {} : { field: { path } }) };
  }
  const owner = configuration === undefined ? "" : `${describe(configuration)}: `;
  return { ...finding, message: `${owner}${path}: ${finding.message}` };
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

/** Reports whether a finding is a notice, and not a change or the state. */
export function isNotice({ code }: Finding): boolean {
  return code.startsWith("notice-");
}

/** Reports whether there is an error, so that the run changes nothing. */
export function hasError(findings: readonly Finding[]): boolean {
  return findings.some(isError);
}

/** Reports whether a finding says what the input lacks. It can be wrong if the input is only a part of the manifests. */
export function isAboutWholeInput({ code }: Finding): boolean {
  return code === "warn-nothing-selected" || code === "warn-unknown-container";
}
