import { isAbsolute, join, normalize, relative, sep } from "node:path";
import type { System } from "./system";
import { isOutside } from "./unified-diff";

/** The variables that contain the folder of the repository, in GitHub Actions and in GitLab CI/CD. */
const rootVariables = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];

/**
 * Returns a function that returns the path of a file as code review tools need it: relative to the root of the repository,
 * with slashes. The root is the working directory, unless a variable of the CI system contains a folder that contains it.
 * A path that leads out of the root remains as it is.
 */
export function createSourcePath({ env, files }: Pick<System, "env" | "files">): (path: string) => string {
  const candidate = rootVariables.map((name) => env[name]).find((value) => value);
  const isFolder = candidate !== undefined && files.kindOf(candidate) === "folder";
  const root = files.realPath(isFolder ? candidate : ".");
  const workingFolder = isFolder ? relative(root, files.realPath(".")) : "";
  return (path) => {
    const inRoot = isAbsolute(path) ? relative(root, files.realPath(path)) : join(workingFolder, path);
    return (isOutside(inRoot) ? normalize(path) : inRoot).split(sep).join("/");
  };
}
