/*
 * The paths of files.
 */

/** Returns the path, with a number if another file already has it. */
export function uniquePath(path: string, taken: ReadonlySet<string>): string {
  const [, start = path, extension = ""] = /^(.*?)(\.[^./]*)?$/.exec(path) ?? [];
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? path : `${start}-${count}${extension}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** Returns paths that are all different. One that an earlier path already has gets a number. */
export function uniquePaths(paths: readonly string[], existing: readonly string[] = []): string[] {
  const taken = new Set(existing);
  return paths.map((path) => {
    const unique = uniquePath(path, taken);
    taken.add(unique);
    return unique;
  });
}

/** Returns a path that stays in the folder that it's relative to, and that has a name. */
export function safePath(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.join("/") || "manifest.yaml";
}
