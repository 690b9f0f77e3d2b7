import { type Finding, objectAndFile } from "../kube/finding";
import type { Identity } from "../kube/object";
import { YamlError } from "../yaml/yaml-error";
import { type ItemText, locationText } from "./item";

/**
 * Runs `edit` on an item and converts a YamlError to a finding. Other errors are rethrown.
 *
 * @param item the item, for the position in the finding. The error's offset must be within `item.text`.
 * @returns what `edit` returns, or an `invalid-object` finding with the line and column in the input if the item can't
 *   be edited safely.
 */
export function tryEdit<T>(
  item: ItemText,
  object: Identity,
  edit: () => T,
): { readonly value: T } | { readonly finding: Finding } {
  try {
    return { value: edit() };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const problem = `${error.message}${locationText(item.source, item.offset + error.offset)}.`;
    const message = error.advice === undefined ? problem : `${problem} ${error.advice}.`;
    return { finding: { code: "invalid-object", severity: "error", ...objectAndFile(object), message } };
  }
}
