import { generalResult } from "kpt-functions/dist/src/result";
import { type Finding, findingText } from "../kube/finding";
import type { ObjectReference } from "../kube/object";
import type { Mapping } from "../yaml/value";
import { oneLine } from "./escape-line";

/**
 * Returns a finding as a result of the KRM functions specification. Only the message and tags come from kpt's
 * `generalResult`: kpt's result for an object would drop an index of 0 and write an empty namespace, and its severity
 * for a warning (`warn`) isn't in the specification.
 */
export function toResult(finding: Finding): Mapping {
  const { message, tags } = generalResult(finding.message, "info", { code: finding.code });
  const { object, file, field } = finding;
  return {
    message,
    severity: finding.severity,
    ...(object === undefined ? {} : { resourceRef: toReference(object) }),
    ...(field === undefined ? {} : { field: { path: field.path } }),
    ...(file === undefined ? {} : { file: { ...file } }),
    tags: { ...tags },
  };
}

/** Returns an object's identity in the form of a result's `resourceRef`. */
export function toReference({ apiVersion, kind, name, namespace }: ObjectReference): Mapping {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Returns a finding as one line for stderr: `error: deploy.yaml: Deployment shop/web: spec.template: message [code]`. */
export function toLine(finding: Finding): string {
  return oneLine(`${finding.severity}: ${findingText(finding, finding.file?.path)} [${finding.code}]`);
}
