import { formatPath, type Path } from "./json-path";
import type { Problem } from "./problem";

/**
 * Returns a problem for each entry of a list that has the name of an earlier one. Server-side apply rejects such a list,
 * and `kubectl apply` may lose one of the entries (core/v1, `listMapKey=name`).
 *
 * @param path the path of the list.
 * @param keyOf returns what must be unique of a name. If omitted, it is the name itself.
 */
export function duplicateProblems(
  list: readonly { readonly name: string }[],
  path: Path,
  keyOf = (name: string) => name,
): Problem[] {
  const names = list.map(({ name }) => keyOf(name));
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (first === index) return [];
    const message = `must be unique, but ${formatPath([...path, first])} has the same name`;
    return [{ path: formatPath([...path, index, "name"]), message }];
  });
}
