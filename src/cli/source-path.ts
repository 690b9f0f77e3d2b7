import { isAbsolute, relative, resolve, sep } from "node:path";
import { getOrInsert } from "../yaml/maps";
import type { OutputFormat } from "./options";
import { type FileSystem, realPathOf, type System } from "./system";
import { isOutside } from "./unified-diff";

/** The variables in which CI systems pass the folder of the repository, by the output that only this system reads. */
const rootVariables = { github: "GITHUB_WORKSPACE", gitlab: "CI_PROJECT_DIR" } as const;

/** Returns the variables that can contain the folder of the repository. */
function rootVariablesOf(output: OutputFormat): readonly string[] {
  return output === "github" || output === "gitlab" ? [rootVariables[output]] : Object.values(rootVariables);
}

/** The folder of the repository, and where the working directory is in it. */
export interface Repository {
  /** The path of the working directory, relative to the root, with slashes. Empty if it is the root. */
  readonly workingFolder: string;
  /**
   * Returns the path of a file as code review tools need it: relative to the root, with slashes. The path of a file outside
   * of the root is absolute.
   */
  readonly sourcePath: (path: string) => string;
}

/**
 * Finds the repository. Its root is the working directory, unless a variable of the CI system contains a folder that
 * contains it.
 */
export function findRepository(output: OutputFormat, { env, files }: Pick<System, "env" | "files">): Repository {
  const here = workingFolders(env["PWD"], files);
  const roots =
    rootVariablesOf(output)
      .map((name) => namesOf(env[name], files))
      .find((names) => firstInside(names, here) !== undefined) ?? here;
  const known = new Map<string, string>();
  return {
    workingFolder: withSlashes(firstInside(roots, here) ?? ""),
    sourcePath: (path) => getOrInsert(known, path, () => withSlashes(pathFrom(roots, here, path, files))),
  };
}

/** Returns the names of the working directory: the one by which the user entered it, if that is known, and the real one. */
function workingFolders(pwd: string | undefined, files: FileSystem): readonly string[] {
  const names = namesOf(pwd, files);
  const real = files.realPath(".");
  return names.includes(real) ? names : [real];
}

/** Returns an absolute path as it is, and without symbolic links. A path that leads to nothing has no names. */
function namesOf(path: string | undefined, files: FileSystem): readonly string[] {
  const real = path ? realPathOf(path, files) : undefined;
  if (!path || real === undefined) return [];
  return isAbsolute(path) ? [path, real] : [real];
}

/** Returns the first of some absolute paths that is in a folder, relative to that folder. */
function firstInside(folders: readonly string[], paths: readonly string[]): string | undefined {
  return folders.flatMap((folder) => paths.map((path) => relative(folder, path))).find((path) => !isOutside(path));
}

/**
 * Returns the path of a file, relative to the root, or absolute if the file is outside. The path that the user wrote is
 * preferred to the real one, because it is the one in the repository if a folder is a symbolic link.
 */
function pathFrom(roots: readonly string[], here: readonly string[], path: string, files: FileSystem): string {
  const real = realPathOf(path, files);
  // Without symbolic links, `..` leads to the folder before it. With them, it can lead elsewhere.
  const written = here.map((folder) => resolve(folder, path)).filter((one) => realPathOf(one, files) === real);
  const all = [...written, ...(real === undefined ? [] : [real])];
  const inRoot = firstInside(roots, all) ?? real ?? written[0] ?? path;
  return inRoot === "" ? "." : inRoot;
}

function withSlashes(path: string): string {
  return path.split(sep).join("/");
}
