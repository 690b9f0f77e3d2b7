import { positionAt, YamlError } from "../yaml/error";
import { about, type Finding } from "./finding";
import type { Identity } from "./object";
import type { ItemText, ResourceList } from "./resource-list";

/**
 * Runs an edit of an item; an item that cannot be edited safely becomes a finding with its place in the input.
 *
 * @returns what `edit` returns, or undefined when `findings` was given why not.
 */
export function guarded<T>(
  list: ResourceList,
  item: ItemText,
  object: Identity,
  findings: Finding[],
  edit: () => T,
): T | undefined {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { line, column } = positionAt(list.text, item.offset + error.offset);
    const message = `${error.message} (line ${line}, column ${column} of the input).`;
    findings.push({ code: "invalid-object", severity: "error", ...about(object), message });
    return undefined;
  }
}
