import { type Finding, objectAndFile } from "../kube/finding";
import type { Identity } from "../kube/object";
import { YamlError } from "../yaml/yaml-error";
import { type ItemText, locationText } from "./item";

/**
 * Runs an edit of an item; an item that cannot be edited safely becomes a finding with its place in the input.
 *
 * @returns what `edit` returns, or undefined when `findings` was given why not.
 */
export function tryEdit<T>(item: ItemText, object: Identity, findings: Finding[], edit: () => T): T | undefined {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const message = `${error.message}${locationText(item.source, item.offset + error.offset)}.`;
    findings.push({ code: "invalid-object", severity: "error", ...objectAndFile(object), message });
    return undefined;
  }
}
