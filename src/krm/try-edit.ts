import { printPath, type Step } from "../kube/field-path";
import { type Finding, objectAndFile } from "../kube/finding";
import type { Identity } from "../kube/object";
import { type PathStep, pathTo } from "../yaml/locate";
import type { Node } from "../yaml/node";
import { positionAt, YamlError } from "../yaml/yaml-error";
import type { ItemText } from "./item";

/**
 * Runs `edit` on an item and converts a YamlError to a finding. Other errors are rethrown.
 *
 * @param item the text that is edited, for the place in the finding. The error's offset must be within it.
 * @param root the item's value, if the text is that of the object. The finding then has the field.
 * @returns what `edit` returns, or an `invalid-object` finding with its place if the item can't be edited safely.
 */
export function tryEdit<T>(
  item: ItemText,
  object: Identity,
  edit: () => T,
  root?: Node,
): { readonly value: T } | { readonly finding: Finding } {
  try {
    return { value: edit() };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const message = [error.message, ...(error.advice === undefined ? [] : [error.advice])].join(". ");
    const finding = { code: "invalid-object", severity: "error", ...objectAndFile(object) } as const;
    return { finding: { ...finding, message: `${message}.`, ...placeOf(item, error.offset, root) } };
  }
}

/** Returns the place of an error: the field, and the position if the text is as in its file. */
function placeOf(
  { text, offset, source }: ItemText,
  at: number,
  root: Node | undefined,
): Pick<Finding, "field" | "position"> {
  const path = root === undefined ? "" : printPath(namedSteps(pathTo(root, at)));
  return {
    ...(path === "" ? {} : { field: { path } }),
    // The text of an object can be without what an earlier run added.
    ...(source.path !== undefined && (root === undefined || source.text.startsWith(text, offset))
      ? { position: positionAt(source.text, offset + at) }
      : {}),
  };
}

/** Returns the start of a path that can be printed. It ends before a list element without a name, and a key with a dot. */
function namedSteps(path: readonly PathStep[]): readonly Step[] {
  const steps: Step[] = [];
  for (const step of path) {
    if (typeof step === "number" || (typeof step === "string" && /[.[\]]/.test(step))) break;
    steps.push(step);
  }
  return steps;
}
