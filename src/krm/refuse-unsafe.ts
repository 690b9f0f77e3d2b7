import { about, type Finding } from "../kube/finding";
import type { Identity } from "../kube/object";
import { YamlError } from "../yaml/yaml-error";
import { at, type ItemText } from "./item";

/**
 * Runs an edit of an item; an item that cannot be edited safely becomes a finding with its place in the input.
 *
 * @returns what `edit` returns, or undefined when `findings` was given why not.
 */
export function guarded<T>(item: ItemText, object: Identity, findings: Finding[], edit: () => T): T | undefined {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const message = `${error.message}${at(item.source, item.offset + error.offset)}.`;
    findings.push({ code: "invalid-object", severity: "error", ...about(object), message });
    return undefined;
  }
}
