import { utf8Length } from "../kube/utf8-length";
import { formatPath, type Path } from "./json-path";
import type { Problem } from "./problem";
import { parseValueTemplate } from "./value-template";

/** The API's limit for all annotations of an object (apimachinery `pkg/api/validation/objectmeta.go`). */
const mostBytes = 256 * 1024;

/**
 * Returns a problem if the API would reject annotations because of their size, whatever their variables stand for.
 *
 * @param path the path of the annotations.
 */
export function annotationSizeProblems(annotations: Readonly<Record<string, string>>, path: Path): Problem[] {
  const literals = Object.entries(annotations).flatMap(([key, value]) => [
    key,
    ...parseValueTemplate(value).filter((part) => typeof part === "string"),
  ]);
  const bytes = literals.reduce((sum, text) => sum + utf8Length(text), 0);
  return bytes <= mostBytes
    ? []
    : [{ path: formatPath(path), message: "must have at most 256 KiB of keys and values in total" }];
}
